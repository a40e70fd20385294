package io.flocker.control.api;

import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests;
import io.flocker.core.access.Right;
import io.flocker.core.cluster.ClusterState;
import java.util.List;

/// Images of an environment's services, built where the services will run. Passed on to the agent of that node.
final class ImageEndpoints {
    /// The largest body of any request: a build's. JSON is held to [Call#MAX_BODY_BYTES].
    static final long MAX_BODY_BYTES = Requests.Build.MAX_CONTEXT_BYTES + 2L * Requests.Build.MAX_LINE_BYTES;

    private static final String IMAGES = "/v2/environments/{environment}/images";

    private final Decisions decisions;
    private final NodeCalls nodes;

    ImageEndpoints(Decisions decisions, NodeCalls nodes) {
        this.decisions = decisions;
        this.nodes = nodes;
    }

    List<Endpoint> list() {
        return List.of(
                new Endpoint(
                        "GET",
                        IMAGES,
                        Right.READ,
                        "Whether an image is on the node where the environment's services run, or would.",
                        List.of("name: the image"),
                        Void.class,
                        Answers.Image.class,
                        call -> nodes.image(node(call), call.query("name", ""))),
                new Endpoint(
                        "POST",
                        IMAGES,
                        Right.CHANGE,
                        "Build an image there: a line of JSON, then the context as a tar archive. Answers with lines"
                                + " of BuildOutput as they come; the last one tells how it ended.",
                        List.of(),
                        Requests.Build.class,
                        Void.class,
                        call -> nodes.pass(
                                call,
                                node(call),
                                "POST",
                                "/agent/images",
                                call.request().content().inputStream())));
    }

    private String node(Call call) throws Refusal {
        ClusterState state = decisions.state();
        if (state.nodes().isEmpty()) {
            throw Refusal.of(409, "conflict", "Not as things are", "There is no node yet; start flocker daemon");
        }
        return state.builder(call.path("environment"));
    }
}
