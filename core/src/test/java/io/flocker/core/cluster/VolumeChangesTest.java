package io.flocker.core.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.model.Node;
import io.flocker.core.spec.VolumeSpec;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

/// Volumes that are made where they fit, or where their data is.
class VolumeChangesTest {
    private ClusterState state = ClusterState.EMPTY;

    private void accept(Command command) {
        state = switch (state.after(command)) {
            case Outcome.Accepted accepted -> accepted.state();
            case Outcome.Refused refused -> throw new AssertionError(refused.message());
        };
    }

    private void node(String name) {
        accept(new Command.AddNode("root", 1, name, name, TreePMap.empty(), "", Node.Capacity.NONE));
    }

    private static Command.CreateVolume create(String id, String name, String node) {
        return new Command.CreateVolume("root", 2, id, "lab", name, VolumeSpec.PLAIN, Optional.empty(), node);
    }

    private String primary(String id) {
        return state.volume(id).orElseThrow().head().primary();
    }

    @Test
    void aVolumeWhoseDataIsSomewhereAlreadyIsMadeThere() {
        node("n1");
        node("n2");
        for (int i = 0; i < 3; i++) {
            accept(create("there" + i, "there" + i, "n2"));
            assertThat(primary("there" + i)).isEqualTo("n2");
        }
        assertThat(state.volume("there0").orElseThrow().head().epoch()).isOne();
        accept(create("anywhere", "anywhere", ""));
        assertThat(primary("anywhere")).isEqualTo("n1");
    }

    @Test
    void aVolumeOnANodeThatIsNotThereIsRefused() {
        node("n1");
        assertThat(state.after(create("v", "v", "n9"))).isInstanceOfSatisfying(Outcome.Refused.class, refused -> {
            assertThat(refused.reason()).isEqualTo(Outcome.Reason.NOT_FOUND);
            assertThat(refused.message()).contains("There is no node n9");
        });
    }
}
