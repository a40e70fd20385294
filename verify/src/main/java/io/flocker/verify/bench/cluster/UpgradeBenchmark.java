package io.flocker.verify.bench.cluster;

import io.flocker.agent.program.Program;
import io.flocker.verify.bench.Benchmark;
import io.flocker.verify.bench.Figure;
import io.flocker.verify.bench.Medians;
import io.flocker.verify.bench.Target;
import io.flocker.verify.server.Load;
import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Upgrades in a row of a service that is used as much as the machine allows, through two nodes, beside what its users
/// feel when a container is stopped and the next one started in its place.
public final class UpgradeBenchmark implements Benchmark {
    private static final int UPGRADES = 20;
    private static final int STEADY_SECONDS = 20;
    private static final int PORT = 8521;
    private static final int PLAIN_PORT = 8522;
    private static final String PLAIN = "bench-plain";
    private static final List<String> IMAGES = List.of("flocker/bench:1", "flocker/bench:2");
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final double TIMES_SLOWER = 3;

    @Override
    public int nodes() {
        return MANY;
    }

    @Override
    public List<Figure> figures() {
        return List.of(
                new Figure(
                        "upgrade-failed",
                        "failed requests of a million while 4 instances are upgraded 20 times, beside as many stops and"
                                + " starts of a container",
                        "",
                        Target.limit(0, "")),
                new Figure(
                        "upgrade-p99",
                        "the time that 99 of 100 requests take at most meanwhile, beside the same without upgrades",
                        "ms",
                        Target.ratioAtMost(TIMES_SLOWER)));
    }

    @Override
    public List<Medians> measure(Servers server) throws IOException, InterruptedException {
        for (String image : IMAGES) {
            OtherImage.make(server, "flocker/busybox:1", image);
        }
        server.succeed("up", "-f", file(server));
        List<String> urls = Stream.of("n1", "n2")
                .map(node -> "http://" + server.lab.node(node).address() + ":" + PORT + "/")
                .toList();
        try {
            server.await(
                    "the page on n2",
                    () -> !server.get(server.lab.node("n2"), PORT, "/").isEmpty());
            Load.during("warm-up", urls, () -> TimeUnit.SECONDS.sleep(STEADY_SECONDS));
            Load steady = Load.during("steady", urls, () -> TimeUnit.SECONDS.sleep(STEADY_SECONDS));
            Load load = Load.during("upgrades", urls, () -> {
                for (int turn = 1; turn <= UPGRADES; turn++) {
                    String image = IMAGES.get(turn % IMAGES.size());
                    server.succeed(PATIENCE, "upgrade", "-e", "upgraded", "web", "--image", image);
                }
            });
            return List.of(
                    new Medians(perMillion(load), perMillion(restarts(server)), UPGRADES),
                    new Medians(load.p99Millis(), steady.p99Millis(), 1));
        } finally {
            server.flocker("down", "-e", "upgraded");
            docker(server, "rm", "-f", PLAIN);
        }
    }

    private static double perMillion(Load load) {
        return load.failed() * 1e6 / Math.max(1, load.requests());
    }

    private static String file(Servers server) throws IOException {
        return server.compose(
                        "upgraded", """
                services:
                  web:
                    image: IMAGE
                    command: httpd -f -p 8080 -h /www
                    ports: ["PORT:8080"]
                    deploy: {replicas: 4, update_config: {parallelism: 2, monitor: 500ms}}
                    stop_grace_period: 1s
                """.replace("IMAGE", IMAGES.getFirst()).replace("PORT", Integer.toString(PORT)))
                .toString();
    }

    /// What people do without anything: the container goes, the next one comes.
    private static Load restarts(Servers server) throws IOException, InterruptedException {
        start(server);
        String url = "http://" + server.node.address() + ":" + PLAIN_PORT + "/";
        return Load.during("stop and start", url, () -> {
            for (int turn = 0; turn < UPGRADES; turn++) {
                docker(server, "rm", "-f", PLAIN);
                start(server);
            }
        });
    }

    private static void start(Servers server) throws IOException {
        docker(
                server,
                "run",
                "-d",
                "--name",
                PLAIN,
                "--network",
                "host",
                IMAGES.getFirst(),
                "httpd",
                "-f",
                "-p",
                Integer.toString(PLAIN_PORT),
                "-h",
                "/www");
    }

    private static void docker(Servers server, String... words) throws IOException {
        Program.of(Stream.concat(Stream.of("docker", "-H", server.node.engineSocket()), Stream.of(words))
                        .toArray(String[]::new))
                .within(PATIENCE)
                .end();
    }
}
