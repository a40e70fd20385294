package io.flocker.verify.bench;

import io.flocker.agent.program.Program;
import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// A published HTTP port under load, beside two other ways to the same program: a proxy configured by hand, and the
/// engine's own published port.
final class HttpBenchmark implements Benchmark {
    private static final int ROUNDS = 5;
    private static final int OWN_PORT = 8501;
    private static final int HAND_WRITTEN_PORT = 8502;
    private static final int DOCKER_PORT = 8503;
    private static final String PUBLISHED = "bench-published";

    /// It answers faster than any proxy before it can.
    private static final String IMAGE = "flocker/hello:1";

    private static final String COMMAND = "CMD [\"/usr/sbin/haproxy\", \"-db\", \"-f\", \"/etc/hello.cfg\"]";

    @Override
    public List<Figure> figures() {
        return List.of(
                new Figure(
                        "http",
                        "requests a second through a published HTTP port, beside a hand-written HAProxy configuration",
                        "/s",
                        Target.ratioAtLeast(0.95)),
                new Figure(
                        "http-p99",
                        "the time that 99 of 100 of those requests take at most, beside the same",
                        "ms",
                        Target.ratioAtMost(1.05)),
                new Figure(
                        "http-docker",
                        "requests a second through a published HTTP port, beside Docker's own published port",
                        "/s",
                        Target.NONE));
    }

    @Override
    public List<Medians> measure(Servers server) throws IOException, InterruptedException {
        String file = server.compose("web", """
                services:
                  web:
                    image: %s
                    ports: ["%d:8080"]
                    stop_grace_period: 1s
                """.formatted(IMAGE, OWN_PORT)).toString();
        server.node.docker("import", "--change", COMMAND, imageFile(server), IMAGE);
        try {
            server.succeed("up", "-f", file);
            String web = server.node
                    .docker("ps", "-q", "--filter", "label=io.flocker.environment=web")
                    .strip();
            String address = server.node
                    .docker("inspect", "-f", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", web)
                    .strip();
            server.node.docker("run", "-d", "--name", PUBLISHED, "-p", DOCKER_PORT + ":8080", IMAGE);
            try (var _ = new HandWrittenProxy(server, HAND_WRITTEN_PORT, address + ":8080")) {
                return loaded(server);
            } finally {
                server.node.docker("rm", "-f", PUBLISHED);
            }
        } finally {
            server.flocker("down", "-e", "web");
        }
    }

    private static String imageFile(Servers server) throws IOException {
        return Program.of(server.home.resolve("images/build").toString(), "hello")
                .run()
                .strip();
    }

    private static List<Medians> loaded(Servers server) throws IOException, InterruptedException {
        List<Integer> ports = List.of(OWN_PORT, HAND_WRITTEN_PORT, DOCKER_PORT);
        List<List<Wrk>> seen = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (int port : ports) {
            server.await("port " + port, () -> serves(server, port));
            Wrk.at(uri(server, port));
        }
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = 0; i < ports.size(); i++) {
                int turn = (round + i) % ports.size();
                seen.get(turn).add(Wrk.at(uri(server, ports.get(turn))));
            }
            for (Function<Wrk, Double> part : List.<Function<Wrk, Double>>of(Wrk::perSecond, Wrk::p99Millis)) {
                Progress.round(
                        round + 1,
                        ROUNDS,
                        part.apply(seen.get(0).getLast()),
                        part.apply(seen.get(1).getLast()));
            }
        }
        return List.of(
                medians(seen.get(0), seen.get(1), Wrk::perSecond),
                medians(seen.get(0), seen.get(1), Wrk::p99Millis),
                medians(seen.get(0), seen.get(2), Wrk::perSecond));
    }

    private static Medians medians(List<Wrk> own, List<Wrk> other, Function<Wrk, Double> part) {
        return Medians.of(
                own.stream().map(part).toList(), other.stream().map(part).toList());
    }

    private static URI uri(Servers server, int port) {
        return URI.create("http://" + server.node.address() + ":" + port + "/");
    }

    private static boolean serves(Servers server, int port) throws InterruptedException {
        try {
            return !server.get(port, "/").isEmpty();
        } catch (IOException e) {
            return false;
        }
    }
}
