package io.flocker.control.api;

import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests;
import io.flocker.core.access.Right;
import io.flocker.core.cluster.ClusterState;
import io.flocker.core.model.Environment;
import io.flocker.core.spec.ServiceSpec;
import io.flocker.core.wire.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// Images of an environment's services, built where the services will run. Passed on to the agent of that node.
final class ImageEndpoints {
    /// The largest body of any request: a build's. JSON is held to [Call#MAX_BODY_BYTES].
    static final long MAX_BODY_BYTES = Requests.Build.MAX_CONTEXT_BYTES + 2L * Requests.Build.MAX_LINE_BYTES;

    private static final String DOCKERS = "docker.io";
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
                        this::build));
    }

    /// The first line is looked at before anything is passed on.
    private Object build(Call call) throws Exception {
        InputStream body = call.request().content().inputStream();
        byte[] line = line(body);
        Requests.Build request;
        try {
            request = Json.read(line, Requests.Build.class);
        } catch (Json.MalformedJson e) {
            throw Refusal.of(400, "invalid", "Not the JSON this takes", String.valueOf(e.getMessage()));
        }
        refuseOthers(call, request.image());
        refuseOthers(call, request.alias());
        var whole = new SequenceInputStream(new ByteArrayInputStream(line), body);
        return nodes.pass(call, node(call), "POST", "/agent/images", whole);
    }

    /// Up to and with its end.
    private static byte[] line(InputStream body) throws Refusal, IOException {
        var line = new ByteArrayOutputStream();
        for (int next = body.read(); next >= 0; next = body.read()) {
            line.write(next);
            if (next == '\n') {
                break;
            }
            if (line.size() > Requests.Build.MAX_LINE_BYTES) {
                throw Refusal.of(
                        413,
                        "too-large",
                        "Too large",
                        "A build's first line has at most " + Requests.Build.MAX_LINE_BYTES + " bytes");
            }
        }
        return line.toByteArray();
    }

    /// An image of another environment's name would be what that one starts next.
    private void refuseOthers(Call call, String image) throws Refusal {
        for (Environment environment : decisions.state().environments().values()) {
            boolean runs = !image.isEmpty()
                    && images(environment).anyMatch(its -> full(its).equals(full(image)));
            if (runs && !decisions.isFree(call, environment)) {
                throw Refusal.of(
                        403,
                        "forbidden",
                        "Not yours",
                        call.by() + " (" + call.asker().role().word() + ") may not build " + image
                                + ": environment " + environment.name() + ", which is " + environment.owner()
                                + "'s, runs an image of that name; give it another name, or use it as it is"
                                + " (flocker up --no-build)");
            }
        }
    }

    /// Those that it runs, ran, or is about to run.
    private static Stream<String> images(Environment environment) {
        return Stream.concat(
                environment.application().services().values().stream().map(ServiceSpec::image),
                environment.services().values().stream()
                        .flatMap(service -> service.releases().values().stream())
                        .map(release -> release.spec().image()));
    }

    /// A name as Docker completes it: of its own registry's, which has two names, the owner may be left out as well.
    static String full(String image) {
        String name = image.replaceFirst("@.*", "");
        int slash = name.indexOf('/');
        String first = slash < 0 ? "" : name.substring(0, slash);
        boolean registry = first.contains(".")
                || first.contains(":")
                || first.equals("localhost")
                || !first.equals(first.toLowerCase(Locale.ROOT));
        String host = registry ? first : DOCKERS;
        String path = registry ? name.substring(slash + 1) : name;
        if (host.equals(DOCKERS) || host.equals("index." + DOCKERS)) {
            host = DOCKERS;
            path = path.indexOf('/') < 0 ? "library/" + path : path;
        }
        boolean tagged = path.substring(path.lastIndexOf('/') + 1).contains(":");
        return host + "/" + path + (tagged ? "" : ":latest");
    }

    private String node(Call call) throws Refusal {
        ClusterState state = decisions.state();
        if (state.nodes().isEmpty()) {
            throw Refusal.of(409, "conflict", "Not as things are", "There is no node yet; start flocker daemon");
        }
        return state.builder(call.path("environment"));
    }
}
