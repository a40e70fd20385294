package io.flocker.core.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.load.ClusterLoad;
import io.flocker.core.load.NodeLoad;
import io.flocker.core.load.Usage;
import io.flocker.core.model.Node;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

/// Requests that are steered away from busy nodes.
class SteeringTest {
    private static final double CORES = 4;

    private final ClusterState state = state("n1", "n2", "n3");
    private Steering steering = Steering.NONE;
    private long now;

    @Test
    void aBusyNodeGetsLessWithinSecondsButNeverNothing() {
        run(1, Map.of("n1", 3.9, "n2", 0.5, "n3", 0.6));
        assertThat(steering.shares()).containsExactly(Map.entry("n1", 3));
        run(60, Map.of("n1", 3.9, "n2", 0.5, "n3", 0.6));
        assertThat(steering.shares()).containsExactly(Map.entry("n1", 1));
    }

    @Test
    void itGetsAllAgainOnceItIsNotBusyAnyMore() {
        run(60, Map.of("n1", 3.9, "n2", 0.5, "n3", 0.6));
        run(14, Map.of("n1", 1.0, "n2", 1.5, "n3", 1.6));
        run(60, Map.of("n1", 1.0, "n2", 1.5, "n3", 1.6));
        assertThat(steering.shares()).isEmpty();
    }

    @Test
    void whereAllAreBusyNothingIsSteered() {
        run(60, Map.of("n1", 3.9, "n2", 3.8, "n3", 3.5));
        assertThat(steering.shares()).isEmpty();
    }

    @Test
    void aNodeThatSaysNonsenseIsNotBelieved() {
        run(60, Map.of("n1", Double.NaN, "n2", -7.0, "n3", 0.5));
        assertThat(steering.shares()).isEmpty();
    }

    private void run(int seconds, Map<String, Double> cores) {
        for (int i = 0; i < seconds; i++) {
            now += 1_000;
            steering = steering.after(state, load(cores), now);
        }
    }

    private static ClusterLoad load(Map<String, Double> cores) {
        TreePMap<String, NodeLoad> nodes = TreePMap.empty();
        for (var node : cores.entrySet()) {
            var used = new Usage(node.getValue(), 0, 0, 0, 0, 0);
            nodes = nodes.plus(node.getKey(), new NodeLoad(used, CORES, 0, 0, 0, 0, 0, 0, 0, 0));
        }
        return new ClusterLoad(nodes, TreePMap.empty(), TreePMap.empty());
    }

    private static ClusterState state(String... names) {
        ClusterState state = ClusterState.EMPTY;
        for (String name : names) {
            state = state.with(Node.joined(name, name + ".example", TreePMap.empty(), "", 0));
        }
        return state;
    }
}
