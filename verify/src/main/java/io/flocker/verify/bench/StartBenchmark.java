package io.flocker.verify.bench;

import io.flocker.agent.program.Program;
import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// How long a user waits for a command that only asks.
final class StartBenchmark implements Benchmark {
    private static final int ROUNDS = 15;

    @Override
    public List<Figure> figures() {
        return List.of(new Figure(
                "start", "flocker ls from start to exit, beside java -version", "ms", Target.ratioAtMost(3)));
    }

    @Override
    public List<Medians> measure(Servers server) throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return List.of(Medians.inTurn(
                ROUNDS,
                () -> Stopwatch.millis(() -> server.succeed("ls")),
                () -> Stopwatch.millis(() -> Program.of(java, "-version").run())));
    }
}
