package io.flocker.agent.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.agent.transfer.Receiver;
import io.flocker.core.model.Head;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.plan.Step;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One snapshot after the other of a volume that somebody writes to all the while, each received by another pool: what
/// the writer notices, how far behind the other pool is, and whether anything piles up. `-Dcycles=10000` takes so many.
@Tag("engine")
class SnapshotCyclesTest {
    private static final int CYCLES = Integer.getInteger("cycles", 60);
    private static final String VOLUME = "data";
    private static final int MEBIBYTE = 1 << 20;
    private static final int FILE_BYTES = 64 * MEBIBYTE;
    private static final int BLOCK_BYTES = 4 << 10;

    /// Every so many blocks, the writer waits for the disk.
    private static final int SYNC_EVERY = 8;

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    @TempDir
    private Path folder;

    private volatile boolean done;
    private final List<Double> writes = new ArrayList<>();
    private final List<Double> exposures = new ArrayList<>();

    @Test
    void theWriterIsHardlyDisturbedAndNothingPilesUp() throws Exception {
        Pool here = Pool.open(folder.resolve("here"), Pool.Kind.BTRFS, Pool.LEAST_BYTES);
        Pool there = Pool.open(folder.resolve("there"), Pool.Kind.BTRFS, Pool.LEAST_BYTES);
        try {
            long begun = System.nanoTime();
            replicate(here, there);
            System.out.printf(
                    Locale.ROOT,
                    "%d snapshots in %.0f s: %d writes, each takes p50 %.2f ms, p99 %.2f ms, %.0f ms at most; a power cut"
                            + " would lose the last p50 %.2f s, p99 %.2f s, %.2f s at most; the receiving pool has %d"
                            + " MiB%n",
                    CYCLES,
                    (System.nanoTime() - begun) / 1e9,
                    writes.size(),
                    at(writes, 0.5) * 1e3,
                    at(writes, 0.99) * 1e3,
                    at(writes, 1) * 1e3,
                    at(exposures, 0.5),
                    at(exposures, 0.99),
                    at(exposures, 1),
                    used(there) / MEBIBYTE);
            assertThat(Files.mismatch(data(here), data(there)))
                    .as("where they differ")
                    .isEqualTo(-1);
            assertThat(there.driver().list().get(VOLUME).snapshots()).hasSizeLessThanOrEqualTo(2);
            assertThat(used(there)).as("bytes in the receiving pool").isLessThan(Pool.LEAST_BYTES / 2);
            assertThat(writes).hasSizeGreaterThan(CYCLES);
        } finally {
            done = true;
            there.destroy();
            here.destroy();
        }
    }

    private void replicate(Pool here, Pool there) throws Exception {
        VolumeDriver sender = here.driver();
        sender.makeHead(VOLUME, new Head(1, "here", Optional.empty(), Optional.empty()), directory -> {
            var content = new byte[FILE_BYTES];
            new SplittableRandom(1).nextBytes(content);
            Files.write(directory.resolve("file"), content);
        });
        Path file = sender.headPath(VOLUME).resolve("file");
        Thread writer = Thread.ofPlatform().name("writing").start(() -> write(file));
        VolumeDriver driver = there.driver();
        var receiver = new Receiver(driver, new NearSender(sender));
        long last = System.nanoTime();
        for (long sequence = 1; sequence <= CYCLES; sequence++) {
            long taken = System.nanoTime();
            sender.snapshot(at(sequence));
            Optional<SnapshotId> base = sequence == 1 ? Optional.empty() : Optional.of(at(sequence - 1));
            receiver.receive(new Step.Receive(at(sequence), base, "near"));
            // Until now the other pool had nothing newer than the one before.
            exposures.add((double) (System.nanoTime() - last) / NANOS_PER_SECOND);
            last = taken;
            if (sequence > 1) {
                driver.deleteSnapshot(at(sequence - 1));
                sender.deleteSnapshot(at(sequence - 1));
            }
        }
        done = true;
        writer.join();
    }

    private void write(Path file) {
        var random = new SplittableRandom(2);
        var block = new byte[BLOCK_BYTES];
        try (var content = new RandomAccessFile(file.toFile(), "rw")) {
            for (int i = 0; !done; i++) {
                random.nextBytes(block);
                long begun = System.nanoTime();
                content.seek((long) random.nextInt(FILE_BYTES / BLOCK_BYTES) * BLOCK_BYTES);
                content.write(block);
                if (i % SYNC_EVERY == 0) {
                    content.getFD().sync();
                }
                writes.add((double) (System.nanoTime() - begun) / NANOS_PER_SECOND);
            }
        } catch (IOException e) {
            // It is too few writes then.
            System.out.println("The writer has ended: " + e);
        }
    }

    private static SnapshotId at(long sequence) {
        return new SnapshotId(VOLUME, 1, sequence);
    }

    private static Path data(Pool pool) {
        return pool.directory()
                .resolve("volumes")
                .resolve(VOLUME)
                .resolve("snapshots")
                .resolve("1." + CYCLES)
                .resolve("file");
    }

    private static long used(Pool pool) throws IOException {
        var store = Files.getFileStore(pool.directory());
        return store.getTotalSpace() - store.getUnallocatedSpace();
    }

    private static double at(List<Double> values, double part) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get((int) Math.min(sorted.size() - 1L, (long) (sorted.size() * part)));
    }
}
