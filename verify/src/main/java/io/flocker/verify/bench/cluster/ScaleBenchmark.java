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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// From one instance to fifty by changing a number, beside the engines starting the same containers: on a network of
/// their own, as Flocker and Compose make one. What such a network costs the engines by itself is a figure as well: on
/// the default one, a container finds no other by name, and starting it is less work.
public final class ScaleBenchmark implements Benchmark {
    private static final int ROUNDS = 3;
    private static final int INSTANCES = 50;
    private static final int PORT = 8523;
    private static final String IMAGE = "flocker/busybox:1";
    private static final String PLAIN = "bench-scale";
    private static final String DEFAULT_NETWORK = "bridge";
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final double SLOWER = 1.3;

    @Override
    public int nodes() {
        return MANY;
    }

    @Override
    public List<Figure> figures() {
        return List.of(
                new Figure(
                        "scale-out",
                        "flocker scale from 1 to 50 instances until all serve, beside the same containers by each"
                                + " node's Docker API at once",
                        "ms",
                        Target.ratioAtMost(SLOWER)),
                new Figure(
                        "scale-network",
                        "50 containers by the Docker API on networks of their own, beside the engines' default"
                                + " network, without names",
                        "ms",
                        Target.NONE));
    }

    @Override
    public List<Medians> measure(Servers server) throws IOException, InterruptedException {
        server.succeed(
                "up",
                "-f",
                server.compose("scaled", """
                services:
                  web:
                    image: IMAGE
                    command: httpd -f -p 8080 -h /www
                    ports: ["PORT:8080"]
                    stop_grace_period: 1s
                """.replace("IMAGE", IMAGE).replace("PORT", Integer.toString(PORT)))
                        .toString());
        try {
            Medians scaled = Medians.inTurn(
                    ROUNDS,
                    () -> {
                        double millis = Stopwatch.millis(
                                () -> server.succeed(PATIENCE, "scale", "-e", "scaled", "web=" + INSTANCES));
                        server.succeed(PATIENCE, "scale", "-e", "scaled", "web=1");
                        return millis;
                    },
                    () -> plain(server, PLAIN));
            return List.of(
                    scaled, Medians.inTurn(ROUNDS, () -> plain(server, PLAIN), () -> plain(server, DEFAULT_NETWORK)));
        } finally {
            server.flocker("down", "-e", "scaled");
        }
    }

    /// One command a node, which starts its share at once: containers by `docker run`, up to eight side by side.
    ///
    /// @return how long it took, in milliseconds, without making the network
    private static double plain(Servers server, String network) throws IOException, InterruptedException {
        if (!network.equals(DEFAULT_NETWORK)) {
            onEveryNode(server, (node, _) -> "docker -H " + node.engineSocket() + " network create " + network);
        }
        try {
            return Stopwatch.millis(() -> onEveryNode(
                    server,
                    (node, count) -> "seq " + count + " | xargs -P 8 -I{} docker -H " + node.engineSocket()
                            + " run -d --network " + network + " --name " + PLAIN + "{} " + IMAGE
                            + " httpd -f -p 8080 -h /www >/dev/null"));
        } finally {
            removePlain(server);
        }
    }

    private static void removePlain(Servers server) throws IOException, InterruptedException {
        onEveryNode(
                server,
                (node, count) -> "{ docker -H " + node.engineSocket() + " rm -f $(seq -f " + PLAIN + "%g " + count
                        + "); docker -H " + node.engineSocket() + " network rm " + PLAIN
                        + "; } >/dev/null 2>&1 || true");
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
                Program.of("bash", "-c", script.of(node, count))
                        .within(PATIENCE)
                        .run();
                return true;
            });
        }
        atOnce(calls);
    }

    static void atOnce(List<Callable<Boolean>> calls) throws IOException, InterruptedException {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Boolean> call : threads.invokeAll(calls)) {
                call.get();
            }
        } catch (ExecutionException e) {
            throw new IOException(String.valueOf(e.getCause()), e);
        }
    }
}
