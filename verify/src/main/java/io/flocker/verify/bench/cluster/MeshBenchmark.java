package io.flocker.verify.bench.cluster;

import io.flocker.lab.LabNode;
import io.flocker.verify.bench.Benchmark;
import io.flocker.verify.bench.Figure;
import io.flocker.verify.bench.Medians;
import io.flocker.verify.bench.Target;
import io.flocker.verify.bench.Wrk;
import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.net.URI;
import java.util.List;

/// A published HTTP port of a node that does not run the service, beside the same port of the node that does.
public final class MeshBenchmark implements Benchmark {
    private static final int ROUNDS = 5;
    private static final int PORT = 8511;

    @Override
    public int nodes() {
        return MANY;
    }

    @Override
    public List<Figure> figures() {
        return List.of(
                new Figure(
                        "mesh-http",
                        "requests a second through a node that does not run the service, beside the node that does",
                        "/s",
                        Target.ratioAtLeast(0.7)),
                new Figure(
                        "mesh-p99",
                        "the time that 99 of 100 of those requests take at most, at half of that rate, beside the same",
                        "ms",
                        Target.atMostMore(2, "ms")));
    }

    @Override
    public List<Medians> measure(Servers server) throws IOException, InterruptedException {
        String file =
                server.compose("mesh", """
                services:
                  web:
                    image: %s
                    ports: ["%d:8080"]
                    deploy: {placement: {constraints: [node.name == n1]}}
                    stop_grace_period: 1s
                """.formatted(HelloImage.NAME, PORT)).toString();
        HelloImage.make(server, server.node);
        try {
            server.succeed("up", "-f", file);
            LabNode far = server.lab.node("n2");
            server.await("the page on n2", () -> serves(server, far));
            Medians rates = Medians.inTurn(
                    ROUNDS,
                    () -> Wrk.at(uri(far)).perSecond(),
                    () -> Wrk.at(uri(server.node)).perSecond());
            double half = rates.value() / 2;
            Medians slowest = Medians.inTurn(
                    ROUNDS,
                    () -> Wrk.at(uri(far), half).p99Millis(),
                    () -> Wrk.at(uri(server.node), half).p99Millis());
            return List.of(rates, slowest);
        } finally {
            server.flocker("down", "-e", "mesh");
        }
    }

    private static boolean serves(Servers server, LabNode node) throws InterruptedException {
        try {
            return !server.get(node, PORT, "/").isEmpty();
        } catch (IOException e) {
            return false;
        }
    }

    private static URI uri(LabNode node) {
        return URI.create("http://" + node.address() + ":" + PORT + "/");
    }
}
