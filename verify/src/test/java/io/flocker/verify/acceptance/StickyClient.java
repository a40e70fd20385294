package io.flocker.verify.acceptance;

import io.flocker.lab.LabNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicBoolean;

/// A client that keeps the cookie it gets, whichever node it asks, as a browser does whose name stands for all nodes.
final class StickyClient {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final int port;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private final ConcurrentSkipListSet<String> instances = new ConcurrentSkipListSet<>();
    private volatile String cookie = "";

    /// A client that goes on asking.
    interface Traffic extends AutoCloseable {
        void end();

        @Override
        default void close() {
            end();
        }
    }

    StickyClient(int port) {
        this.port = port;
    }

    /// What the service's instance answers.
    String get(LabNode node) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://" + node.address() + ":" + port + "/"))
                .timeout(PATIENCE);
        if (!cookie.isEmpty()) {
            request.header("Cookie", cookie);
        }
        HttpResponse<String> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException(node.name() + " answered " + answer.statusCode() + ": " + answer.body());
        }
        answer.headers().firstValue("Set-Cookie").ifPresent(set -> cookie = set.substring(0, set.indexOf(';')));
        return answer.body().strip();
    }

    /// Asks one node after the other until it is ended.
    Traffic meanwhile(Collection<LabNode> nodes) {
        var ended = new AtomicBoolean();
        Thread thread = Thread.ofVirtual().start(() -> {
            while (!ended.get()) {
                nodes.forEach(this::ask);
            }
        });
        return () -> {
            ended.set(true);
            try {
                thread.join(Duration.ofSeconds(30));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
    }

    private void ask(LabNode node) {
        try {
            instances.add(get(node));
        } catch (IOException e) {
            failures.add(String.valueOf(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    List<String> failures() {
        return List.copyOf(failures);
    }

    /// Those that answered meanwhile.
    Set<String> instances() {
        return Set.copyOf(instances);
    }
}
