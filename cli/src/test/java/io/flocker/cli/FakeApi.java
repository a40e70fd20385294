package io.flocker.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.flocker.client.api.ProblemDetail;
import io.flocker.control.ca.Authority;
import io.flocker.core.wire.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;

/// An API with certificates of its own that answers what a test told it to, and remembers what it was asked.
final class FakeApi implements AutoCloseable {
    private final HttpsServer server;
    private final Map<String, Deque<Answer>> answers = new HashMap<>();
    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());

    private record Answer(int status, ByteBuffer body) {}

    /// With credentials for it in `root/etc/flocker`, where commands with `--root` look for them.
    static FakeApi start(Path root) throws IOException {
        return new FakeApi(root);
    }

    private FakeApi(Path root) throws IOException {
        Path etc = root.resolve("etc/flocker");
        Files.createDirectories(etc.resolve("users"));
        Authority authority = Authority.create(etc.resolve("ca"));
        Authority.write(etc.resolve("users"), "admin", authority.user("admin"));
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(
                new HttpsConfigurator(authority.node("n1", List.of("127.0.0.1")).context()));
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
        Files.writeString(
                etc.resolve("client.properties"),
                "api=https://127.0.0.1:" + server.getAddress().getPort() + "\n");
    }

    /// Answers `call` (`GET /v2/nodes`); the last of several answers is given for ever.
    synchronized FakeApi on(String call, Object body) {
        return on(call, 200, body instanceof byte[] bytes ? bytes : Json.bytes(body));
    }

    FakeApi refuse(String call, int status, String detail) {
        return on(call, status, Json.bytes(new ProblemDetail("conflict", "No", status, detail)));
    }

    private synchronized FakeApi on(String call, int status, byte[] body) {
        answers.computeIfAbsent(call, _ -> new ArrayDeque<>()).add(new Answer(status, ByteBuffer.wrap(body)));
        return this;
    }

    /// Calls with their bodies, in order: `PUT /v2/x?y=z {...}`.
    List<String> asked() {
        return List.copyOf(asked);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String call = exchange.getRequestMethod() + " " + exchange.getRequestURI();
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        asked.add(body.isEmpty() ? call : call + " " + body);
        Answer answer = next(call);
        byte[] bytes = answer.body().array();
        exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private synchronized Answer next(String call) {
        Deque<Answer> queue = answers.get(call);
        if (queue == null) {
            return new Answer(
                    404,
                    ByteBuffer.wrap(Json.bytes(new ProblemDetail("not-found", "No", 404, "The test has no " + call))));
        }
        return queue.size() > 1 ? queue.remove() : queue.element();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
