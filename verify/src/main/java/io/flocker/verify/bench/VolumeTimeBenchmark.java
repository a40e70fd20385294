package io.flocker.verify.bench;

import io.flocker.cli.shell.Cluster;
import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.util.List;

/// How long a volume's snapshot, clone or roll back takes until the API answers that it is done.
final class VolumeTimeBenchmark implements Benchmark {
    static final int SMALL_MIB = 5;
    private static final int ROUNDS = 21;
    private static final double MOST_MORE_MILLIS = 25;

    private final VolumeChange change;

    VolumeTimeBenchmark(VolumeChange change) {
        this.change = change;
    }

    @Override
    public List<Figure> figures() {
        return List.of(new Figure(
                change.word(),
                change.word() + " of a volume through the API, beside btrfs subvolume snapshot",
                "ms",
                Target.atMostMore(MOST_MORE_MILLIS, "ms")));
    }

    @Override
    public List<Medians> measure(Servers server) throws IOException, InterruptedException {
        try (var cluster = new Cluster(server.node.client())) {
            BenchVolume volume = BenchVolume.of(server, cluster, SMALL_MIB);
            return List.of(Medians.inTurn(ROUNDS, () -> change.millis(volume), volume::rawMillis));
        }
    }
}
