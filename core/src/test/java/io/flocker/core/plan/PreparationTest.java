package io.flocker.core.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.model.Node;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.wire.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

/// What a deploy waits for before it gives out instances, by what a node said before it heard of the deploy.
class PreparationTest {
    private static final long NOW = 10_000;

    @Test
    void whatANodeHasAlreadyIsNotWaitedFor() throws Json.MalformedJson {
        assertThat(waiting("web:1", said("web:1", NOW))).isEmpty();
    }

    @Test
    void anImageThatIsNotThereIsWaitedFor() throws Json.MalformedJson {
        assertThat(waiting("web:2", said("web:1", NOW))).containsExactly("node n1 to report");
    }

    @Test
    void anImageThatIsToBePulledAnewIsWaitedFor() throws Json.MalformedJson {
        assertThat(waiting("web:1\", \"pull\": \"ALWAYS", said("web:1", NOW))).containsExactly("node n1 to report");
    }

    @Test
    void aNodeThatSaysNothingAnyMoreIsWaitedFor() throws Json.MalformedJson {
        assertThat(waiting("web:1", said("web:1", NOW - Waits.SILENT_MILLIS)))
                .containsExactly("node n1, which has not been heard for 5 s", "node n1 to report");
    }

    @Test
    void aNodeThatWasNeverHeardIsWaitedFor() throws Json.MalformedJson {
        assertThat(waiting("web:1", Sighting.none(NOW))).containsExactly("node n1 to report");
    }

    private static Sighting said(String image, long atMillis) {
        Observed nothing = Observed.NOTHING;
        var observed = new Observed(
                nothing.volumes(),
                nothing.containers(),
                nothing.surplus(),
                TreePMap.singleton(image, "sha256:1"),
                nothing.exposed(),
                nothing.networks(),
                nothing.routes(),
                nothing.answered(),
                nothing.loads(),
                nothing.logs(),
                nothing.wanted(),
                nothing.used(),
                nothing.leased());
        return new Sighting(observed, false, List.of(), List.of(), TreePMap.empty(), List.of(), atMillis);
    }

    private static List<String> waiting(String image, Sighting sighting) throws Json.MalformedJson {
        ClusterState state = after(
                ClusterState.EMPTY,
                new Command.AddNode("test", 1, "n1", "n1.example", TreePMap.empty(), "n1", Node.Capacity.NONE));
        String application = "{\"services\": {\"web\": {\"scale\": 1, \"image\": \"" + image + "\"}}}";
        state = after(
                state,
                new Command.Deploy(
                        "test",
                        NOW,
                        "first",
                        2 * NOW,
                        "shop",
                        Json.read(application.getBytes(StandardCharsets.UTF_8), ApplicationSpec.class),
                        TreePMap.empty(),
                        OptionalLong.empty()));
        return OperationProgress.of(
                        state,
                        TreePMap.singleton("n1", sighting),
                        state.operation("first").orElseThrow(),
                        NOW)
                .waiting();
    }

    private static ClusterState after(ClusterState state, Command command) {
        return switch (state.after(command)) {
            case Outcome.Accepted accepted -> accepted.state();
            case Outcome.Refused refused -> throw new AssertionError(refused.message());
        };
    }
}
