package io.flocker.control.api;

import io.flocker.client.Credentials;
import io.flocker.client.Identity;
import io.flocker.client.api.Answers;
import io.flocker.client.api.ProblemDetail;
import io.flocker.control.api.Endpoint.Access;
import io.flocker.control.lead.Leader;
import io.flocker.control.log.ClusterLog;
import io.flocker.core.wire.Json;
import io.helidon.common.tls.Tls;
import io.helidon.common.tls.TlsClientAuth;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The REST API: HTTPS with client certificates for everybody, and a Unix socket for root on the same machine.
public final class Api implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Api.class);
    private static final String SOCKET = "socket";

    private final WebServer server;
    private final Decisions decisions;
    private final List<Endpoint> endpoints = new ArrayList<>();

    /// Where the API listens.
    ///
    /// @param agentPort where agents listen, on every node
    /// @param socket the Unix socket's path
    public record Places(InetSocketAddress address, int agentPort, Path socket) {}

    public Api(Places places, Credentials credentials, ClusterLog clusterLog, Leader leader) throws IOException {
        decisions = new Decisions(clusterLog, leader);
        NodeCalls nodes = new NodeCalls(credentials, decisions, places.agentPort());
        endpoints.addAll(new EnvironmentEndpoints(decisions).list());
        endpoints.addAll(new VolumeEndpoints(decisions, nodes).list());
        endpoints.addAll(new OperationEndpoints(decisions).list());
        endpoints.addAll(new NodeEndpoints(decisions).list());
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
        server = server(places, credentials);
    }

    /// The version this was built as.
    public static String version() {
        String version = Api.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    private WebServer server(Places places, Credentials credentials) throws IOException {
        Files.deleteIfExists(places.socket());
        Files.createDirectories(places.socket().toAbsolutePath().getParent());
        WebServer made = WebServer.builder()
                .bindAddress(places.address())
                .maxPayloadSize(ImageEndpoints.MAX_BODY_BYTES)
                .shutdownHook(false)
                .tls(Tls.builder()
                        .sslContext(credentials.context())
                        .clientAuth(TlsClientAuth.REQUIRED)
                        .build())
                .routing(routing -> routes(routing, false))
                .putSocket(
                        SOCKET,
                        socket -> socket.bindAddress(UnixDomainSocketAddress.of(places.socket()))
                                .maxPayloadSize(ImageEndpoints.MAX_BODY_BYTES)
                                .routing(routing -> routes(routing, true)))
                .build()
                .start();
        Files.setPosixFilePermissions(places.socket(), PosixFilePermissions.fromString("rw-------"));
        return made;
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
            String by = root ? "root" : caller(endpoint, request);
            Object answer = answer(endpoint, new Call(request, response, by));
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

    /// The name in the caller's certificate, if its kind may call.
    private static String caller(Endpoint endpoint, ServerRequest request) throws Refusal {
        Identity identity = Identity.of(request.remotePeer().tlsCertificates().orElse(new Certificate[0]))
                .orElseThrow(() -> Refusal.of(
                        401, "unauthorized", "Who are you", "Every call needs a certificate of this cluster"));
        if (endpoint.access() == Access.NODE && !identity.isNode()) {
            throw Refusal.of(403, "forbidden", "Not yours", "Only nodes may call " + endpoint.path());
        }
        return identity.name();
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
        server.stop();
    }
}
