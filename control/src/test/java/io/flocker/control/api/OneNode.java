package io.flocker.control.api;

import io.flocker.client.Credentials;
import io.flocker.client.api.Report;
import io.flocker.control.ca.Authority;
import io.flocker.control.lead.ControlPlane;
import io.flocker.control.log.ClusterLog;
import io.flocker.core.cluster.Command;
import io.flocker.core.model.Node;
import io.flocker.core.wire.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.pcollections.TreePMap;

/// A control plane without agents, on free ports.
final class OneNode implements AutoCloseable {
    final Authority authority;
    final Path socket;
    final Api api;
    final ControlPlane plane;
    private final Forwarder forwarder;
    final URI base;

    OneNode(Path folder) throws IOException, InterruptedException {
        this(folder, 1);
    }

    /// @param agentPort where its agent would listen
    OneNode(Path folder, int agentPort) throws IOException, InterruptedException {
        authority = Authority.create(folder.resolve("ca"));
        socket = folder.resolve("api.sock");
        Credentials node = authority.node("n1", List.of("127.0.0.1", "localhost"));
        var self = new ClusterLog.Member("n1", "127.0.0.1:" + freePort());
        plane = new ControlPlane(folder.resolve("log"), self, List.of(self), node, folder.resolve("ca"));
        plane.log().submit(new Command.AddNode("n1", 1, "n1", "127.0.0.1", TreePMap.empty(), "", Node.Capacity.NONE));
        forwarder = new Forwarder(node, List.of());
        int port = freePort();
        api = new Api(
                new Listeners.Places(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), agentPort, socket),
                node,
                forwarder);
        api.use(Optional.of(plane));
        base = URI.create("https://127.0.0.1:" + port);
    }

    static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /// A client of this kind of TLS.
    HttpClient client(SSLContext context) {
        return HttpClient.newBuilder()
                .sslContext(context)
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(5))
                .build();
    }

    /// Sends a request as nobody, with an idempotency key.
    <T> T post(String path, Object body, Class<T> answer, String key) throws Exception {
        var context = SSLContext.getInstance("TLSv1.3");
        context.init(null, new TrustManager[] {authority.user("nobody").trustManager()}, null);
        try (HttpClient nobody = client(context)) {
            String json = new String(Json.bytes(body), StandardCharsets.UTF_8);
            HttpResponse<String> response = send(nobody, "POST", path, json, "Idempotency-Key", key);
            if (response.statusCode() != 200) {
                throw new IOException(response.body());
            }
            return Json.read(response.body().getBytes(StandardCharsets.UTF_8), answer);
        }
    }

    /// Sends a request with `headers` (name, value, name, …).
    HttpResponse<String> send(HttpClient client, String method, String path, String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path))
                .timeout(Duration.ofSeconds(20))
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /// For how many milliseconds the answer to a node's report grants it a lease.
    long lease(HttpClient node, String report) throws IOException, InterruptedException {
        String answer = send(node, "POST", "/v2/agent/report", report).body();
        return Json.read(answer.getBytes(StandardCharsets.UTF_8), Report.Answer.class)
                .lease()
                .millis();
    }

    @Override
    public void close() throws IOException {
        api.close();
        plane.close();
        forwarder.close();
    }
}
