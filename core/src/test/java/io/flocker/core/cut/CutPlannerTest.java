package io.flocker.core.cut;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.model.Checkpoint;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Head;
import io.flocker.core.model.Node;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Snapshot;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.model.Volume;
import io.flocker.core.plan.Assignments;
import io.flocker.core.plan.ClusterPlanner;
import io.flocker.core.plan.Observed;
import io.flocker.core.plan.Problem;
import io.flocker.core.plan.Sighting;
import io.flocker.core.plan.StoredVolume;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.VolumeSpec;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

class CutPlannerTest {
    private static final long LATE = 25_000;

    private ClusterState state = ClusterState.EMPTY;

    @BeforeEach
    void requested() {
        for (String node : List.of("n1", "n2")) {
            after(new Command.AddNode("ann", 1, node, node + ".example", TreePMap.empty(), node, Node.Capacity.NONE));
        }
        after(new Command.CreateVolume("ann", 1, "v1", "shop", "data", VolumeSpec.PLAIN, Optional.empty(), ""));
        after(new Command.CreateVolume("ann", 1, "v2", "shop", "pages", VolumeSpec.PLAIN, Optional.empty(), ""));
        after(new Command.CreateCheckpoint("ann", 1, "shop", "nightly", false));
    }

    @Test
    void allNodesWithDataOfItMeet() {
        Cut cut =
                CutPlanner.cut(shop(), checkpoint(), List.copyOf(state.volumes().values()));
        assertThat(cut.nodes()).containsExactlyElementsOf(primaries());
        assertThat(cut.subject()).isEqualTo("checkpoint shop/nightly");
    }

    @Test
    void aCheckpointThatSomebodyCallsOriginIsTakenAsAnyOther() {
        after(new Command.CreateCheckpoint("ann", 1, "shop", Checkpoint.ORIGIN, false));
        Checkpoint origin =
                Optional.ofNullable(shop().checkpoints().get(Checkpoint.ORIGIN)).orElseThrow();
        assertThat(CutPlanner.cut(shop(), origin, List.copyOf(state.volumes().values()))
                        .concernsWriters())
                .isTrue();
    }

    @Test
    void whatIsNotThereInTimeIsTakenAnewAllOfItAndFailsInTheEnd() {
        assertThat(due(LATE - 6_000)).isEmpty();
        var before = checkpoint().volumes();
        take("data");
        assertThat(checkpoint().state()).isEqualTo(Checkpoint.State.REQUESTED);

        for (int attempt = 1; attempt < CutPlanner.ATTEMPTS; attempt++) {
            List<Command> commands = due(attempt * LATE);
            assertThat(commands).hasSize(1).first().isInstanceOf(Command.EndAttempt.class);
            after(commands.getFirst());
            assertThat(refused(commands.getFirst())).contains("out of date");
        }
        assertThat(checkpoint().volumes().values()).doesNotContainAnyElementsOf(before.values());

        after(due(CutPlanner.ATTEMPTS * LATE).getFirst());
        assertThat(checkpoint().state()).isEqualTo(Checkpoint.State.FAILED);
        assertThat(checkpoint().problem()).contains("data on node n", "pages on node n", "flocker daemon");
        assertThat(checkpoint().volumes()).isEmpty();
        assertThat(state.volumes().values())
                .allSatisfy(volume -> assertThat(volume.snapshots().values())
                        .allMatch(snapshot -> snapshot.state() == Snapshot.State.DELETING));
        after(new Command.CreateCheckpoint("ann", 99_000, "shop", "nightly", false));
        assertThat(checkpoint().state()).isEqualTo(Checkpoint.State.REQUESTED);
    }

    /// Its node, which may have all volumes now, would take the others by itself, at another moment.
    @Test
    void whatWasTakenOfAVolumeThatWentOnElsewhereIsTakenAnewWithAllOthersAtOnce() {
        take("data");
        assertThat(asked()).as("what is asked for").isEqualTo(1);
        Volume data = state.volume("v1").orElseThrow();
        state = state.with(data.with(
                new Head(2, data.head().primary().equals("n1") ? "n2" : "n1", Optional.empty(), Optional.empty())));

        assertThat(asked()).as("what is asked for").isZero();
        List<Command> commands = due(3);
        assertThat(commands).hasSize(1).first().isInstanceOf(Command.EndAttempt.class);
        after(commands.getFirst());
        assertThat(asked()).as("what is asked for").isEqualTo(2);
        assertThat(due(4)).isEmpty();
        take("data");
        take("pages");
        assertThat(checkpoint().state()).isEqualTo(Checkpoint.State.COMPLETE);
    }

    /// How many snapshots nodes are to take.
    private long asked() {
        Assignments all = Assignments.NONE.after(state);
        return Stream.of("n1", "n2")
                .flatMap(node -> all.of(node).volumes().values().stream())
                .mapToLong(volume -> volume.take().size())
                .sum();
    }

    /// It would be asked for without end: nothing of it can be taken.
    @Test
    void whatIsOnItsWayOutIsNotTakenAnew() {
        after(new Command.Remove("ann", 2, "gone", 9_000, "shop", true));
        after(new Command.Advance(2, "gone", Operation.Phase.STOP));
        assertThat(state.volumes().values()).allMatch(volume -> volume.state() == Volume.State.DELETING);
        assertThat(due(LATE)).isEmpty();
    }

    /// A branch that is given up leaves its first checkpoint if somebody has made another volume in it meanwhile.
    @Test
    void whatHasNoVolumesLeftFails() {
        for (String volume : List.copyOf(state.volumes().keySet())) {
            state = state.withoutVolume(volume);
        }
        List<Command> commands = due(3);
        assertThat(commands).hasSize(1);
        after(commands.getFirst());
        assertThat(checkpoint().state()).isEqualTo(Checkpoint.State.FAILED);
        assertThat(checkpoint().problem()).isEqualTo("its volumes are gone");
        assertThat(due(LATE)).isEmpty();
    }

    /// It may be complete only much later, and has what was there before: nothing else can take its place.
    @Test
    void whatARollBackKeepsIsNeverTakenAnew() {
        take("data");
        take("pages");
        TreePMap<String, SnapshotId> targets = TreePMap.empty();
        for (SnapshotId id : checkpoint().volumes().values()) {
            targets = targets.plus(id.volume(), id);
        }
        after(new Command.RollBack(
                "ann", 2, "back", 9_000, "shop", targets, Optional.of(ApplicationSpec.EMPTY), TreePMap.empty()));
        after(new Command.Advance(2, "back", Operation.Phase.PREPARE));
        after(new Command.Advance(2, "back", Operation.Phase.STOP));
        Checkpoint kept = Optional.ofNullable(shop().checkpoints().get(Operation.checkpoint("back")))
                .orElseThrow();
        assertThat(kept.state()).isEqualTo(Checkpoint.State.REQUESTED);
        assertThat(due(9 * LATE)).isEmpty();

        for (SnapshotId id : kept.volumes().values()) {
            Volume volume = state.volume(id.volume()).orElseThrow();
            var stored = new StoredVolume(volume.id(), volume.head().epoch(), List.of(id.position()), 0, "");
            var observed = new Observed(
                    TreePMap.singleton(volume.id(), stored),
                    TreePMap.empty(),
                    List.of(),
                    TreePMap.empty(),
                    TreePMap.empty(),
                    TreePMap.empty(),
                    "",
                    TreePMap.empty(),
                    TreePMap.empty(),
                    TreePMap.empty(),
                    List.of(),
                    TreePMap.empty(),
                    List.of());
            var sighting = new Sighting(observed, true, List.of(), List.of(), TreePMap.empty(), List.of(), 3);
            ClusterPlanner.plan(
                            state,
                            TreePMap.<String, Sighting>empty()
                                    .plus(volume.head().primary(), sighting),
                            3)
                    .stream()
                    .filter(Command.ConfirmSnapshots.class::isInstance)
                    .forEach(this::after);
        }
        assertThat(Optional.ofNullable(shop().checkpoints().get(kept.name()))
                        .orElseThrow()
                        .state())
                .as("its node knows no more of it than that it is there")
                .isEqualTo(Checkpoint.State.COMPLETE);
    }

    @Test
    void aServiceThatDoesNotQuiesceFailsItAtOnce() {
        var problem = new Problem("checkpoint shop/nightly", "snapshot", "service db hangs", true, 1, 2, 3);
        var stale = new Sighting(Observed.NOTHING, false, List.of(), List.of(problem), TreePMap.empty(), List.of(), 2);
        assertThat(CutPlanner.due(
                        state,
                        shop(),
                        TreePMap.<String, Sighting>empty().plus(primaries().getFirst(), stale),
                        2))
                .as("what is said of an earlier attempt")
                .isEmpty();
        var sighting =
                new Sighting(Observed.NOTHING, true, List.of(), List.of(problem), TreePMap.empty(), List.of(), 2);
        List<Command> commands = CutPlanner.due(
                state,
                shop(),
                TreePMap.<String, Sighting>empty().plus(primaries().getFirst(), sighting),
                2);
        after(commands.getFirst());
        assertThat(checkpoint().problem()).isEqualTo("service db hangs");
    }

    @Test
    void aClockThatWasSetBackIsNoReasonToWait() {
        assertThat(due(-7_200_000)).hasSize(1);
    }

    private List<Command> due(long nowMillis) {
        return CutPlanner.due(state, shop(), TreePMap.empty(), nowMillis);
    }

    private void take(String volume) {
        var id = Optional.ofNullable(checkpoint().volumes().get(volume)).orElseThrow();
        after(new Command.ConfirmSnapshots(2, List.of(new Command.Taken(id, 2, 0))));
    }

    private List<String> primaries() {
        return state.volumes().values().stream()
                .map(volume -> volume.head().primary())
                .distinct()
                .sorted()
                .toList();
    }

    private Environment shop() {
        return state.environment("shop").orElseThrow();
    }

    private Checkpoint checkpoint() {
        return Optional.ofNullable(shop().checkpoints().get("nightly")).orElseThrow();
    }

    private void after(Command command) {
        state = switch (state.after(command)) {
            case Outcome.Accepted accepted -> accepted.state();
            case Outcome.Refused refused -> throw new AssertionError(refused.message());
        };
    }

    private String refused(Command command) {
        return switch (state.after(command)) {
            case Outcome.Accepted _ -> throw new AssertionError("accepted: " + command);
            case Outcome.Refused refused -> refused.message();
        };
    }
}
