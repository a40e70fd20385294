package io.flocker.verify.bench;

import io.flocker.agent.program.Program;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.VolumeName;
import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests;
import io.flocker.client.api.Status;
import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.pcollections.TreePMap;

/// A volume that no service uses, with random data in it.
final class BenchVolume {
    private static final String ENVIRONMENT = "bench";
    private static final int BLOCK_BYTES = 16 << 20;
    private static final long FILL_SECONDS = 300;
    private static final int END_SECONDS = 30;

    private final Cluster cluster;
    private final VolumeName name;
    private final Path pool;
    private final Path head;
    private int clones;

    private BenchVolume(Cluster cluster, Path pool, Status.Volume volume) {
        this.cluster = cluster;
        this.pool = pool;
        name = new VolumeName(volume.environment(), volume.name());
        head = pool.resolve("volumes").resolve(volume.id()).resolve("head");
    }

    /// The volume that holds so much, made if there is none.
    static BenchVolume of(Servers server, Cluster cluster, int mebibytes) throws IOException, InterruptedException {
        String name = "data" + mebibytes;
        Path pool = server.node.root().resolve("var/lib/flocker/pool");
        Optional<Status.Volume> known = cluster.volumes(Optional.of(ENVIRONMENT)).stream()
                .filter(volume -> volume.name().equals(name))
                .findFirst();
        if (known.isPresent()) {
            return new BenchVolume(cluster, pool, known.get());
        }
        Status.Volume made =
                cluster.createVolume(new Requests.CreateVolume(ENVIRONMENT, name, Optional.empty(), "", ""));
        var volume = new BenchVolume(cluster, pool, made);
        volume.fill(mebibytes);
        return volume;
    }

    /// Every block differs, so that nothing below can make less of them.
    private void fill(int mebibytes) throws IOException {
        Progress.say("  writing " + mebibytes + " MiB");
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(FILL_SECONDS);
        var random = new SplittableRandom(mebibytes);
        var block = new byte[BLOCK_BYTES];
        random.nextBytes(block);
        try (FileChannel file =
                FileChannel.open(head.resolve("data"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            long bytes = (long) mebibytes << 20;
            for (long written = 0; written < bytes; written += BLOCK_BYTES) {
                if (System.nanoTime() > deadline) {
                    throw new IOException(
                            "Could not write " + mebibytes + " MiB in " + FILL_SECONDS + " s; only " + (written >> 20));
                }
                ByteBuffer buffer = ByteBuffer.wrap(block, 0, (int) Math.min(BLOCK_BYTES, bytes - written));
                for (int at = 0; at < BLOCK_BYTES; at += 64) {
                    block[at] ^= (byte) random.nextInt();
                }
                while (buffer.hasRemaining()) {
                    file.write(buffer);
                }
            }
            file.force(true);
        }
    }

    double snapshotMillis() throws IOException, InterruptedException {
        long begun = System.nanoTime();
        Status.VolumeSnapshot taken = cluster.takeSnapshot(name, "");
        double millis = (System.nanoTime() - begun) / 1e6;
        cluster.deleteSnapshot(name, taken.snapshot().id().position());
        return millis;
    }

    double cloneMillis() throws IOException, InterruptedException {
        var clone = new VolumeName(ENVIRONMENT, "clone" + ++clones);
        var request = new Requests.CreateVolume(ENVIRONMENT, clone.volume(), Optional.empty(), name.toString(), "");
        double millis = Stopwatch.millis(() -> cluster.createVolume(request));
        cluster.delete(clone);
        return millis;
    }

    double rollbackMillis() throws IOException, InterruptedException {
        Status.VolumeSnapshot target = cluster.takeSnapshot(name, "");
        var request = new Requests.RollBack(
                List.of(),
                List.of(),
                "",
                0,
                TreePMap.singleton(name.volume(), target.snapshot().id().position()),
                true,
                0);
        return Stopwatch.millis(() -> {
            Answers.Change change = cluster.rollBack(ENVIRONMENT, request, false);
            Status.Operation ended = cluster.operation(change.operation(), END_SECONDS);
            if (!ended.state().equals("done")) {
                throw new IOException("The roll back is " + ended.state() + ": " + ended.error());
            }
        });
    }

    /// The storage's own command for what all three come down to.
    double rawMillis() throws IOException, InterruptedException {
        String copy = pool.resolve("raw").toString();
        double millis = Stopwatch.millis(() -> Program.of("btrfs", "subvolume", "snapshot", head.toString(), copy)
                .run());
        Program.of("btrfs", "subvolume", "delete", copy).run();
        return millis;
    }
}
