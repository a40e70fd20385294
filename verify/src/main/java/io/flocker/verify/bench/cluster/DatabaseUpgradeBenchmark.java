package io.flocker.verify.bench.cluster;

import io.flocker.verify.bench.Benchmark;
import io.flocker.verify.bench.Figure;
import io.flocker.verify.bench.Medians;
import io.flocker.verify.bench.Progress;
import io.flocker.verify.bench.Target;
import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Upgrades of a PostgreSQL that pgbench keeps busy: the longest pause of a client that connects for each transaction.
public final class DatabaseUpgradeBenchmark implements Benchmark {
    private static final int ROUNDS = 5;
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final String ORIGINAL = "flocker/postgres:15";
    private static final String OTHER = "flocker/bench-postgres:15";

    @Override
    public int nodes() {
        return MANY;
    }

    @Override
    public List<Figure> figures() {
        return List.of(new Figure(
                "upgrade-pause",
                "a client's longest pause while its PostgreSQL gets a new image, beside 1.5 times its stop and start in"
                        + " place plus 300 ms",
                "ms",
                Target.ratioAtMost(1)));
    }

    @Override
    public List<Medians> measure(Servers server) throws IOException, InterruptedException {
        OtherImage.make(server, ORIGINAL, OTHER, "CMD []");
        try (var database = new BusyDatabase(server, "upgraded")) {
            database.fill();
            List<Double> pauses = new ArrayList<>();
            List<Double> places = new ArrayList<>();
            for (int round = 0; round < ROUNDS; round++) {
                String image = round % 2 == 0 ? OTHER : ORIGINAL;
                places.add(database.limitMillis());
                pauses.add(database.pauseMillis(
                        () -> server.succeed(PATIENCE, "upgrade", "-e", "upgraded", "db", "--image", image)));
                Progress.round(round + 1, ROUNDS, pauses.getLast(), places.getLast());
            }
            return List.of(Medians.of(pauses, places));
        }
    }
}
