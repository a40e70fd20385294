package io.flocker.verify.bench.cluster;

import io.flocker.lab.LabNode;
import io.flocker.verify.bench.Benchmark;
import io.flocker.verify.bench.Figure;
import io.flocker.verify.bench.Medians;
import io.flocker.verify.bench.Progress;
import io.flocker.verify.bench.Target;
import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;

/// How evenly requests reach eight instances on three nodes, through all three. Few at a time: a machine that has
/// more to do than it can makes equal instances unequal, and the least outstanding requests then reach the quicker
/// ones.
public final class SplitBenchmark implements Benchmark {
    private static final int ROUNDS = 5;
    private static final int NODES = 3;
    private static final int PORT = 8524;
    private static final int INSTANCES = 8;
    private static final int REQUESTS = 10_000;
    private static final int CLIENTS = 6;
    private static final String IMAGE = "flocker/busybox:1";
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final double UNEVEN = 1.05;

    @Override
    public int nodes() {
        return MANY;
    }

    @Override
    public List<Figure> figures() {
        return List.of(new Figure(
                "even-split",
                "requests of 10,000 through three nodes that reach the busiest of 8 instances, beside the least busy",
                "",
                Target.ratioAtMost(UNEVEN)));
    }

    /// Each instance answers with its own name.
    @Override
    public List<Medians> measure(Servers server) throws IOException, InterruptedException {
        server.succeed(
                "up",
                "-f",
                server.compose("split", """
                services:
                  web:
                    image: IMAGE
                    command: ["sh", "-c", "hostname > /www/index.html; exec httpd -f -p 8080 -h /www"]
                    ports: ["PORT:8080"]
                    deploy: {replicas: INSTANCES, placement: {constraints: [node.name != n4]}}
                    stop_grace_period: 1s
                """.replace("IMAGE", IMAGE)
                                .replace("PORT", Integer.toString(PORT))
                                .replace("INSTANCES", Integer.toString(INSTANCES)))
                        .toString());
        try {
            List<Double> most = new ArrayList<>();
            List<Double> least = new ArrayList<>();
            for (int round = 0; round < ROUNDS; round++) {
                Map<String, Integer> answers = answers(server);
                if (answers.size() != INSTANCES) {
                    throw new IOException(answers.size() + " instances answered, not " + INSTANCES);
                }
                most.add((double)
                        answers.values().stream().mapToInt(count -> count).max().orElse(0));
                least.add((double)
                        answers.values().stream().mapToInt(count -> count).min().orElse(0));
                Progress.round(round + 1, ROUNDS, most.getLast(), least.getLast());
            }
            return List.of(Medians.of(most, least));
        } finally {
            server.flocker("down", "-e", "split");
        }
    }

    private static Map<String, Integer> answers(Servers server) throws IOException, InterruptedException {
        Map<String, Integer> answers = new ConcurrentHashMap<>();
        try (var http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            List<Callable<Boolean>> calls = new ArrayList<>();
            for (int client = 0; client < CLIENTS; client++) {
                LabNode node = server.lab.node("n" + (1 + client % NODES));
                HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + node.address() + ":" + PORT + "/"))
                        .timeout(PATIENCE)
                        .build();
                calls.add(() -> {
                    for (int sent = 0; sent < REQUESTS / CLIENTS; sent++) {
                        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
                        if (answer.statusCode() != 200) {
                            throw new IOException("HTTP " + answer.statusCode() + ": " + answer.body());
                        }
                        answers.merge(answer.body().strip(), 1, Integer::sum);
                    }
                    return true;
                });
            }
            ScaleBenchmark.atOnce(calls);
        }
        return answers;
    }
}
