package io.flocker.core.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.model.Node;
import io.flocker.core.model.Operation;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.wire.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

class ForecastTest {
    private final Forecast.Kept kept = new Forecast.Kept();
    private ClusterState state = ClusterState.EMPTY;

    @BeforeEach
    void deployOnTwoNodes() throws IOException {
        join("n1");
        join("n2");
        deploy("shop");
    }

    private void join(String node) {
        state = state.with(Node.joined(node, "10.0.0.1", TreePMap.empty(), "", 1));
    }

    private void deploy(String name) throws IOException {
        byte[] application =
                "{\"services\": {\"web\": {\"image\": \"web:1\", \"scale\": 4}}}".getBytes(StandardCharsets.UTF_8);
        var command = new Command.Deploy(
                "test",
                1,
                "deploy-" + name,
                9_000,
                name,
                Json.read(application, ApplicationSpec.class),
                TreePMap.empty(),
                OptionalLong.empty());
        state = ((Outcome.Accepted) state.after(command)).state();
    }

    private Operation operation() {
        return state.operation("deploy-shop").orElseThrow();
    }

    @Test
    void isMadeOnceWhileOthersAreDeployed() throws IOException {
        var first = kept.of(state, operation());
        assertThat(first).isEqualTo(Forecast.of(state, operation())).containsOnlyKeys("n1", "n2");

        deploy("blog");

        assertThat(kept.of(state, operation())).isSameAs(first);
    }

    @Test
    void isMadeAnewForOtherNodes() {
        kept.of(state, operation());

        join("n3");

        assertThat(kept.of(state, operation()))
                .isEqualTo(Forecast.of(state, operation()))
                .containsOnlyKeys("n1", "n2", "n3");
    }

    @Test
    void tellsTheImagesWhereverTheyRun() {
        assertThat(Forecast.images(state, operation())).containsExactly("web:1");
    }
}
