package io.flocker.verify.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Planned;
import io.flocker.core.lease.LeaseGrant;
import io.flocker.core.model.Checkpoint;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Instance;
import io.flocker.core.model.Node;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Snapshot;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.model.Volume;
import io.flocker.core.plan.ClusterPlanner;
import io.flocker.core.plan.Offers;
import io.flocker.core.plan.OperationProgress;
import io.flocker.core.plan.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.pcollections.TreePMap;

/// A leader, nodes, and what passes between them; and what must hold after every event, whatever happens to them.
final class SimCluster {
    private static final int NODES = 3;
    /// Room for some, not all, of the instances that users ask for.
    private static final Node.Capacity CAPACITY = new Node.Capacity(3_000, 3L << 30);

    private static final long REPORT_MILLIS = 1_000;
    private static final long SETTLE_MILLIS = 240_000;
    private static final long PAUSE_MILLIS = 60_000;

    final SimLeader leader;
    final SimNetwork network = new SimNetwork();
    final List<SimNode> nodes = new ArrayList<>();
    private final Timeline time;
    private final Faults faults;
    private final TreeMap<String, SimNode> byAddress = new TreeMap<>();
    /// What was in the snapshots that ever were ready.
    final TreeMap<SnapshotId, List<String>> ready = new TreeMap<>();
    /// Runs of jobs, by instance and number.
    private final TreeSet<String> started = new TreeSet<>();
    private final TreeMap<SnapshotId, SimCut.Interval> intervals = new TreeMap<>();
    private final TreeMap<String, Long> arrivals = new TreeMap<>();
    boolean leaderUp = true;
    /// An agent looks at least so often.
    int roundMillis = 200;
    /// Whether two nodes may write a volume for a while: somebody had it go on elsewhere without knowing whether the
    /// node that it was on still writes.
    Predicate<String> mayOverlap = _ -> false;

    SimCluster(Timeline time, Faults faults) {
        this(time, faults, NODES);
    }

    SimCluster(Timeline time, Faults faults, int count) {
        this.time = time;
        this.faults = faults;
        leader = new SimLeader(time);
        var meetings = new SimMeetings(time, faults, network, leader, () -> leaderUp);
        for (int number = 1; number <= count; number++) {
            var surroundings =
                    new SimNode.Surroundings(byAddress, leader::waitsFor, network, started, meetings, intervals);
            SimNode node = new SimNode("n" + number, surroundings, time, faults);
            byAddress.put("10.0.0." + number, node);
            nodes.add(node);
        }
    }

    void start() {
        byAddress.forEach((address, node) -> {
            TreePMap<String, String> labels =
                    TreePMap.singleton("zone", address.endsWith("1") || address.endsWith("4") ? "east" : "west");
            leader.submit(new Command.AddNode("sim", time.clock(), node.name, address, labels, "", CAPACITY));
            time.after(0, () -> report(node));
            time.after(0, () -> fetch(node));
            time.after(0, () -> converge(node));
        });
    }

    SimNode node(String name) {
        return nodes.stream().filter(node -> node.name.equals(name)).findFirst().orElseThrow();
    }

    void runUntil(long end) {
        while (time.now() < end && step()) {}
    }

    /// Lets the next event happen.
    boolean step() {
        boolean stepped = time.step();
        check();
        return stepped;
    }

    /// Everything comes to rest.
    void settle() {
        long patience = time.now() + SETTLE_MILLIS;
        int quietLooks = 0;
        while (time.now() < patience && quietLooks < 2) {
            runUntil(time.now() + 3_000);
            quietLooks = unsettled().isEmpty() ? quietLooks + 1 : 0;
        }
        assertThat(unsettled())
                .as("what is left to do when faults have stopped")
                .isEmpty();
    }

    /// One report after the other: none overtakes the one before.
    private void report(SimNode node) {
        if (node.pauseMillis() > 0) {
            time.after(node.pauseMillis(), () -> report(node));
            return;
        }
        long revision = node.revision();
        int life = node.life();
        var sighting = node.sighting();
        var said = node.said();
        var held = node.guard.held();
        var stamp = node.guard.stamp();
        if (node.isUp() && !faults.messageLost() && network.passes(node.name, leader.home())) {
            long arrival = Math.max(time.now() + faults.delay(), arrivals.getOrDefault(node.name, 0L) + 1);
            arrivals.put(node.name, arrival);
            time.after(arrival - time.now(), () -> {
                if (leaderUp) {
                    LeaseGrant lease = leader.hear(node, revision, sighting, said, held);
                    var heard = new Offers.Heard(said.counts(), leader.offers().revision());
                    answer(node, life, () -> {
                        node.answered(heard);
                        node.guard.hear(stamp, lease);
                    });
                }
            });
        }
        time.after(REPORT_MILLIS, () -> report(node));
    }

    private void answer(SimNode node, int life, Runnable taking) {
        if (!faults.messageLost() && network.passes(leader.home(), node.name)) {
            time.after(faults.delay(), () -> arrive(node, life, taking));
        }
    }

    /// An agent that stands still takes what has come when it goes on; one that has started since does not.
    private void arrive(SimNode node, int life, Runnable taking) {
        if (node.life() == life && node.pauseMillis() > 0) {
            time.after(node.pauseMillis(), () -> arrive(node, life, taking));
        } else if (node.life() == life) {
            taking.run();
        }
    }

    /// An answer reaches only who asked: not the agent that has started since.
    private void fetch(SimNode node) {
        boolean reached = node.isUp() && node.pauseMillis() == 0 && network.connects(node.name, leader.home());
        if (leaderUp && reached && !faults.messageLost()) {
            long revision = leader.revision(node.name);
            var assignment = leader.assignment(node.name);
            var offers = leader.offers();
            int life = node.life();
            time.after(
                    faults.delay(),
                    () -> arrive(node, life, () -> {
                        node.adopt(revision, assignment);
                        node.adopt(offers);
                    }));
        }
        time.after(time.between(50, 400), () -> fetch(node));
    }

    private void converge(SimNode node) {
        if (node.isUp() && node.pauseMillis() == 0) {
            node.converge();
        }
        time.after(time.between(20, roundMillis), () -> converge(node));
    }

    /// What must hold after every event.
    private void check() {
        ClusterState state = leader.state();
        for (Volume volume : state.volumes().values()) {
            checkWriters(volume);
            for (Snapshot snapshot : volume.snapshots().values()) {
                checkSnapshot(volume, snapshot);
            }
        }
        for (Environment environment : state.environments().values()) {
            environment.instances().values().stream()
                    .filter(Instance::held)
                    .forEach(instance -> checkHeld(environment, instance));
            for (Checkpoint checkpoint : environment.checkpoints().values()) {
                if (checkpoint.state() == Checkpoint.State.COMPLETE) {
                    checkpoint
                            .volumes()
                            .values()
                            .forEach(id -> assertThat(goes(environment) || ready.containsKey(id))
                                    .as("checkpoint %s has %s", checkpoint.name(), id)
                                    .isTrue());
                    checkMoment(checkpoint);
                }
            }
        }
    }

    /// There was a moment at which all nodes stood still that took a checkpoint's snapshots.
    private void checkMoment(Checkpoint checkpoint) {
        assertThat(SimCut.isOneMoment(checkpoint.volumes().values().stream()
                        .filter(intervals::containsKey)
                        .map(intervals::get)
                        .toList()))
                .as("checkpoint %s shows one moment: %s of %s", checkpoint.name(), intervals, checkpoint.volumes())
                .isTrue();
        long together = checkpoint.volumes().values().stream()
                .filter(intervals::containsKey)
                .count();
        assertThat(together == 0 || together == checkpoint.volumes().size())
                .as("checkpoint %s has snapshots of one attempt", checkpoint.name())
                .isTrue();
    }

    /// What is held gets no request, from any proxy.
    private void checkHeld(Environment environment, Instance instance) {
        String key = environment.name() + "/" + instance.name();
        assertThat(nodes.stream()
                        .filter(node -> node.routes.serves(key, instance.release(), instance.restarts()))
                        .map(node -> node.name))
                .as("nodes that send requests to %s, which is held", key)
                .isEmpty();
    }

    /// Containers that may write a volume run on one node at most.
    private void checkWriters(Volume volume) {
        long writing = nodes.stream()
                .filter(node -> !node.writers(volume.id()).isEmpty())
                .count();
        if (writing < 2 || mayOverlap.test(volume.id())) {
            return;
        }
        assertThat(nodes.stream()
                        .filter(node -> !node.writers(volume.id()).isEmpty())
                        .map(node -> node.name))
                .as("nodes that write %s", volume.id())
                .hasSizeLessThan(2);
    }

    /// Whether an environment is being removed with all its data.
    private boolean goes(Environment environment) {
        return environment.volumes().values().stream()
                .flatMap(id -> leader.state().volume(id).stream())
                .noneMatch(volume -> volume.state() == Volume.State.ACTIVE);
    }

    /// A snapshot that was ever ready is there, with the content it had.
    @SuppressWarnings("ReferenceEquality") // The very same list is the same content, which costs nothing to see.
    private void checkSnapshot(Volume volume, Snapshot snapshot) {
        if (snapshot.state() == Snapshot.State.READY && volume.state() == Volume.State.ACTIVE) {
            List<String> content = primary(volume).snapshotContent(snapshot.id());
            // Of those for replicas only the newest go along when a volume moves.
            boolean leftBehind = snapshot.origin() == Snapshot.Origin.REPLICATION
                    && snapshot.id().epoch() < volume.head().epoch()
                    && content == SimPool.MISSING;
            if (leftBehind) {
                return;
            }
            List<String> before = ready.putIfAbsent(snapshot.id(), content);
            if (before == content && content != SimPool.MISSING) {
                return;
            }
            assertThat(content).as("content of %s", snapshot.id()).isNotEqualTo(List.of("missing"));
            assertThat(before == null || before.equals(content))
                    .as("snapshot %s keeps its content", snapshot.id())
                    .isTrue();
        }
    }

    private SimNode primary(Volume volume) {
        return node(volume.head().primary());
    }

    /// What is left to do.
    List<String> unsettled() {
        List<String> left = new ArrayList<>();
        Offers offers = leader.offers();
        nodes.stream()
                .filter(node ->
                        node.said().followed() != offers.revision() || !leader.knows(node) || !node.isCurrent(offers))
                .forEach(node -> left.add("offers of or to " + node.name));
        for (Operation operation : leader.state().operations().values()) {
            List<String> waiting = waiting(operation);
            if (operation.running() && !waitsForRoomOnly(waiting)) {
                left.add("operation " + operation.verb() + " waits for " + waiting + ": " + operation);
            }
        }
        leader.state().operations().values().stream()
                .filter(operation -> operation.kind() instanceof Operation.Kind.Run run
                        && run.result().kept())
                .forEach(operation -> left.add("the log of run " + operation.id()));
        leader.state().schedules().values().stream()
                .flatMap(schedule -> schedule.running().stream())
                .forEach(run -> left.add("run of a schedule " + run));
        for (Environment environment : leader.state().environments().values()) {
            environment.checkpoints().values().stream()
                    .filter(checkpoint -> checkpoint.state() == Checkpoint.State.REQUESTED)
                    .forEach(checkpoint -> left.add("checkpoint " + checkpoint.name() + " of " + environment.name()));
        }
        leader.state().operations().values().stream()
                .filter(this::isTriedAgain)
                .forEach(operation -> left.add("another try after " + operation));
        ClusterPlanner.plan(leader.state(), leader.current(), time.clock()).stream()
                .filter(command -> !followsPolicies() || !isPolicy(command))
                .forEach(command -> left.add("command " + command));
        nodes.stream()
                .flatMap(node -> node.stepsLeft().stream())
                .filter(step -> !followsPolicies() || !isAboutSnapshots(step))
                .forEach(step -> left.add("step " + step));
        return left;
    }

    private List<String> waiting(Operation operation) {
        return OperationProgress.of(leader.state(), leader.current(), operation, time.clock())
                .waiting();
    }

    /// An operation may wait for room until its time is up, which is far if somebody has set the clock back.
    private static boolean waitsForRoomOnly(List<String> waiting) {
        return !waiting.isEmpty() && waiting.stream().allMatch(what -> what.contains(" to get a place"));
    }

    /// Moves that placement began and that failed are begun again after a while.
    private boolean isTriedAgain(Operation operation) {
        long since = time.clock() - operation.changedAtMillis();
        return operation.startedBy().equals("placement")
                && operation.state() == Operation.State.FAILED
                && since >= 0
                && since < PAUSE_MILLIS;
    }

    boolean followsPolicies() {
        return leader.state().volumes().values().stream()
                .anyMatch(volume -> volume.spec().snapshots().isPresent()
                        || volume.spec().replication().isPresent());
    }

    private static boolean isAboutSnapshots(Step step) {
        return step instanceof Step.TakeSnapshots
                || step instanceof Step.DeleteSnapshot
                || step instanceof Step.Receive;
    }

    private static boolean isPolicy(Command command) {
        return command instanceof Command.FollowPolicy
                || command instanceof Command.ConfirmSnapshots
                || command instanceof Command.ForgetSnapshots
                || command instanceof Planned.Replicate
                || command instanceof Planned.TakeRound;
    }
}
