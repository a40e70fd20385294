package io.flocker.control.api;

import io.flocker.client.Credentials;
import io.flocker.client.api.Answers;
import io.flocker.client.api.ProblemDetail;
import io.flocker.control.api.Endpoint.Access;
import io.flocker.control.ca.Authority;
import io.flocker.control.lead.Leader;
import io.flocker.control.log.ClusterLog;
import io.flocker.core.wire.Json;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The REST API: HTTPS with client certificates for everybody, and a Unix socket for root on the same machine.
public final class Api implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Api.class);
    private final Listeners listeners;
    private final Decisions decisions;
    private final List<Endpoint> endpoints = new ArrayList<>();

    public Api(
            Listeners.Places places, Authority authority, Credentials credentials, ClusterLog clusterLog, Leader leader)
            throws IOException {
        decisions = new Decisions(clusterLog, leader);
        NodeCalls nodes = new NodeCalls(credentials, decisions, places.agentPort());
        endpoints.addAll(new EnvironmentEndpoints(decisions).list());
        endpoints.addAll(new VolumeEndpoints(decisions, nodes).list());
        endpoints.addAll(new OperationEndpoints(decisions).list());
        endpoints.addAll(new NodeEndpoints(decisions).list());
        endpoints.addAll(
                new JoinEndpoints(decisions, authority, places.address().getPort()).list());
        endpoints.addAll(new InstanceEndpoints(decisions, nodes).list());
        endpoints.addAll(new ImageEndpoints(decisions, nodes).list());
        endpoints.add(new Endpoint(
                "GET",
                "/v2/version",
                Access.USER,
                "Which Flocker this is.",
                List.of(),
                Void.class,
                Answers.Version.class,
                _ -> new Answers.Version(version(), "v2")));
        listeners = new Listeners(places, credentials, this::routes);
    }

    /// The version this was built as.
    public static String version() {
        String version = Api.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    private void routes(HttpRouting.Builder routing, boolean root) {
        for (Endpoint endpoint : endpoints) {
            routing.route(
                    Method.create(endpoint.method()),
                    endpoint.path(),
                    (request, response) -> serve(endpoint, request, response, root));
        }
        routing.get("/v2/openapi.json", (_, response) -> send(response, 200, "application/json", openApi()));
        routing.any((request, response) -> refuse(
                response,
                Refusal.notFound("There is nothing at " + request.path().path()
                                + "; /v2/openapi.json lists what there is")
                        .problem()));
    }

    /// The API's description, OpenAPI 3.1.
    public Object openApi() {
        return OpenApi.document(endpoints, version());
    }

    private void serve(Endpoint endpoint, ServerRequest request, ServerResponse response, boolean root) {
        try {
            Caller caller = root ? Caller.ROOT : Caller.of(request, decisions.state());
            refuseUnlessAllowed(endpoint, caller);
            Object answer = answer(endpoint, new Call(request, response, caller));
            if (!endpoint.answer().equals(Void.class) && !response.isSent()) {
                send(response, 200, "application/json", answer);
            }
        } catch (Refusal refusal) {
            refuse(response, refusal.problem());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            refuse(response, problem(503, "unavailable", "Shutting down", "The daemon is stopping; try again"));
        } catch (IOException e) {
            refuse(response, problem(503, "unavailable", "Not now", String.valueOf(e.getMessage())));
        } catch (Exception e) {
            log.atError().setCause(e).addKeyValue("path", request.path().path()).log("Request failed");
            refuse(response, problem(500, "internal", "A bug", "The daemon failed: " + e + "; its log tells more"));
        }
    }

    private Object answer(Endpoint endpoint, Call call) throws Exception {
        try {
            return endpoint.handler().handle(call);
        } catch (Refusal refusal) {
            Optional<Answers.Change> before =
                    endpoint.answer().equals(Answers.Change.class) ? decisions.repeated(call) : Optional.empty();
            return before.orElseThrow(() -> refusal);
        }
    }

    private static ProblemDetail problem(int status, String type, String title, String detail) {
        return new ProblemDetail(type, title, status, detail);
    }

    private static void refuseUnlessAllowed(Endpoint endpoint, Caller caller) throws Refusal {
        boolean nobody = caller.unit().equals("nobody");
        if (nobody && endpoint.access() != Access.ANYBODY) {
            throw Refusal.of(401, "unauthorized", "Who are you", "Every call needs a certificate of this cluster");
        }
        if (endpoint.access() == Access.NODE && !caller.isNode()) {
            throw Refusal.of(403, "forbidden", "Not yours", "Only nodes may call " + endpoint.path());
        }
    }

    private static void send(ServerResponse response, int status, String type, Object body) {
        response.status(Status.create(status))
                .header(HeaderNames.CONTENT_TYPE, type)
                .send(Json.bytes(body));
    }

    private static void refuse(ServerResponse response, ProblemDetail problem) {
        if (!response.isSent()) {
            if (problem.status() == 503) {
                response.header(HeaderNames.RETRY_AFTER, "1");
            }
            send(response, problem.status(), "application/problem+json", problem);
        }
    }

    @Override
    public void close() {
        listeners.close();
    }
}
