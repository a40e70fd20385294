package io.flocker.verify.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Operation.Phase;
import io.flocker.core.model.Snapshot;
import io.flocker.core.model.Volume;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.pcollections.TreePMap;

/// One move of a database with two volumes that is written to all the time, and one fault in one of its phases.
final class SimMove {
    private static final String MOVE = "move";
    private static final long HOUR_MILLIS = 3_600_000;
    private static final long WRITE_MILLIS = 50;
    private static final long LONGEST_FAULT_MILLIS = 40_000;

    /// However long its time limit is, no move waits longer for what does not go on.
    private static final long LIMIT_MILLIS = 300_000;

    private final Timeline time;
    private final Faults faults;
    private final SimCluster cluster;
    private final SimLeader leader;
    private final Map<String, List<String>> acknowledged = new TreeMap<>();
    private final Phase phase;
    private final MoveFault fault;
    private SimNode source;
    private SimNode target;

    /// What goes wrong in a move, for a while or until the move has ended.
    enum MoveFault {
        CANCEL,
        PARTITION,
        TARGET_DOES_NOT_HEAR_SOURCE,
        SOURCE_DOES_NOT_HEAR_TARGET,
        SOURCE_AGENT_CRASHES,
        TARGET_AGENT_CRASHES,
        LEADER_CHANGES,
        SOURCE_LOSES_POWER,
        TARGET_LOSES_POWER,
        SOURCE_STAYS_AWAY,
        TARGET_STAYS_AWAY,
        SOURCE_IS_FULL,
        TARGET_IS_FULL,
        SOURCE_STAYS_FULL,
        TARGET_STAYS_FULL;

        /// Whether it goes on until the move has ended.
        boolean lasts() {
            return switch (this) {
                case SOURCE_STAYS_AWAY, TARGET_STAYS_AWAY, SOURCE_STAYS_FULL, TARGET_STAYS_FULL -> true;
                case CANCEL,
                        PARTITION,
                        TARGET_DOES_NOT_HEAR_SOURCE,
                        SOURCE_DOES_NOT_HEAR_TARGET,
                        SOURCE_AGENT_CRASHES,
                        TARGET_AGENT_CRASHES,
                        LEADER_CHANGES,
                        SOURCE_LOSES_POWER,
                        TARGET_LOSES_POWER,
                        SOURCE_IS_FULL,
                        TARGET_IS_FULL -> false;
            };
        }

        /// Whether it is over at once, so that a move goes on after it.
        boolean isBrief() {
            return this == SOURCE_AGENT_CRASHES || this == TARGET_AGENT_CRASHES || this == LEADER_CHANGES;
        }
    }

    SimMove(long seed, Phase phase, MoveFault fault) {
        time = new Timeline(seed);
        faults = Faults.none(time);
        cluster = new SimCluster(time, faults);
        leader = cluster.leader;
        this.phase = phase;
        this.fault = fault;
        source = cluster.nodes.getFirst();
        target = cluster.nodes.getLast();
    }

    void run() {
        begin();
        leader.leadFrom("n" + time.between(1, 3));
        if (phase == Phase.UNDO || phase == Phase.CLEAN_UP) {
            faults.makeSick(target.name);
        }
        assertThat(leader.submit(new Command.Move(
                        "sim", time.clock(), MOVE, time.clock() + HOUR_MILLIS, "shop", "db", "", "", target.name)))
                .isInstanceOf(Outcome.Accepted.class);
        runUntilPhase();
        if (fault != MoveFault.CANCEL) {
            cluster.runUntil(time.now() + time.between(0, 150));
        }
        inflict();
        if (fault.lasts()) {
            runUntilEnded();
            heal();
        } else {
            cluster.runUntil(time.now() + time.between(500, (int) LONGEST_FAULT_MILLIS));
            heal();
            runUntilEnded();
        }
        faults.makeSick("");
        cluster.settle();
        assertAsItShouldBe();
    }

    private void begin() {
        cluster.start();
        leader.submit(new Command.Deploy(
                "sim",
                time.clock(),
                "deploy",
                time.clock() + HOUR_MILLIS,
                "shop",
                SimClient.application("db:1"),
                TreePMap.empty(),
                OptionalLong.empty()));
        cluster.settle();
        source = cluster.node(volume().head().primary());
        target = cluster.nodes.stream()
                .filter(node -> node != source)
                .skip(time.between(0, 1))
                .findFirst()
                .orElseThrow();
        write();
    }

    private void write() {
        cluster.nodes.forEach(node -> node.write((volume, written) ->
                acknowledged.computeIfAbsent(volume, _ -> new ArrayList<>()).add(written)));
        time.after(WRITE_MILLIS, this::write);
    }

    private void runUntilPhase() {
        long patience = time.now() + LIMIT_MILLIS;
        while (operation().phase() != phase) {
            assertThat(time.now())
                    .as("the moment it is in phase %s, not %s", phase, operation())
                    .isLessThan(patience);
            assertThat(operation().running()).as("%s", operation()).isTrue();
            cluster.step();
        }
    }

    private void runUntilEnded() {
        long patience = time.now() + LIMIT_MILLIS;
        while (operation().running()) {
            assertThat(time.now())
                    .as("the moment this has ended: %s, which is left: %s", operation(), cluster.unsettled())
                    .isLessThan(patience);
            cluster.step();
        }
    }

    private void inflict() {
        SimNetwork network = cluster.network;
        switch (fault) {
            case CANCEL ->
                assertThat(leader.submit(new Command.Cancel("sim", time.clock(), MOVE)))
                        .isInstanceOf(Outcome.Accepted.class);
            case PARTITION -> {
                network.cut(source.name, target.name);
                network.cut(target.name, source.name);
            }
            case TARGET_DOES_NOT_HEAR_SOURCE -> network.cut(source.name, target.name);
            case SOURCE_DOES_NOT_HEAR_TARGET -> network.cut(target.name, source.name);
            case SOURCE_AGENT_CRASHES -> source.crash();
            case TARGET_AGENT_CRASHES -> target.crash();
            case SOURCE_LOSES_POWER, SOURCE_STAYS_AWAY -> source.powerOff();
            case TARGET_LOSES_POWER, TARGET_STAYS_AWAY -> target.powerOff();
            case LEADER_CHANGES -> {
                leader.crash();
                leader.leadFrom("n" + time.between(1, 3));
            }
            case SOURCE_IS_FULL, SOURCE_STAYS_FULL -> source.full(true);
            case TARGET_IS_FULL, TARGET_STAYS_FULL -> target.full(true);
        }
    }

    private void heal() {
        cluster.network.heal();
        for (SimNode node : cluster.nodes) {
            node.powerOn();
            node.full(false);
        }
    }

    /// One writer, where the volume is, with everything that was acknowledged; nothing of the move is left.
    private void assertAsItShouldBe() {
        String primary = volume().head().primary();
        assertThat(operation().error())
                .as("why it is %s", operation().state())
                .satisfies(
                        why -> assertThat(why.isEmpty()).isEqualTo(operation().state() == Operation.State.DONE));
        assertThat(primary)
                .as("where a move is that is %s", operation())
                .isEqualTo(operation().state() == Operation.State.DONE ? target.name : primary);
        for (Volume volume : leader.state().volumes().values()) {
            assertIsAt(primary, volume);
        }
    }

    private void assertIsAt(String primary, Volume volume) {
        for (SimNode node : cluster.nodes) {
            boolean has = node.name.equals(primary);
            assertThat(node.writers(volume.id())).as("writers on %s", node.name).hasSize(has ? 1 : 0);
            assertThat(node.observe().volumes().containsKey(volume.id()))
                    .as("data on %s", node.name)
                    .isEqualTo(has);
        }
        assertThat(volume.head().primary()).as("where %s is", volume.id()).isEqualTo(primary);
        assertThat(cluster.node(primary).head(volume.id()))
                .as("what was acknowledged")
                .containsSubsequence(acknowledged.getOrDefault(volume.id(), List.of()));
        assertThat(volume.copies()).isEmpty();
        assertThat(volume.snapshots().values()).extracting(Snapshot::origin).doesNotContain(Snapshot.Origin.MOVE);
    }

    /// Whether the volume is where it was.
    boolean isBack() {
        return volume().head().primary().equals(source.name);
    }

    Operation operation() {
        return leader.state().operation(MOVE).orElseThrow();
    }

    private Volume volume() {
        return leader.state().volumes().firstEntry().getValue();
    }
}
