package io.flocker.core.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.model.Node;
import io.flocker.core.model.Operation;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.wire.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

/// What a deploy waits for before it gives out instances, and a roll back before it stops any, by what a node said
/// before it heard of the operation.
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

    @Test
    void norDoesARollBackWaitForIt() throws Json.MalformedJson {
        assertThat(rollingBack("web:1", said("web:1", NOW))).isEmpty();
    }

    @Test
    void aRollBackToAnImageThatIsNotThereWaitsForIt() throws Json.MalformedJson {
        assertThat(rollingBack("web:0", said("web:1", NOW))).containsExactly("node n1 to report");
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
        return waiting(deploying(image), "first", sighting);
    }

    /// The services of one that runs `web:1` go back to `image`.
    private static List<String> rollingBack(String image, Sighting sighting) throws Json.MalformedJson {
        ClusterState state = after(deploying("web:1"), new Command.Advance(NOW, "first", Operation.Phase.PREPARE));
        state = after(state, new Command.Finish(NOW, "first", Operation.State.DONE, ""));
        state = after(
                state,
                new Command.RollBack(
                        "test",
                        NOW,
                        "second",
                        2 * NOW,
                        "shop",
                        TreePMap.empty(),
                        Optional.of(application(image)),
                        TreePMap.empty()));
        return waiting(state, "second", sighting);
    }

    private static List<String> waiting(ClusterState state, String operation, Sighting sighting) {
        return OperationProgress.of(
                        state,
                        TreePMap.singleton("n1", sighting),
                        state.operation(operation).orElseThrow(),
                        NOW)
                .waiting();
    }

    private static ClusterState deploying(String image) throws Json.MalformedJson {
        ClusterState state = after(
                ClusterState.EMPTY,
                new Command.AddNode("test", 1, "n1", "n1.example", TreePMap.empty(), "n1", Node.Capacity.NONE));
        return after(
                state,
                new Command.Deploy(
                        "test",
                        NOW,
                        "first",
                        2 * NOW,
                        "shop",
                        application(image),
                        TreePMap.empty(),
                        OptionalLong.empty()));
    }

    private static ApplicationSpec application(String image) throws Json.MalformedJson {
        String application = "{\"services\": {\"web\": {\"scale\": 1, \"image\": \"" + image + "\"}}}";
        return Json.read(application.getBytes(StandardCharsets.UTF_8), ApplicationSpec.class);
    }

    private static ClusterState after(ClusterState state, Command command) {
        return switch (state.after(command)) {
            case Outcome.Accepted accepted -> accepted.state();
            case Outcome.Refused refused -> throw new AssertionError(refused.message());
        };
    }
}
