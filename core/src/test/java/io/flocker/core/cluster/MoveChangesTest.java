package io.flocker.core.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.model.Node;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Operation.Phase;
import io.flocker.core.model.Snapshot;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.model.Volume;
import io.flocker.core.plan.Observed;
import io.flocker.core.plan.OperationProgress;
import io.flocker.core.plan.Problem;
import io.flocker.core.plan.Sighting;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.HttpRouting;
import io.flocker.core.spec.Mount;
import io.flocker.core.spec.PlacementSpec;
import io.flocker.core.spec.ProcessSpec;
import io.flocker.core.spec.Resources;
import io.flocker.core.spec.RestartPolicy;
import io.flocker.core.spec.Sandbox;
import io.flocker.core.spec.ServiceSpec;
import io.flocker.core.spec.UpgradeSpec;
import io.flocker.core.spec.VolumeSpec;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

class MoveChangesTest {
    private static final String MOVE = "move";

    @Test
    void goesBackWithWhatWasWrittenWhereItWent() {
        ClusterState state = moved();
        assertThat(volume(state).head().primary()).isEqualTo("n2");
        long epoch = volume(state).head().epoch();

        state = after(state, new Command.Undo(2, MOVE, "db.1 ended 3 times in a row"));
        state = after(state, new Command.Advance(2, MOVE, Phase.UNDO));
        assertThat(volume(state).head().primary()).as("before all is kept").isEqualTo("n2");
        assertThat(state.after(new Command.Advance(2, MOVE, Phase.UNDO)))
                .as("while it is being kept")
                .isInstanceOf(Outcome.Refused.class);

        SnapshotId last = volume(state).nextSnapshot();
        state = after(confirmed(state), new Command.Advance(2, MOVE, Phase.UNDO));
        assertThat(volume(state).head().primary()).isEqualTo("n1");
        assertThat(volume(state).head().epoch()).isEqualTo(epoch + 1);
        assertThat(volume(state).head().base())
                .as("the last snapshot before the next one, which would be %s", last)
                .contains(new SnapshotId(last.volume(), epoch, last.sequence() - 1));
        assertThat(phase(state)).isEqualTo(Phase.CLEAN_UP);
    }

    @Test
    void comesBackAsItWentIfItsNewHeadWasNeverMade() {
        ClusterState state = after(moved(), new Command.Undo(2, MOVE, "No space left on device"));
        state = after(
                state, new Command.ReturnUnused(2, MOVE, List.of(volume(state).id())));

        assertThat(volume(state).head().primary()).isEqualTo("n1");
        assertThat(volume(state).head().base()).as("what n2 was to begin with").contains(last(state));
        state = after(state, new Command.Advance(2, MOVE, Phase.UNDO));
        assertThat(phase(state)).isEqualTo(Phase.CLEAN_UP);
    }

    @Test
    void doesNotComeBackWithoutWhatANewHeadHas() {
        ClusterState state = after(moved(), new Command.Undo(2, MOVE, "db.1 ended 3 times in a row"));
        ClusterState kept = confirmed(after(state, new Command.Advance(2, MOVE, Phase.UNDO)));

        assertRefused(
                kept, new Command.ReturnUnused(2, MOVE, List.of(volume(kept).id())), "out of date");
    }

    @Test
    void goesBackWhenCancelledAfterTheHandOverAndStaysWhenCancelledAgain() {
        ClusterState back = after(moved(), new Command.Cancel("ann", 2, MOVE));
        assertThat(back.operation(MOVE).orElseThrow().state()).isEqualTo(Operation.State.CANCELLING);
        assertThat(phase(back)).isEqualTo(Phase.UNDO);

        ClusterState stays = after(back, new Command.Cancel("ann", 3, MOVE));
        assertThat(stays.operation(MOVE).orElseThrow().state()).isEqualTo(Operation.State.CANCELLED);
        assertThat(volume(stays).head().primary()).isEqualTo("n2");
        assertThat(volume(stays).copies())
                .as("the old node's, until the new head is made")
                .isNotEmpty();
        ClusterState settled =
                after(stays, new Command.Settle(4, List.of(volume(stays).id())));
        assertThat(WayBack.isLeft(settled, volume(settled))).isFalse();
    }

    @Test
    void settlesNothingWhileItGoesOn() {
        assertRefused(moved(), new Command.Settle(2, List.of(volume(moved()).id())), "out of date");
    }

    @Test
    void saysWhatToDoAboutANodeThatCannotHaveIt() {
        ClusterState state = deployed();
        assertRefused(state, move("n9"), "no node \"n9\"; there is n1, n2");
        assertRefused(state, move("n1"), "is on n1 already");
        ClusterState drained = after(state, new Command.SetAvailability("test", 1, "n2", Node.Availability.DRAINED));
        assertRefused(drained, move("n2"), "n2 is drained; flocker node activate n2");
        ClusterState moving = after(state, move("n2"));
        assertRefused(moving, move("n2"), "wait for it, or cancel it with flocker op cancel " + MOVE);
    }

    @Test
    void givesUpOnANodeThatCannotBeLookedAt() {
        ClusterState state = after(deployed(), move("n2"));
        var blind = new Problem(Problem.NODE, "look", "There is no pool at /var/lib/flocker/pool", false, 25, 1, 1);
        TreePMap<String, Sighting> sightings = TreePMap.<String, Sighting>empty()
                .plus("n1", Sighting.none(1))
                .plus(
                        "n2",
                        new Sighting(
                                Observed.NOTHING, false, List.of(), List.of(blind), TreePMap.empty(), List.of(), 1));

        assertThat(OperationProgress.of(state, sightings, state.operation(MOVE).orElseThrow(), 2)
                        .failure())
                .hasValueSatisfying(why ->
                        assertThat(why).contains("Node n2", "stays on n1", "There is no pool", "choose another node"));
    }

    private static SnapshotId last(ClusterState state) {
        return MoveChanges.lastFor(volume(state)).orElseThrow();
    }

    private static void assertRefused(ClusterState state, Command command, String why) {
        assertThat(state.after(command))
                .isInstanceOfSatisfying(
                        Outcome.Refused.class,
                        refused -> assertThat(refused.message()).contains(why));
    }

    private static Command.Move move(String to) {
        return new Command.Move("test", 1, MOVE, 9_000, "shop", "db", "", "", to);
    }

    /// A move of `db` from n1 to n2 that has handed over.
    private static ClusterState moved() {
        ClusterState state = after(deployed(), move("n2"));
        while (phase(state) != Phase.START) {
            state = after(confirmed(state), new Command.Advance(1, MOVE, phase(state)));
        }
        return state;
    }

    private static ClusterState deployed() {
        ClusterState state = ClusterState.EMPTY;
        for (String node : List.of("n1", "n2")) {
            state = after(
                    state,
                    new Command.AddNode(
                            "test", 1, node, node + ".example", TreePMap.empty(), node, Node.Capacity.NONE));
        }
        state = after(
                state,
                new Command.Deploy(
                        "test", 1, "deploy", 9_000, "shop", application(), TreePMap.empty(), OptionalLong.empty()));
        state = after(state, new Command.Advance(1, "deploy", Phase.PREPARE));
        return after(state, new Command.Finish(1, "deploy", Operation.State.DONE, ""));
    }

    private static Phase phase(ClusterState state) {
        return state.operation(MOVE).orElseThrow().phase();
    }

    private static Volume volume(ClusterState state) {
        return state.volumes().firstEntry().getValue();
    }

    private static ClusterState confirmed(ClusterState state) {
        List<Command.Taken> taken = volume(state).snapshots().values().stream()
                .filter(snapshot -> snapshot.state() == Snapshot.State.REQUESTED)
                .map(snapshot -> new Command.Taken(snapshot.id(), 1, 0))
                .toList();
        return after(state, new Command.ConfirmSnapshots(1, taken));
    }

    private static ApplicationSpec application() {
        var db = new ServiceSpec(
                "db:1",
                ServiceSpec.Pull.MISSING,
                ProcessSpec.PLAIN,
                Sandbox.PLAIN,
                Resources.UNLIMITED,
                List.of(),
                List.of(),
                List.of(),
                List.of(new Mount.Volume("data", "/data", false)),
                TreePMap.empty(),
                Optional.empty(),
                RestartPolicy.ALWAYS,
                HttpRouting.NONE,
                1,
                Optional.empty(),
                PlacementSpec.ANYWHERE,
                UpgradeSpec.DEFAULT,
                TreePMap.empty());
        return new ApplicationSpec(
                TreePMap.singleton("db", db), TreePMap.singleton("data", VolumeSpec.PLAIN), TreePMap.empty());
    }

    private static ClusterState after(ClusterState state, Command command) {
        return switch (state.after(command)) {
            case Outcome.Accepted accepted -> accepted.state();
            case Outcome.Refused refused -> throw new AssertionError(refused.message());
        };
    }
}
