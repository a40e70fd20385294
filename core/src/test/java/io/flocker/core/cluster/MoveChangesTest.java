package io.flocker.core.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.model.ApplicationSpec;
import io.flocker.core.model.HttpRouting;
import io.flocker.core.model.Mount;
import io.flocker.core.model.Node;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Operation.Phase;
import io.flocker.core.model.PlacementSpec;
import io.flocker.core.model.ProcessSpec;
import io.flocker.core.model.Resources;
import io.flocker.core.model.RestartPolicy;
import io.flocker.core.model.Sandbox;
import io.flocker.core.model.ServiceSpec;
import io.flocker.core.model.Snapshot;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.model.Volume;
import io.flocker.core.model.VolumeSpec;
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

    /// A move of `db` from n1 to n2 that has handed over.
    private static ClusterState moved() {
        ClusterState state = ClusterState.EMPTY;
        for (String node : List.of("n1", "n2")) {
            state = after(
                    state,
                    new Command.AddNode(
                            "test", 1, node, node + ".example", TreePMap.empty(), node, Node.Capacity.NONE));
        }
        state = after(
                state, new Command.Deploy("test", 1, "deploy", 9_000, "shop", application(), OptionalLong.empty()));
        state = after(state, new Command.Advance(1, "deploy", Phase.PREPARE));
        state = after(state, new Command.Finish(1, "deploy", Operation.State.DONE, ""));
        state = after(state, new Command.Move("test", 1, MOVE, 9_000, "shop", "db", "", "", "n2"));
        while (phase(state) != Phase.START) {
            state = after(confirmed(state), new Command.Advance(1, MOVE, phase(state)));
        }
        return state;
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
        var process = new ProcessSpec(
                Optional.empty(),
                Optional.empty(),
                TreePMap.empty(),
                "",
                "",
                List.of(),
                "",
                false,
                false,
                false,
                "",
                ProcessSpec.STOP_GRACE_MILLIS);
        var db = new ServiceSpec(
                "db:1",
                ServiceSpec.Pull.MISSING,
                process,
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
                PlacementSpec.ANYWHERE,
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
