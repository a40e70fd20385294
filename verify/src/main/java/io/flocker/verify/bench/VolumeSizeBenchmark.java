package io.flocker.verify.bench;

import io.flocker.cli.shell.Cluster;
import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.util.List;

/// Whether a snapshot, clone or roll back takes longer the more there is.
final class VolumeSizeBenchmark implements Benchmark {
    private static final int ROUNDS = 21;
    private static final int LARGE_MIB = 5 << 10;

    private final VolumeChange change;

    VolumeSizeBenchmark(VolumeChange change) {
        this.change = change;
    }

    @Override
    public List<Figure> figures() {
        return List.of(new Figure(
                change.word() + "-size",
                change.word() + " of a volume with 5 GiB through the API, beside one with 5 MiB",
                "ms",
                Target.ratioAtMost(1.2)));
    }

    @Override
    public List<Medians> measure(Servers server) throws IOException, InterruptedException {
        try (var cluster = new Cluster(server.node.client())) {
            BenchVolume large = BenchVolume.of(server, cluster, LARGE_MIB);
            BenchVolume small = BenchVolume.of(server, cluster, VolumeTimeBenchmark.SMALL_MIB);
            return List.of(Medians.inTurn(ROUNDS, () -> change.millis(large), () -> change.millis(small)));
        }
    }
}
