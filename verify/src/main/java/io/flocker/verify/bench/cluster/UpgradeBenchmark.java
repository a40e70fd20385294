package io.flocker.verify.bench.cluster;

import io.flocker.lab.LabNode;
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
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/// Upgrades in a row of a service that is used as much as the machine allows, through two nodes, beside what its users
/// feel when `docker service update` does the same, or a container is stopped and the next one run in its place.
public final class UpgradeBenchmark implements Benchmark {
    private static final int UPGRADES = 20;
    private static final int STEADY_SECONDS = 20;
    private static final int PORT = 8521;
    private static final List<String> IMAGES = List.of("flocker/bench:1", "flocker/bench:2");
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final double TIMES_SLOWER = 3;

    private static final String SWARM = "a swarm of one node, which can only stop the old task before it starts the new"
            + " one: without IPVS in the kernel, its one task has the node's own port";

    @Override
    public int nodes() {
        return MANY;
    }

    @Override
    public List<Figure> figures() {
        return List.of(
                new Figure(
                        "upgrade-failed",
                        "failed requests of a million while 4 instances are upgraded 20 times, beside as many times"
                                + " docker stop and docker run of the next image on the same port",
                        "",
                        Target.limit(0, "")),
                new Figure(
                        "upgrade-failed-swarm",
                        "the same beside as many times docker service update of " + SWARM,
                        "",
                        Target.limit(0, "")),
                new Figure(
                        "upgrade-longest",
                        "the longest time from one answer to the next meanwhile, beside docker stop and docker run",
                        "ms",
                        Target.NONE),
                new Figure(
                        "upgrade-longest-swarm",
                        "the same beside docker service update of " + SWARM,
                        "ms",
                        Target.NONE),
                new Figure(
                        "upgrade-p99",
                        "the time that 99 of 100 requests take at most meanwhile, beside the same without upgrades",
                        "ms",
                        Target.ratioAtMost(TIMES_SLOWER)));
    }

    @Override
    public List<Medians> measure(Servers server) throws IOException, InterruptedException {
        for (int number = 1; number <= MANY; number++) {
            HelloImage.make(server, server.lab.node("n" + number));
        }
        for (String image : IMAGES) {
            OtherImage.make(server, HelloImage.NAME, image, HelloImage.COMMAND);
        }
        List<String> urls = Stream.of("n1", "n2")
                .map(node -> "http://" + server.lab.node(node).address() + ":" + PORT + "/")
                .toList();
        Load steady;
        Felt own;
        server.succeed("up", "-f", file(server));
        try {
            awaitPage(server, urls.getLast());
            Load.during("warm-up", urls, () -> TimeUnit.SECONDS.sleep(STEADY_SECONDS));
            steady = Load.during("steady", urls, () -> TimeUnit.SECONDS.sleep(STEADY_SECONDS));
            own = felt(
                    "upgrades",
                    urls,
                    image -> server.succeed(PATIENCE, "upgrade", "-e", "upgraded", "web", "--image", image));
        } finally {
            server.flocker("down", "-e", "upgraded");
        }
        LabNode plain = server.lab.node("n" + MANY);
        Felt stops = felt(server, new StopAndRun(plain));
        Felt updates = felt(server, new SwarmService(plain, server.lab.registryAddress()));
        return List.of(
                new Medians(perMillion(own.load()), perMillion(stops.load()), UPGRADES),
                new Medians(perMillion(own.load()), perMillion(updates.load()), UPGRADES),
                new Medians(own.pauseMillis(), stops.pauseMillis(), UPGRADES),
                new Medians(own.pauseMillis(), updates.pauseMillis(), UPGRADES),
                new Medians(own.load().p99Millis(), steady.p99Millis(), 1));
    }

    /// What users feel of upgrades.
    private record Felt(Load load, double pauseMillis) {}

    private interface Upgrade {
        void to(String image) throws IOException;
    }

    /// By other means, under the same load: as many connections, though all to the one node that serves.
    private static Felt felt(Servers server, PlainDeployment other) throws IOException, InterruptedException {
        try (other) {
            other.start(IMAGES.getFirst());
            awaitPage(server, other.url());
            return felt(other.name(), List.of(other.url(), other.url()), other::upgrade);
        }
    }

    private static Felt felt(String name, List<String> urls, Upgrade upgrade) throws IOException, InterruptedException {
        var pause = new AtomicReference<>(0.0);
        Load load = Load.during(
                name,
                urls,
                () -> pause.set(Visitor.longestPauseMillis(urls, () -> {
                    for (int turn = 1; turn <= UPGRADES; turn++) {
                        upgrade.to(IMAGES.get(turn % IMAGES.size()));
                    }
                })));
        return new Felt(load, pause.get());
    }

    private static void awaitPage(Servers server, String url) throws IOException, InterruptedException {
        server.await(url, () -> {
            try {
                return !server.get(url).isEmpty();
            } catch (IOException e) {
                return false;
            }
        });
    }

    /// Of all that were tried: wrk does not count those as requests whose connection was refused.
    private static double perMillion(Load load) {
        return load.failed() * 1e6 / Math.max(1, load.requests() + load.failed());
    }

    private static String file(Servers server) throws IOException {
        return server.compose(
                        "upgraded", """
                services:
                  web:
                    image: IMAGE
                    ports: ["PORT:8080"]
                    deploy: {replicas: 4, update_config: {parallelism: 2, monitor: 500ms}}
                    stop_grace_period: 1s
                """.replace("IMAGE", IMAGES.getFirst()).replace("PORT", Integer.toString(PORT)))
                .toString();
    }
}
