package io.flocker.agent.converge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flocker.agent.engine.ContainerEngine;
import io.flocker.agent.engine.EngineFailure;
import io.flocker.agent.transfer.FakeEngine;
import io.flocker.agent.volume.MemoryDriver;
import io.flocker.agent.volume.VolumeDriver;
import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests.Meet.Phase;
import io.flocker.core.cut.Cut;
import io.flocker.core.cut.Meeting.Verdict;
import io.flocker.core.model.Head;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.plan.Step.TakeSnapshots;
import io.flocker.core.plan.Step.TakeSnapshots.Quiesce;
import io.flocker.core.spec.QuiesceSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointsTest {
    private static final SnapshotId DATA = new SnapshotId("v1", 1, 1);
    private static final SnapshotId PAGES = new SnapshotId("v2", 1, 1);
    private static final Cut HERE = new Cut("shop", "nightly", "v1@1.1", List.of("n1"), 10_000);
    private static final Cut ACROSS = new Cut("shop", "nightly", "v1@1.1", List.of("n1", "n2"), 10_000);
    private static final Quiesce DB =
            new Quiesce("db", "c1", new QuiesceSpec(List.of("before"), List.of("after"), 2_000));

    @TempDir
    Path folder;

    private final FakeEngine engine = new FakeEngine();
    /// What the leader answers; the others are there otherwise.
    private final Map<Phase, Answers.Met> answers = new ConcurrentHashMap<>();

    private VolumeDriver volumes;
    private Checkpoints checkpoints;

    @BeforeEach
    void volumes() throws Exception {
        volumes = new MemoryDriver(folder.resolve("pool"));
        for (String volume : List.of("v1", "v2")) {
            volumes.makeHead(
                    volume, new Head(1, "n1", Optional.empty(), Optional.empty()), VolumeDriver.Filler.NOTHING);
        }
        checkpoints = new Checkpoints(
                engine,
                volumes,
                meet -> {
                    engine.told.add(meet.phase() + (meet.problem().isEmpty() ? "" : " " + meet.problem()));
                    return answers.getOrDefault(meet.phase(), new Answers.Met(Verdict.GO, ""));
                },
                new Starts(),
                new Quiesced(folder.resolve("quiesced")));
        checkpoints.goOnLeft();
    }

    @Test
    void servicesQuiesceThenAllNodesGatherFreezeAndGoOn() throws Exception {
        long pause = checkpoints.take(new TakeSnapshots(List.of(DATA), Optional.of(ACROSS), List.of(DB)), ACROSS);

        assertThat(engine.told).containsExactly("before", "READY", "freeze shop", "FROZEN", "thaw shop", "after");
        assertThat(taken()).containsExactly("v1 1.1");
        assertThat(pause).isEqualTo(1_000);
    }

    @Test
    void aSingleVolumeNeedsNobodyToStandStill() throws Exception {
        checkpoints.take(new TakeSnapshots(List.of(DATA), Optional.of(HERE), List.of()), HERE);
        assertThat(engine.told).isEmpty();
        assertThat(taken()).containsExactly("v1 1.1");
    }

    @Test
    void whatWasTakenIsDeletedIfNotAllNodesStoodStill() {
        answers.put(Phase.FROZEN, new Answers.Met(Verdict.OVER, "node n2 did not stand still in time"));
        assertThatThrownBy(() -> checkpoints.take(
                        new TakeSnapshots(List.of(DATA, PAGES), Optional.of(ACROSS), List.of(DB)), ACROSS))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("n2 did not stand still");
        assertThat(taken()).isEmpty();
        assertThat(engine.told).endsWith("thaw shop", "after");
    }

    @Test
    void aCommandThatHangsOrFailsFailsTheCheckpointAndTellsTheOthers() {
        engine.ran.put("before", new ContainerEngine.Ran(OptionalInt.empty(), ""));
        var step = new TakeSnapshots(List.of(DATA), Optional.of(ACROSS), List.of(DB));
        assertThatThrownBy(() -> checkpoints.take(step, ACROSS))
                .isInstanceOfSatisfying(
                        EngineFailure.class,
                        failure -> assertThat(failure.lasting()).isTrue())
                .hasMessageContaining("service db's command before the checkpoint (before) did not end within 2.0 s");
        assertThat(taken()).isEmpty();
        assertThat(engine.told).hasSize(3).startsWith("before").endsWith("after");
        assertThat(engine.told.get(1)).startsWith("FAILED service db");

        engine.ran.put("before", new ContainerEngine.Ran(OptionalInt.of(2), "no such database"));
        assertThatThrownBy(() -> checkpoints.take(step, ACROSS)).hasMessageContaining("exit code 2: no such database");
    }

    @Test
    void whatHadQuiescedWhenAnAgentDiedGoesOnOnceItHadItsTime() throws Exception {
        new Quiesced(folder.resolve("quiesced")).add(DB);
        engine.ran.put("after", new ContainerEngine.Ran(OptionalInt.of(1), "nothing to resume"));
        long begun = System.nanoTime();
        checkpoints.goOnLeft();
        assertThat(engine.told).containsExactly("after");
        assertThat((System.nanoTime() - begun) / 1_000_000)
                .isGreaterThan(DB.commands().timeoutMillis() - 500);
        checkpoints.goOnLeft();
        assertThat(engine.told).as("however it ended").hasSize(1);
    }

    private List<String> taken() {
        try {
            return volumes.list().values().stream()
                    .flatMap(volume -> volume.snapshots().stream().map(position -> volume.id() + " " + position))
                    .toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
