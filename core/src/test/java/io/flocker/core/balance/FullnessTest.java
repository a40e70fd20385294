package io.flocker.core.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Planned;
import io.flocker.core.load.ClusterLoad;
import io.flocker.core.load.NodeLoad;
import io.flocker.core.load.Usage;
import io.flocker.core.model.Node;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

class FullnessTest {
    private final ClusterState state = ClusterState.EMPTY.with(node("n1")).with(node("n2"));

    private static Node node(String name) {
        return Node.joined(name, name, TreePMap.empty(), "", 1);
    }

    private static NodeLoad busy(double cores) {
        return new NodeLoad(new Usage(cores, 0, 0, 0, 0, 0), 2, 1 << 20, 0, 0, 0, 0, 0, 0, 0);
    }

    private static NodeLoad stored(long bytes) {
        return new NodeLoad(Usage.NOTHING, 2, 1 << 20, 1_000, 1_000 - bytes, 0, 0, 0, 0, 0);
    }

    private static ClusterLoad load(Map<String, NodeLoad> nodes) {
        return new ClusterLoad(TreePMap.from(nodes), TreePMap.empty(), TreePMap.empty());
    }

    private Map<String, Integer> noticed(Map<String, NodeLoad> nodes) {
        return Fullness.notice(state, load(nodes), 1)
                .map(command -> ((Planned.Notice) command).busy())
                .orElse(TreePMap.empty());
    }

    @Test
    void aNodeThatIsBusyIsNoticedInSteps() {
        assertThat(noticed(Map.of("n1", busy(1.5), "n2", busy(0.4)))).isEqualTo(Map.of("n1", 70));
        assertThat(noticed(Map.of("n1", busy(0.3), "n2", busy(0.4)))).isEmpty();
    }

    @Test
    void aPoolThatIsFullIsNoticedAsWell() {
        assertThat(noticed(Map.of("n1", stored(850), "n2", stored(100)))).isEqualTo(Map.of("n1", 80));
    }

    @Test
    void aNodeThatWasNotMeasuredIsNoIdleOne() {
        assertThat(noticed(Map.of("n1", busy(1.5)))).isEqualTo(Map.of("n1", 70, "n2", 70));
        assertThat(noticed(Map.of())).isEmpty();
    }
}
