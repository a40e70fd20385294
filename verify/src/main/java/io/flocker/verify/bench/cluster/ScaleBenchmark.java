package io.flocker.verify.bench.cluster;

import io.flocker.agent.program.Program;
import io.flocker.lab.LabNode;
import io.flocker.verify.bench.Benchmark;
import io.flocker.verify.bench.Figure;
import io.flocker.verify.bench.Medians;
import io.flocker.verify.bench.Stopwatch;
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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// From one instance to fifty by changing a number, beside the engines starting as many containers; and how evenly
/// requests reach eight instances on several nodes.
public final class ScaleBenchmark implements Benchmark {
    private static final int ROUNDS = 3;
    private static final int INSTANCES = 50;
    private static final int PORT = 8523;
    private static final int SPLIT_PORT = 8524;
    private static final int SPLIT_INSTANCES = 8;
    private static final int REQUESTS = 10_000;
    private static final int CLIENTS = 16;
    private static final String IMAGE = "flocker/busybox:1";
    private static final String PLAIN = "bench-scale";
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final double SLOWER = 1.3;
    private static final double UNEVEN = 1.05;

    @Override
    public int nodes() {
        return MANY;
    }

    @Override
    public List<Figure> figures() {
        return List.of(
                new Figure(
                        "scale-out",
                        "flocker scale from 1 to 50 instances until all serve, beside as many containers by each node's"
                                + " Docker API at once",
                        "ms",
                        Target.ratioAtMost(SLOWER)),
                new Figure(
                        "even-split",
                        "requests of 10,000 through three nodes that reach the busiest of 8 instances, beside the least"
                                + " busy",
                        "",
                        Target.ratioAtMost(UNEVEN)));
    }

    @Override
    public List<Medians> measure(Servers server) throws IOException, InterruptedException {
        return List.of(scaled(server), split(server));
    }

    private static Medians scaled(Servers server) throws IOException, InterruptedException {
        server.succeed("up", "-f", server.compose("scaled", """
                services:
                  web:
                    image: IMAGE
                    command: httpd -f -p 8080 -h /www
                    ports: ["PORT:8080"]
                    stop_grace_period: 1s
                """.replace("IMAGE", IMAGE).replace("PORT", Integer.toString(PORT)))
                .toString());
        try {
            return Medians.inTurn(
                    ROUNDS,
                    () -> {
                        double millis = Stopwatch.millis(
                                () -> server.succeed(PATIENCE, "scale", "-e", "scaled", "web=" + INSTANCES));
                        server.succeed(PATIENCE, "scale", "-e", "scaled", "web=1");
                        return millis;
                    },
                    () -> {
                        try {
                            return Stopwatch.millis(() -> plain(server));
                        } finally {
                            removePlain(server);
                        }
                    });
        } finally {
            server.flocker("down", "-e", "scaled");
        }
    }

    /// One command a node, which starts its share at once: containers by `docker run`, up to eight side by side.
    private static void plain(Servers server) throws IOException, InterruptedException {
        onEveryNode(server, (node, count) -> "seq " + count + " | xargs -P 8 -I{} docker -H " + node.engineSocket()
                + " run -d --name " + PLAIN + "{} " + IMAGE + " httpd -f -p 8080 -h /www >/dev/null");
    }

    private static void removePlain(Servers server) throws IOException, InterruptedException {
        onEveryNode(
                server,
                (node, count) -> "docker -H " + node.engineSocket() + " rm -f $(seq -f " + PLAIN + "%g " + count
                        + ") >/dev/null 2>&1 || true");
    }

    private interface Script {
        String of(LabNode node, int count);
    }

    private static void onEveryNode(Servers server, Script script) throws IOException, InterruptedException {
        List<Callable<Boolean>> calls = new ArrayList<>();
        for (int number = 1; number <= MANY; number++) {
            LabNode node = server.lab.node("n" + number);
            int count = INSTANCES / MANY + (number <= INSTANCES % MANY ? 1 : 0);
            calls.add(() -> {
                Program.of("bash", "-c", script.of(node, count)).within(PATIENCE).run();
                return true;
            });
        }
        atOnce(calls);
    }

    private static void atOnce(List<Callable<Boolean>> calls) throws IOException, InterruptedException {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Boolean> call : threads.invokeAll(calls)) {
                call.get();
            }
        } catch (ExecutionException e) {
            throw new IOException(String.valueOf(e.getCause()), e);
        }
    }

    /// Each instance answers with its own name.
    private static Medians split(Servers server) throws IOException, InterruptedException {
        server.succeed("up", "-f", server.compose("split", """
                services:
                  web:
                    image: IMAGE
                    command: ["sh", "-c", "hostname > /www/index.html; exec httpd -f -p 8080 -h /www"]
                    ports: ["PORT:8080"]
                    deploy: {replicas: INSTANCES}
                    stop_grace_period: 1s
                """.replace("IMAGE", IMAGE)
                        .replace("PORT", Integer.toString(SPLIT_PORT))
                        .replace("INSTANCES", Integer.toString(SPLIT_INSTANCES)))
                .toString());
        try {
            List<Double> most = new ArrayList<>();
            List<Double> least = new ArrayList<>();
            for (int round = 0; round < ROUNDS; round++) {
                Map<String, Integer> answers = answers(server);
                if (answers.size() != SPLIT_INSTANCES) {
                    throw new IOException(answers.size() + " instances answered, not " + SPLIT_INSTANCES);
                }
                most.add((double) answers.values().stream().mapToInt(count -> count).max().orElse(0));
                least.add((double) answers.values().stream().mapToInt(count -> count).min().orElse(0));
            }
            return Medians.of(most, least);
        } finally {
            server.flocker("down", "-e", "split");
        }
    }

    private static Map<String, Integer> answers(Servers server) throws IOException, InterruptedException {
        Map<String, Integer> answers = new ConcurrentHashMap<>();
        try (var http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .build()) {
            List<Callable<Boolean>> calls = new ArrayList<>();
            for (int client = 0; client < CLIENTS; client++) {
                LabNode node = server.lab.node("n" + (1 + client % 3));
                HttpRequest request = HttpRequest.newBuilder(
                                URI.create("http://" + node.address() + ":" + SPLIT_PORT + "/"))
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
            atOnce(calls);
        }
        return answers;
    }
}
