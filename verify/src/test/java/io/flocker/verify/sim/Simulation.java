package io.flocker.verify.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
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
import org.pcollections.TreePMap;

/// One run: users, leader, nodes and faults for a while; then the faults stop and everything must come to rest.
final class Simulation {
    private static final int NODES = 3;
    /// Room for some, not all, of the instances that users ask for.
    private static final Node.Capacity CAPACITY = new Node.Capacity(3_000, 3L << 30);

    private static final long REPORT_MILLIS = 1_000;
    private static final long FAULTY_MILLIS = 30_000;
    private static final long SETTLE_MILLIS = 240_000;
    private static final long PAUSE_MILLIS = 60_000;
    private static final double DRAINED = 0.3;

    private final Timeline time;
    private final Faults faults;
    private final SimLeader leader;
    private final SimClient client;
    private final TreeMap<String, SimNode> byAddress = new TreeMap<>();
    private final List<SimNode> nodes = new ArrayList<>();
    private final TreeMap<SnapshotId, List<String>> ready = new TreeMap<>();
    private final TreeMap<String, Long> arrivals = new TreeMap<>();
    private boolean users = true;
    private boolean leaderUp = true;

    Simulation(long seed) {
        time = new Timeline(seed);
        faults = new Faults(time);
        leader = new SimLeader(time);
        client = new SimClient(time);
        for (int number = 1; number <= NODES; number++) {
            SimNode node = new SimNode("n" + number, byAddress, leader::hears, time, faults);
            byAddress.put("10.0.0." + number, node);
            nodes.add(node);
        }
    }

    void run() {
        byAddress.forEach((address, node) -> {
            leader.submit(new Command.AddNode("sim", time.clock(), node.name, address, TreePMap.empty(), "", CAPACITY));
            time.after(0, () -> report(node));
            time.after(0, () -> fetch(node));
            time.after(0, () -> converge(node));
        });
        time.after(100, this::ask);
        time.after(1_000, this::crash);
        time.after(2_000, this::setClocks);
        long quiet = time.now() + FAULTY_MILLIS;
        runUntil(quiet);
        faults.stop();
        users = false;
        leaderUp = true;
        nodes.forEach(node -> available(node, Node.Availability.ACTIVE));
        settle();
        assertRests();
        if (time.chance(DRAINED)) {
            drain(nodes.getFirst());
        }
    }

    private void settle() {
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

    private void available(SimNode node, Node.Availability availability) {
        leader.submit(new Command.SetAvailability("sim", time.clock(), node.name, availability));
    }

    /// Everything leaves a drained node that may be on another one.
    private void drain(SimNode node) {
        available(node, Node.Availability.DRAINED);
        settle();
        for (Environment environment : leader.state().environments().values()) {
            environment.volumes().forEach((name, id) -> {
                if (leader.state()
                        .volume(id)
                        .map(this::primary)
                        .filter(node::equals)
                        .isPresent()) {
                    assertStuck(environment.name(), "", name, node);
                }
            });
            for (Instance instance : environment.instances().values()) {
                if (instance.node().equals(node.name)) {
                    assertStuck(environment.name(), instance.service(), "", node);
                }
            }
        }
    }

    private void assertStuck(String environment, String service, String volume, SimNode node) {
        var move = new Command.Move("sim", time.clock(), "move", time.clock(), environment, service, volume, "", "");
        assertThat(leader.state().after(move))
                .as("move of %s%s from %s, which is drained", service, volume, node.name)
                .isInstanceOf(Outcome.Refused.class);
    }

    /// How the operations ended that are still remembered: `deploy DONE`.
    List<String> ended() {
        return leader.state().operations().values().stream()
                .map(operation -> operation.verb() + " " + operation.state())
                .toList();
    }

    private void runUntil(long end) {
        while (time.now() < end && time.step()) {
            check();
        }
    }

    /// Somebody sets the clocks, or the machine wakes from a sleep.
    private void setClocks() {
        if (faults.goOn()) {
            time.set(faults.clockJump());
            time.after(time.between(1_000, 20_000), this::setClocks);
        }
    }

    private void ask() {
        if (users) {
            if (leaderUp && !faults.messageLost()) {
                leader.submit(client.next(leader.state()));
                leader.plan();
            }
            time.after(time.between(50, 4_000), this::ask);
        }
    }

    private void crash() {
        if (users) {
            for (SimNode node : nodes) {
                if (faults.crashes()) {
                    node.crash();
                }
            }
            if (faults.crashes()) {
                leader.crash();
                leaderUp = false;
                time.after(time.between(10, 3_000), () -> leaderUp = true);
            }
            time.after(500, this::crash);
        }
    }

    /// One report after the other: none overtakes the one before.
    private void report(SimNode node) {
        long revision = node.revision();
        int life = node.life();
        var sighting = node.sighting();
        var said = node.said();
        if (!faults.messageLost()) {
            long arrival = Math.max(time.now() + faults.delay(), arrivals.getOrDefault(node.name, 0L) + 1);
            arrivals.put(node.name, arrival);
            time.after(arrival - time.now(), () -> {
                if (leaderUp) {
                    leader.hear(node, revision, sighting, said);
                    answer(
                            node,
                            life,
                            new Offers.Heard(said.counts(), leader.offers().revision()));
                }
            });
        }
        time.after(REPORT_MILLIS, () -> report(node));
    }

    private void answer(SimNode node, int life, Offers.Heard answer) {
        if (!faults.messageLost()) {
            time.after(faults.delay(), () -> {
                if (node.life() == life) {
                    node.answered(answer);
                }
            });
        }
    }

    private void fetch(SimNode node) {
        if (leaderUp && !faults.messageLost()) {
            long revision = leader.revision(node.name);
            var assignment = leader.assignment(node.name);
            var offers = leader.offers();
            time.after(faults.delay(), () -> {
                node.adopt(revision, assignment);
                node.adopt(offers);
            });
        }
        time.after(time.between(50, 400), () -> fetch(node));
    }

    private void converge(SimNode node) {
        node.converge();
        time.after(time.between(20, 200), () -> converge(node));
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
            for (Checkpoint checkpoint : environment.checkpoints().values()) {
                if (checkpoint.state() == Checkpoint.State.COMPLETE) {
                    checkpoint
                            .volumes()
                            .values()
                            .forEach(id -> assertThat(goes(environment) || ready.containsKey(id))
                                    .as("checkpoint %s has %s", checkpoint.name(), id)
                                    .isTrue());
                }
            }
        }
    }

    /// Containers that may write a volume run on one node at most.
    private void checkWriters(Volume volume) {
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
    private void checkSnapshot(Volume volume, Snapshot snapshot) {
        if (snapshot.state() == Snapshot.State.READY && volume.state() == Volume.State.ACTIVE) {
            List<String> content = primary(volume).snapshotContent(snapshot.id());
            List<String> before = ready.putIfAbsent(snapshot.id(), content);
            assertThat(content).as("content of %s", snapshot.id()).isNotEqualTo(List.of("missing"));
            assertThat(before == null || before.equals(content))
                    .as("snapshot %s keeps its content", snapshot.id())
                    .isTrue();
        }
    }

    private SimNode primary(Volume volume) {
        return nodes.stream()
                .filter(node -> node.name.equals(volume.head().primary()))
                .findFirst()
                .orElseThrow();
    }

    private List<String> unsettled() {
        List<String> left = new ArrayList<>();
        long offers = leader.offers().revision();
        nodes.stream()
                .filter(node -> node.said().followed() != offers || !leader.knows(node))
                .forEach(node -> left.add("offers of or to " + node.name));
        leader.state().operations().values().stream()
                .filter(Operation::running)
                .forEach(operation -> left.add("operation " + operation.verb() + " waits for "
                        + OperationProgress.of(leader.state(), leader.current(), operation)
                                .waiting() + ": " + operation));
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

    /// Moves that placement began and that failed are begun again after a while.
    private boolean isTriedAgain(Operation operation) {
        return operation.startedBy().equals("placement")
                && operation.state() == Operation.State.FAILED
                && time.clock() - operation.changedAtMillis() < PAUSE_MILLIS;
    }

    /// What has converged stays put: only snapshots by policy go on.
    private void assertRests() {
        long steps = stepsTaken();
        runUntil(time.now() + 20_000);
        if (!followsPolicies()) {
            assertThat(stepsTaken())
                    .as(
                            "steps after rest, the last ones %s",
                            nodes.stream()
                                    .map(node -> String.valueOf(node.lastStep))
                                    .toList())
                    .isEqualTo(steps);
        }
        assertThat(unsettled()).as("what came up again").isEmpty();
    }

    private long stepsTaken() {
        return nodes.stream().mapToLong(node -> node.stepsTaken).sum();
    }

    private boolean followsPolicies() {
        return leader.state().volumes().values().stream()
                .anyMatch(volume -> volume.spec().snapshots().isPresent());
    }

    private static boolean isAboutSnapshots(Step step) {
        return step instanceof Step.TakeSnapshots || step instanceof Step.DeleteSnapshot;
    }

    private static boolean isPolicy(Command command) {
        return command instanceof Command.FollowPolicy
                || command instanceof Command.ConfirmSnapshots
                || command instanceof Command.ForgetSnapshots;
    }
}
