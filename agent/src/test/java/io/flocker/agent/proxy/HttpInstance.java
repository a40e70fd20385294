package io.flocker.agent.proxy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/// An instance of an HTTP service that answers with its name, after `delayMillis`.
final class HttpInstance implements AutoCloseable {
    final AtomicInteger requests = new AtomicInteger();
    volatile int status = 200;
    /// What the last request said of how it was asked, and for whom.
    volatile String forwarded = "";
    private final HttpServer server;

    HttpInstance(String name, int delayMillis) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            requests.incrementAndGet();
            forwarded = exchange.getRequestHeaders().getFirst("X-Forwarded-Proto") + " "
                    + exchange.getRequestHeaders().getFirst("X-Forwarded-For");
            try (exchange) {
                Thread.sleep(delayMillis);
                byte[] body = name.getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(status, body.length);
                exchange.getResponseBody().write(body);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        server.start();
    }

    String address() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
