package io.flocker.verify.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.cluster.Command;
import io.flocker.core.cut.Cut;
import io.flocker.core.lease.Tenure;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.plan.Assignment;
import io.flocker.core.plan.Found;
import io.flocker.core.plan.NodePlanner;
import io.flocker.core.plan.Observed;
import io.flocker.core.plan.Offers;
import io.flocker.core.plan.Sighting;
import io.flocker.core.plan.Step;
import io.flocker.core.plan.Transfer;
import io.flocker.core.spec.ServiceSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/// A simulated machine: what its disk and engine hold survives a crash of its agent; what the agent knows does not.
final class SimNode {
    private static final long SLOW_START_MILLIS = 200;
    private static final int LONGEST_TRANSFER_MILLIS = 15_000;

    final String name;
    private final Map<String, SimNode> peers;
    private final Predicate<String> isWaitedFor;
    private final SimNetwork network;
    private final Timeline time;
    private final Faults faults;
    private final SimPool pool = new SimPool();
    /// Environments in which nothing starts: they stand still, or are about to.
    private final Set<String> still = new TreeSet<>();
    private final TreeMap<String, SimContainer> containers = new TreeMap<>();
    private final TreeMap<String, String> images = new TreeMap<>();
    private final TreeMap<String, String> networks = new TreeMap<>();
    final SimRoutes routes = new SimRoutes(containers);
    private final Set<String> started;
    private final SimMeetings meetings;
    private final Map<SnapshotId, SimCut.Interval> intervals;
    private int numbers;
    private int writes;
    private int life;
    private int boots;
    private boolean up = true;
    private boolean full;
    private long revision;
    private Assignment assignment = Assignment.NOTHING;
    private boolean assigned;
    private Offers offers = Offers.NONE;
    private Offers.Heard heard = Offers.Heard.NOTHING;
    private long followed;
    private final TreeMap<String, Long> busy = new TreeMap<>();
    private final SimProblems problems;
    private final Map<Step, Long> pauses = new HashMap<>();
    private final TreeMap<String, Transfer> transfers = new TreeMap<>();
    private TreePMap<String, Command.Taken> taken = TreePMap.empty();
    private long pausedUntil;
    /// How many times as long as usual a transfer takes.
    int slowness = 1;
    final SimGuard guard;
    long stepsTaken;

    @Nullable
    Step lastStep;

    /// What is around a node.
    ///
    /// @param peers the nodes by address
    /// @param isWaitedFor whether no instance stops before a node's proxy has let go of it
    /// @param started runs of jobs that have started anywhere
    /// @param intervals when the nodes stood still that took snapshots together with others
    record Surroundings(
            Map<String, SimNode> peers,
            Predicate<String> isWaitedFor,
            SimNetwork network,
            Set<String> started,
            SimMeetings meetings,
            Map<SnapshotId, SimCut.Interval> intervals) {}

    SimNode(String name, Surroundings surroundings, Timeline time, Faults faults) {
        this.name = name;
        peers = surroundings.peers();
        isWaitedFor = surroundings.isWaitedFor();
        network = surroundings.network();
        started = surroundings.started();
        meetings = surroundings.meetings();
        intervals = surroundings.intervals();
        this.time = time;
        this.faults = faults;
        problems = new SimProblems(time);
        guard = new SimGuard(name, time, containers.values(), pool::epoch, container -> end(container, 137));
    }

    /// The agent dies and starts again. Steps under way are lost, done or not.
    void crash() {
        life++;
        revision = 0;
        assigned = false;
        assignment = Assignment.NOTHING;
        offers = Offers.NONE;
        heard = Offers.Heard.NOTHING;
        followed = 0;
        busy.clear();
        problems.clear();
        transfers.clear();
        pausedUntil = 0;
        guard.agentDied();
        taken = TreePMap.empty();
        containers.values().forEach(container -> container.frozen = false);
        still.clear();
    }

    /// The machine loses its power: nothing on it goes on, and steps under way are not done.
    void powerOff() {
        crash();
        guard.powerOff();
        up = false;
        boots++;
        containers.values().forEach(container -> end(container, 137));
    }

    void powerOn() {
        up = true;
    }

    boolean isUp() {
        return up;
    }

    /// What a test leaves out on it.
    void flaw(ReplicaSimulation.Flaw flaw) {
        guard.diesWithAgent = flaw == ReplicaSimulation.Flaw.GUARD_DIES_WITH_AGENT;
        pool.losesTails = flaw == ReplicaSimulation.Flaw.DELETES_THE_TAIL;
        pool.takesApart = flaw == ReplicaSimulation.Flaw.TAKES_ROUNDS_APART;
    }

    /// Stops its agent for a while, as SIGSTOP does.
    void pause(long millis) {
        pausedUntil = Math.max(pausedUntil, time.now() + millis);
    }

    /// How long its agent still does nothing.
    long pauseMillis() {
        return Math.max(0, pausedUntil - time.now());
    }

    /// Whether its pool has no room: what needs some fails.
    void full(boolean isFull) {
        full = isFull;
    }

    /// Each of its writers writes something.
    ///
    /// @param acknowledged gets each volume and what was written
    void write(BiConsumer<String, String> acknowledged) {
        for (SimContainer container : containers.values()) {
            if (!full && container.state == Found.State.RUNNING && !container.frozen) {
                for (String volume : container.instance.volumes().values()) {
                    String written = name + " " + container.id + " " + writes++;
                    pool.write(volume, written);
                    acknowledged.accept(volume, written);
                }
            }
        }
    }

    /// What is in a volume's head.
    List<String> head(String volume) {
        return pool.head(volume);
    }

    /// How often it has started.
    int life() {
        return life;
    }

    void adopt(long newRevision, Assignment newAssignment) {
        if (newRevision > revision) {
            revision = newRevision;
            assignment = newAssignment;
            assigned = true;
            problems.clear();
        }
    }

    void adopt(Offers newOffers) {
        if (newOffers.revision() > offers.revision()) {
            offers = newOffers;
        }
    }

    /// The leader's answer to a report. One report waits for the answer to the one before.
    void answered(Offers.Heard answer) {
        if (heard.equals(Offers.Heard.NOTHING) || answer.revision() >= heard.revision()) {
            heard = answer;
        }
    }

    long revision() {
        return revision;
    }

    /// What it tells other nodes' proxies by the leader.
    Offers.Said said() {
        return new Offers.Said(plan().offered(), TreePMap.empty(), followed);
    }

    private NodePlanner.Plan plan() {
        return NodePlanner.plan(assignment, offers, observe(), heard, Optional.of(routes.table));
    }

    /// The containers of a release that run, by instance.
    List<SimContainer> running(int release) {
        return containers.values().stream()
                .filter(container -> container.state == Found.State.RUNNING && container.instance.release() == release)
                .toList();
    }

    /// A container ends, as it did before.
    void fail(SimContainer container) {
        end(container, 1);
        container.failures += 3;
    }

    /// What it would report now. The leader decides whether it is up to date.
    Sighting sighting() {
        if (assigned) {
            guard.see(assignment);
        }
        return new Sighting(
                observe(),
                false,
                List.copyOf(busy.keySet()),
                problems.list(),
                taken,
                List.copyOf(transfers.values()),
                time.clock());
    }

    /// One round of the agent: look, plan, begin what is not under way.
    void converge() {
        if (!assigned) {
            return;
        }
        guard.see(assignment);
        NodePlanner.Plan plan = plan();
        if (plan.routed()) {
            followed = offers.revision();
        }
        List<Step> steps = plan.steps();
        pauses.keySet().retainAll(steps);
        for (Step step : steps) {
            boolean early = step instanceof Step.StartAgain again
                    && pauses.computeIfAbsent(again, _ -> time.now()) + again.pauseMillis() > time.now();
            boolean waits =
                    step instanceof Step.DropHead && busy.keySet().stream().anyMatch(Cut::isSubject);
            if (busy.containsKey(step.subject()) || waits || problems.delays(step) || early) {
                continue;
            }
            stepsTaken++;
            lastStep = step;
            busy.put(step.subject(), time.now());
            if (step instanceof Step.TakeSnapshots taking
                    && taking.cut().filter(Cut::spansNodes).isPresent()) {
                new SimCut(this, taking, meetings, time, intervals).begin();
                continue;
            }
            if (step instanceof Step.Receive receive) {
                SnapshotId id = receive.snapshot();
                transfers.put(step.subject(), new Transfer(id.volume(), id.position(), 0, 0, 0, false));
            }
            int begun = life;
            int booted = boots;
            time.after(millis(step), () -> {
                if (boots == booted) {
                    finish(step, begun);
                }
            });
        }
    }

    private int millis(Step step) {
        int usual = faults.duration();
        return step instanceof Step.Receive ? Math.min(usual * slowness, LONGEST_TRANSFER_MILLIS) : usual;
    }

    /// Whether it knows `newest`, and none of its containers is about to change what it sees.
    boolean isCurrent(Offers newest) {
        return offers.revision() == newest.revision()
                && containers.values().stream()
                        .noneMatch(container ->
                                container.state == Found.State.RUNNING && container.servesAt >= time.now());
    }

    /// What it would do next.
    List<Step> stepsLeft() {
        return plan().steps();
    }

    private void finish(Step step, int begun) {
        if (begun != life) {
            // What an engine or the kernel was asked for may still happen; HAProxy gets nothing from a dead agent.
            // Creating and starting a container are two requests, of which only the first can be under way.
            if (step instanceof Step.StartNew s && time.chance(0.5)) {
                create(s);
            } else if (step instanceof Step.StartAgain s) {
                byId(s.container())
                        .filter(found -> guard.admitsLate(found) && time.chance(0.5))
                        .ifPresent(this::run);
            } else if (time.chance(0.5) && !(step instanceof Step.Route)) {
                act(step);
            }
            return;
        }
        if (startsInto(step, still) || pauseMillis() > 0) {
            time.after(Math.max(50, pauseMillis()), () -> finish(step, begun));
            return;
        }
        busy.remove(step.subject());
        transfers.remove(step.subject());
        if (faults.stepFails()) {
            problems.add(step, "simulated");
            return;
        }
        boolean needsRoom =
                step instanceof Step.MakeHead || step instanceof Step.Receive || step instanceof Step.TakeSnapshots;
        if (full && needsRoom) {
            problems.add(step, "No space left on device");
            return;
        }
        problems.during(step, () -> {
            act(step);
            if (step instanceof Step.TakeSnapshots taking) {
                keep(taking);
            }
        });
    }

    private void act(Step step) {
        switch (step) {
            case Step.MakeHead s -> makeHead(s);
            case Step.Receive s -> receive(s);
            case Step.DropHead s -> dropHead(s);
            case Step.LimitVolume s -> pool.limit(s.volume(), s.bytes());
            case Step.TakeSnapshots s -> pool.snapshots(s.snapshots());
            case Step.DeleteSnapshot s -> pool.discard(s.snapshot());
            case Step.DeleteVolume s -> {
                assertIdle(s.volume());
                pool.delete(s.volume());
            }
            case Step.PullImage s ->
                images.put(
                        s.image().pull() == ServiceSpec.Pull.ALWAYS
                                ? s.image().reference() + " since " + s.image().since()
                                : s.image().reference(),
                        "sha256:" + s.image().reference());
            case Step.CreateNetwork s -> networks.put(s.environment(), "10.213." + networks.size() * 2 + ".0/23");
            case Step.DeleteNetwork s -> networks.remove(s.environment());
            case Step.StartNew s ->
                create(s).ifPresent(made -> {
                    if (!time.chance(0.1)) {
                        start(made);
                    }
                });
            case Step.StartAgain s -> byId(s.container()).ifPresent(this::start);
            case Step.Stop s ->
                byId(s.container()).ifPresent(container -> {
                    assertReleased(container);
                    end(container, 143);
                });
            case Step.RemoveContainer s ->
                containers.values().removeIf(container -> container.id.equals(s.container()));
            case Step.Route s -> routes.table = s.table();
        }
    }

    private Optional<SimContainer> create(Step.StartNew step) {
        String key = step.instance().key();
        SimContainer known = containers.get(key);
        if (known != null) {
            // As the engine does with a job: one that has started is not started again.
            boolean waits = known.isJob()
                    && known.state == Found.State.CREATED
                    && known.instance.restarts() == step.instance().restarts();
            return waits ? Optional.of(known) : Optional.empty();
        }
        SimContainer made = new SimContainer("c" + numbers++, step);
        containers.put(key, made);
        return Optional.of(made);
    }

    private Optional<SimContainer> byId(String id) {
        return containers.values().stream().filter(found -> found.id.equals(id)).findFirst();
    }

    private void makeHead(Step.MakeHead step) {
        if (pool.epoch(step.volume()) < step.head().epoch()) {
            assertIdle(step.volume());
            pool.makeHead(step.volume(), step.head()).ifPresent(why -> problems.add(step, why));
        }
    }

    private void receive(Step.Receive step) {
        SimNode source = peers.get(step.source());
        boolean received = source != null
                && assignment.wants(step)
                && source.isUp()
                && network.connects(name, source.name)
                && pool.receive(step.snapshot(), step.base(), source.snapshotContent(step.snapshot()));
        if (!received) {
            problems.add(step, "nothing to receive");
        }
    }

    private void dropHead(Step.DropHead step) {
        assertIdle(step.volume());
        Assignment.WantedVolume wanted = assignment.volumes().get(step.volume());
        // An agent that has just started knows of nothing.
        if (wanted == null || wanted.left().isPresent()) {
            pool.leaveHead(step.volume(), step.last());
        } else {
            pool.dropHead(step.volume(), step.last());
        }
    }

    /// Nobody's proxy sends requests to a node whose last instance that serves stops, unless they wait there, if that
    /// node is waited for and the stop, once begun, was not overtaken by another wish.
    private void assertReleased(SimContainer container) {
        boolean wanted = assignment.instances().containsKey(container.instance.key())
                && plan().steps().stream()
                        .anyMatch(step -> step instanceof Step.Stop stop
                                && stop.container().equals(container.id));
        boolean last = containers.values().stream()
                .filter(other -> other.state == Found.State.RUNNING
                        && other.instance.environment().equals(container.instance.environment())
                        && other.instance.service().equals(container.instance.service()))
                .allMatch(other -> other == container);
        if (wanted && last && time.now() > container.servesAt && !routes.letsWait(container.instance)) {
            assertThat(peers.values().stream()
                            .filter(peer -> peer != this && isWaitedFor.test(peer.name))
                            .filter(peer -> peer.routes.sendsTo(name, container.instance))
                            .map(peer -> peer.name))
                    .as("nodes that send to %s on %s as it stops", container.instance.key(), name)
                    .isEmpty();
        }
    }

    private void assertIdle(String volume) {
        assertThat(writers(volume))
                .as("writers of %s while its head changes", volume)
                .isEmpty();
    }

    /// Nothing of an environment starts from now on; what is being started is.
    void holdStarts(String environment, boolean hold) {
        if (hold) {
            still.add(environment);
        } else {
            still.remove(environment);
        }
    }

    private boolean startsInto(Step step, Set<String> environments) {
        return switch (step) {
            case Step.StartNew s -> environments.contains(s.instance().environment());
            case Step.StartAgain s ->
                environments.contains(s.instance().substring(0, s.instance().indexOf('/')));
            default -> false;
        };
    }

    /// The containers of an environment stand still, or go on.
    void freeze(String environment, boolean still) {
        containers.values().stream()
                .filter(container -> container.instance.environment().equals(environment))
                .forEach(container -> container.frozen = still);
    }

    /// What it tells of snapshots that it took as was asked.
    void keep(Step.TakeSnapshots step) {
        for (SnapshotId id : step.snapshots()) {
            if (!snapshotContent(id).equals(List.of("missing"))) {
                taken = taken.plus(id.toString(), new Command.Taken(id, time.clock(), 700));
            }
        }
    }

    SimPool pool() {
        return pool;
    }

    /// A step that took its own time has ended.
    ///
    /// @param problem why it failed; empty if it has not
    void ended(Step step, String problem) {
        busy.remove(step.subject());
        if (problem.isEmpty()) {
            problems.over(step);
        } else {
            problems.add(step, problem);
        }
    }

    private void start(SimContainer container) {
        if (guard.admits(container)) {
            run(container);
        }
    }

    private void run(SimContainer container) {
        boolean hasData = container.instance.volumes().values().stream().allMatch(id -> pool.epoch(id) > 0);
        if (container.state == Found.State.RUNNING || !hasData) {
            return;
        }
        container.state = Found.State.RUNNING;
        container.fenced = false;
        container.exitCode = 0;
        container.startedAt = time.clock();
        container.servesAt = time.now() + SLOW_START_MILLIS;
        for (String volume : container.instance.volumes().values()) {
            pool.write(volume, name + " " + container.id + " " + writes++);
        }
        if (container.isJob()) {
            assertThat(started.add(container.instance.key() + " " + container.instance.restarts()))
                    .as("run %s of %s starts once", container.instance.restarts(), container.instance.key())
                    .isTrue();
            time.after(time.between(100, 2_000), () -> end(container, time.chance(0.3) ? 3 : 0));
            return;
        }
        if (faults.containerFails(name)) {
            int begun = container.failures;
            time.after(faults.lifetime(name), () -> {
                if (faults.goOn() && container.state == Found.State.RUNNING && container.failures == begun) {
                    end(container, 1);
                    container.failures++;
                }
            });
        }
    }

    private void end(SimContainer container, int code) {
        if (container.state == Found.State.RUNNING) {
            container.state = Found.State.EXITED;
            container.exitCode = code;
            container.endedAt = time.clock();
        }
    }

    /// What its containers write under that run.
    List<Tenure> writesUnder() {
        return containers.values().stream()
                .filter(container -> container.state == Found.State.RUNNING)
                .flatMap(container -> container.tenures.stream())
                .toList();
    }

    List<String> writers(String volume) {
        return containers.values().stream()
                .filter(container -> container.state == Found.State.RUNNING
                        && container.instance.volumes().containsValue(volume))
                .map(container -> container.id)
                .toList();
    }

    List<String> snapshotContent(SnapshotId id) {
        return pool.content(id);
    }

    Observed observe() {
        TreePMap<String, Found> found = TreePMap.empty();
        for (var entry : containers.entrySet()) {
            found = found.plus(entry.getKey(), entry.getValue().found(time.now()));
        }
        return new Observed(
                pool.list(),
                found,
                List.of(),
                TreePMap.from(images),
                TreePMap.empty(),
                TreePMap.from(networks),
                busy.containsKey(Step.Route.SUBJECT) ? "" : routes.table.fingerprint(),
                SimLoad.answered(containers.values()),
                SimLoad.of(assignment, found, faults.goOn() ? time.now() : SimLoad.STEADY),
                SimContainer.logs(containers),
                SimLoad.visited(assignment, time.now()),
                TreePMap.empty(),
                guard.leased(assignment));
    }
}
