package io.flocker.verify.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.cluster.Command;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.plan.Assignment;
import io.flocker.core.plan.Found;
import io.flocker.core.plan.NodePlanner;
import io.flocker.core.plan.Observed;
import io.flocker.core.plan.Offers;
import io.flocker.core.plan.Problem;
import io.flocker.core.plan.RoutingTable;
import io.flocker.core.plan.Sighting;
import io.flocker.core.plan.Step;
import io.flocker.core.plan.StoredVolume;
import io.flocker.core.spec.ServiceSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/// A simulated machine: what its disk and engine hold survives a crash of its agent; what the agent knows does not.
final class SimNode {
    /// A volume's content is the list of writes it has seen.
    private static final class Disk {
        long epoch;
        List<String> head = new ArrayList<>();
        final TreeMap<String, List<String>> snapshots = new TreeMap<>();
        long limit;
    }

    private static final long SLOW_START_MILLIS = 200;
    private static final long FIRST_RETRY_MILLIS = 250;
    private static final long LONGEST_RETRY_MILLIS = 30_000;

    final String name;
    private final Map<String, SimNode> peers;
    private final Predicate<String> isWaitedFor;
    private final SimNetwork network;
    private final Timeline time;
    private final Faults faults;
    private final TreeMap<String, Disk> disks = new TreeMap<>();
    private final TreeMap<String, SimContainer> containers = new TreeMap<>();
    private final TreeMap<String, String> images = new TreeMap<>();
    private final TreeMap<String, String> networks = new TreeMap<>();
    private RoutingTable routes = RoutingTable.EMPTY;
    private final Set<String> started;
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
    private final TreeMap<String, Problem> problems = new TreeMap<>();
    private final Map<Step, Long> pauses = new HashMap<>();
    private TreePMap<String, Command.Taken> taken = TreePMap.empty();
    long stepsTaken;

    @Nullable
    Step lastStep;

    /// What is around a node.
    ///
    /// @param peers the nodes by address
    /// @param isWaitedFor whether no instance stops before a node's proxy has let go of it
    /// @param started runs of jobs that have started anywhere
    record Surroundings(
            Map<String, SimNode> peers, Predicate<String> isWaitedFor, SimNetwork network, Set<String> started) {}

    SimNode(String name, Surroundings surroundings, Timeline time, Faults faults) {
        this.name = name;
        peers = surroundings.peers();
        isWaitedFor = surroundings.isWaitedFor();
        network = surroundings.network();
        started = surroundings.started();
        this.time = time;
        this.faults = faults;
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
        taken = TreePMap.empty();
    }

    /// The machine loses its power: nothing on it goes on, and steps under way are not done.
    void powerOff() {
        crash();
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

    /// Whether its pool has no room: what needs some fails.
    void full(boolean isFull) {
        full = isFull;
    }

    /// Each of its writers writes something.
    ///
    /// @param acknowledged gets what was, by volume
    void write(Map<String, List<String>> acknowledged) {
        for (SimContainer container : containers.values()) {
            if (!full && container.state == Found.State.RUNNING) {
                for (String volume : container.instance.volumes().values()) {
                    String written = name + " " + container.id + " " + writes++;
                    disk(volume).head.add(written);
                    acknowledged.computeIfAbsent(volume, _ -> new ArrayList<>()).add(written);
                }
            }
        }
    }

    /// What is in a volume's head.
    List<String> head(String volume) {
        Disk disk = disks.get(volume);
        return disk == null ? List.of() : List.copyOf(disk.head);
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
        return NodePlanner.plan(assignment, offers, observe(), heard);
    }

    /// Whether its proxy sends requests for `instance`'s service to `node`.
    boolean sendsTo(String node, Assignment.WantedInstance instance) {
        return routes.backends().values().stream()
                .anyMatch(backend -> backend.name().startsWith(instance.environment() + "/" + instance.service() + ":")
                        && backend.elsewhere().containsKey(node));
    }

    /// The releases of a service that its proxy sends new requests to here.
    Set<Integer> served(String service) {
        var releases = new TreeSet<Integer>();
        for (var backend : routes.backends().values()) {
            boolean its = backend.name().startsWith(service + ":") && !backend.ofMesh();
            for (String instance : its ? backend.servers().keySet() : List.<String>of()) {
                Optional.ofNullable(containers.get(instance))
                        .ifPresent(found -> releases.add(found.instance.release()));
            }
        }
        return releases;
    }

    /// Its proxy's backends for a service.
    ///
    /// @param passedOn those for requests that other nodes pass on
    List<RoutingTable.Backend> backends(String service, boolean passedOn) {
        return routes.backends().values().stream()
                .filter(backend -> backend.name().startsWith(service + ":") && backend.ofMesh() == passedOn)
                .toList();
    }

    boolean isOf(String instance, int release) {
        SimContainer container = containers.get(instance);
        return container != null && container.instance.release() == release;
    }

    /// Whether its proxy sends requests to the container of this very instance.
    boolean serves(String key, int release, long restarts) {
        SimContainer container = containers.get(key);
        return container != null
                && container.instance.release() == release
                && container.instance.restarts() == restarts
                && routes.backends().values().stream()
                        .map(backend -> backend.servers().getOrDefault(key, ""))
                        .anyMatch(server -> server.startsWith(container.address() + ":"));
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
        return new Sighting(
                observe(),
                false,
                List.copyOf(busy.keySet()),
                List.copyOf(problems.values()),
                taken,
                List.of(),
                time.clock());
    }

    /// One round of the agent: look, plan, begin what is not under way.
    void converge() {
        if (!assigned) {
            return;
        }
        NodePlanner.Plan plan = plan();
        if (plan.routed()) {
            followed = offers.revision();
        }
        List<Step> steps = plan.steps();
        pauses.keySet().retainAll(steps);
        for (Step step : steps) {
            Problem problem = problems.get(step.subject());
            boolean waits = problem != null && problem.retryAtMillis() > time.now();
            boolean early = step instanceof Step.StartAgain again
                    && pauses.computeIfAbsent(again, _ -> time.now()) + again.pauseMillis() > time.now();
            if (busy.containsKey(step.subject()) || waits || early) {
                continue;
            }
            stepsTaken++;
            lastStep = step;
            busy.put(step.subject(), time.now());
            int begun = life;
            int booted = boots;
            time.after(faults.duration(), () -> {
                if (boots == booted) {
                    finish(step, begun);
                }
            });
        }
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
            } else if (time.chance(0.5) && !(step instanceof Step.Route)) {
                act(step);
            }
            return;
        }
        busy.remove(step.subject());
        if (faults.stepFails()) {
            problem(step, "simulated");
            return;
        }
        boolean needsRoom =
                step instanceof Step.MakeHead || step instanceof Step.Receive || step instanceof Step.TakeSnapshots;
        if (full && needsRoom) {
            problem(step, "No space left on device");
            return;
        }
        Problem before = problems.get(step.subject());
        act(step);
        if (before != null && before.equals(problems.get(step.subject()))) {
            problems.remove(step.subject());
        }
    }

    private void problem(Step step, String message) {
        Problem before = problems.get(step.subject());
        int attempts = before != null && before.step().equals(step.verb()) ? before.attempts() + 1 : 1;
        long pause = Math.min(FIRST_RETRY_MILLIS << (attempts - 1), LONGEST_RETRY_MILLIS);
        problems.put(
                step.subject(),
                new Problem(step.subject(), step.verb(), message, false, attempts, time.now(), time.now() + pause));
    }

    private void act(Step step) {
        switch (step) {
            case Step.MakeHead s -> makeHead(s);
            case Step.Receive s -> receive(s);
            case Step.DropHead s -> dropHead(s);
            case Step.LimitVolume s -> disk(s.volume()).limit = s.bytes();
            case Step.TakeSnapshots s -> s.snapshots().forEach(this::snapshot);
            case Step.DeleteSnapshot s ->
                disk(s.snapshot().volume()).snapshots.remove(s.snapshot().position());
            case Step.DeleteVolume s -> {
                assertIdle(s.volume());
                disks.remove(s.volume());
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
            case Step.Route s -> routes = s.table();
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
        SimContainer made = new SimContainer("c" + numbers++, step.instance());
        containers.put(key, made);
        return Optional.of(made);
    }

    private Optional<SimContainer> byId(String id) {
        return containers.values().stream().filter(found -> found.id.equals(id)).findFirst();
    }

    private Disk disk(String volume) {
        return disks.computeIfAbsent(volume, _ -> new Disk());
    }

    private void makeHead(Step.MakeHead step) {
        Disk disk = disk(step.volume());
        if (disk.epoch >= step.head().epoch()) {
            return;
        }
        assertIdle(step.volume());
        List<String> base = List.of();
        if (step.head().base().isPresent()) {
            SnapshotId from = step.head().base().get();
            Disk origin = disks.get(from.volume());
            if (origin == null || !origin.snapshots.containsKey(from.position())) {
                problem(step, "base " + from + " is not here");
                return;
            }
            base = origin.snapshots.get(from.position());
        }
        step.head().keep().ifPresent(keep -> disk.snapshots.put(keep.position(), List.copyOf(disk.head)));
        disk.head = new ArrayList<>(base);
        disk.epoch = step.head().epoch();
    }

    private void receive(Step.Receive step) {
        SimNode source = peers.get(step.source());
        Disk disk = disk(step.snapshot().volume());
        boolean reached = source != null && source.isUp() && network.connects(name, source.name);
        List<String> sent = source == null || !reached ? List.of("missing") : source.snapshotContent(step.snapshot());
        boolean baseHere = step.base().stream().allMatch(base -> disk.snapshots.containsKey(base.position()));
        if (source == null || sent.equals(List.of("missing")) || !baseHere) {
            problem(step, "nothing to receive");
        } else {
            disk.snapshots.putIfAbsent(step.snapshot().position(), sent);
        }
    }

    /// Whatever was in the head must be in the snapshot that the next writer began from.
    private void dropHead(Step.DropHead step) {
        Disk disk = disk(step.volume());
        assertIdle(step.volume());
        if (disk.epoch > 0) {
            assertThat(disk.snapshots.get(step.last().position()))
                    .as("what the new primary of %s began with", step.volume())
                    .isEqualTo(disk.head);
        }
        disk.epoch = 0;
        disk.head = new ArrayList<>();
    }

    /// Nobody's proxy sends requests to a node whose last instance that serves stops, if that node is waited
    /// for and the stop, once begun, was not overtaken by another wish.
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
        if (wanted && last && time.now() > container.servesAt) {
            assertThat(peers.values().stream()
                            .filter(peer -> peer != this && isWaitedFor.test(peer.name))
                            .filter(peer -> peer.sendsTo(name, container.instance))
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

    private void snapshot(SnapshotId id) {
        Disk disk = disk(id.volume());
        if (disk.epoch == id.epoch() && !disk.snapshots.containsKey(id.position())) {
            disk.snapshots.put(id.position(), List.copyOf(disk.head));
            taken = taken.plus(id.toString(), new Command.Taken(id, time.clock(), 700));
        }
    }

    private void start(SimContainer container) {
        if (container.state == Found.State.RUNNING) {
            return;
        }
        container.state = Found.State.RUNNING;
        container.exitCode = 0;
        container.startedAt = time.clock();
        container.servesAt = time.now() + SLOW_START_MILLIS;
        for (String volume : container.instance.volumes().values()) {
            disk(volume).head.add(name + " " + container.id + " " + writes++);
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

    List<String> writers(String volume) {
        return containers.values().stream()
                .filter(container -> container.state == Found.State.RUNNING
                        && container.instance.volumes().containsValue(volume))
                .map(container -> container.id)
                .toList();
    }

    List<String> snapshotContent(SnapshotId id) {
        Disk disk = disks.get(id.volume());
        return disk == null ? List.of("missing") : disk.snapshots.getOrDefault(id.position(), List.of("missing"));
    }

    Observed observe() {
        TreePMap<String, StoredVolume> volumes = TreePMap.empty();
        for (var entry : disks.entrySet()) {
            Disk disk = entry.getValue();
            volumes = volumes.plus(
                    entry.getKey(),
                    new StoredVolume(entry.getKey(), disk.epoch, List.copyOf(disk.snapshots.keySet()), disk.limit, ""));
        }
        TreePMap<String, Found> found = TreePMap.empty();
        for (var entry : containers.entrySet()) {
            found = found.plus(entry.getKey(), entry.getValue().found(time.now()));
        }
        return new Observed(
                volumes,
                found,
                List.of(),
                TreePMap.from(images),
                TreePMap.empty(),
                TreePMap.from(networks),
                busy.containsKey(Step.Route.SUBJECT) ? "" : routes.fingerprint(),
                SimLoad.answered(containers.values()),
                SimLoad.of(assignment, found, faults.goOn() ? time.now() : SimLoad.STEADY),
                SimContainer.logs(containers),
                SimLoad.visited(assignment, time.now()),
                TreePMap.empty());
    }
}
