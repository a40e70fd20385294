package io.flocker.verify.bench;

import io.flocker.agent.program.Program;
import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/// How long an environment takes to come up, from nothing.
final class UpBenchmark implements Benchmark {
    private static final int ROUNDS = 3;

    @Override
    public List<Figure> figures() {
        return List.of(new Figure(
                "up",
                "flocker up of 20 services until all serve, beside the same 20 containers by the Docker API at once",
                "ms",
                Target.ratioAtMost(1.3)));
    }

    @Override
    public List<Medians> measure(Servers server) throws IOException, InterruptedException {
        var twenty = new Twenty(server);
        try (var docker = new DockerContainers(URI.create(server.node.engineSocket()))) {
            return List.of(Medians.inTurn(
                    ROUNDS,
                    () -> {
                        double millis = Stopwatch.millis(twenty::up);
                        twenty.down();
                        return millis;
                    },
                    () -> {
                        try {
                            return Stopwatch.millis(() -> awaitServing(server, docker.start(Twenty.SERVICES)));
                        } finally {
                            docker.remove();
                        }
                    }));
        } finally {
            server.flocker("down", "-e", "twenty");
        }
    }

    /// From inside the node's network: nothing of Docker's forwards to them.
    private static void awaitServing(Servers server, List<String> addresses) throws IOException {
        List<String> words = new ArrayList<>(server.node.inside("bash", "-c", """
                for address; do
                  until { exec 3<>/dev/tcp/$address/8080 && printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3 &&
                      read -r status <&3 && [[ $status == *' 200 '* ]]; } 2>/dev/null; do sleep 0.01; done
                done
                """, "bash"));
        words.addAll(addresses);
        Program.of(words.toArray(String[]::new)).run();
    }
}
