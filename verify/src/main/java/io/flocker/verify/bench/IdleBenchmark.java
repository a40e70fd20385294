package io.flocker.verify.bench;

import io.flocker.lab.LabNode;
import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// What the daemon, control plane included, takes while 20 services run and nobody asks for anything.
final class IdleBenchmark implements Benchmark {
    private static final int ROUNDS = 3;
    private static final int SETTLE_SECONDS = 10;
    private static final int WINDOW_SECONDS = 30;
    private static final double MOST_MIB = 300;
    private static final double MOST_PERCENT = 2;

    /// Linux tells processor time in these, whatever its own clock ticks in.
    private static final double TICKS_A_SECOND = 100;

    /// Where utime is in /proc/PID/stat, counted behind the name; stime follows.
    private static final int USER_TICKS = 11;

    @Override
    public List<Figure> figures() {
        return List.of(
                new Figure(
                        "idle-memory",
                        "the daemon's resident memory with 20 services running; the reference is the limit",
                        "MiB",
                        Target.limit(MOST_MIB, "MiB")),
                new Figure(
                        "idle-cpu",
                        "the daemon's processor time with 20 services running, of one core; the reference is the limit",
                        "%",
                        Target.limit(MOST_PERCENT, "%")));
    }

    @Override
    public List<Medians> measure(Servers server) throws IOException, InterruptedException {
        var twenty = new Twenty(server);
        try {
            twenty.up();
            long daemon = server.node
                    .process(LabNode.Part.DAEMON)
                    .orElseThrow(() -> new IOException("The daemon does not run"))
                    .pid();
            Path process = Path.of("/proc", Long.toString(daemon));
            TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
            List<Double> memory = new ArrayList<>();
            List<Double> processor = new ArrayList<>();
            for (int round = 1; round <= ROUNDS; round++) {
                double before = seconds(process);
                long begun = System.nanoTime();
                TimeUnit.SECONDS.sleep(WINDOW_SECONDS);
                processor.add((seconds(process) - before) / ((System.nanoTime() - begun) / 1e9) * 100);
                memory.add(Resident.mebibytes(daemon));
                Progress.round(round, ROUNDS, memory.getLast(), MOST_MIB);
                Progress.round(round, ROUNDS, processor.getLast(), MOST_PERCENT);
            }
            return List.of(
                    Medians.of(memory, Collections.nCopies(ROUNDS, MOST_MIB)),
                    Medians.of(processor, Collections.nCopies(ROUNDS, MOST_PERCENT)));
        } finally {
            server.flocker("down", "-e", "twenty");
        }
    }

    private static double seconds(Path process) throws IOException {
        String stat = Files.readString(process.resolve("stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[USER_TICKS + 1])) / TICKS_A_SECOND;
    }
}
