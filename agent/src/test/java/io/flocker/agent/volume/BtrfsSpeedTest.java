package io.flocker.agent.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.model.Head;
import io.flocker.core.model.SnapshotId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the agent does every second stays cheap. Prints what it measured; the bounds are wide, for busy machines.
@Tag("engine")
class BtrfsSpeedTest {
    private static final int ROUNDS = 40;
    private static final int VOLUMES = 20;

    @TempDir
    private Path root;

    @FunctionalInterface
    private interface Action {
        void run(int round) throws IOException;
    }

    @Test
    void listsSnapshotsAndClonesInMilliseconds() throws IOException {
        Pool pool = BtrfsPool.open(root, 512 << 20, 1);
        try {
            VolumeDriver driver = pool.driver();
            for (int i = 0; i < VOLUMES; i++) {
                driver.makeHead(
                        "volume-" + i,
                        new Head(1, "node", Optional.empty(), Optional.empty()),
                        directory -> Files.write(directory.resolve("file"), new byte[1 << 16]));
                driver.limit("volume-" + i, 64 << 20);
            }
            double snapshot = median("snapshot", round -> driver.snapshot(new SnapshotId("volume-0", 1, round)));
            double clone = median(
                    "clone",
                    round -> driver.makeHead(
                            "clone-" + round,
                            new Head(1, "node", Optional.of(new SnapshotId("volume-0", 1, round)), Optional.empty()),
                            VolumeDriver.Filler.NOTHING));
            for (int round = 1; round <= ROUNDS; round++) {
                driver.delete("clone-" + round);
            }
            double list = median(
                    "list of " + VOLUMES, round -> assertThat(driver.list()).hasSize(VOLUMES));
            assertThat(list).isLessThan(50);
            assertThat(snapshot).isLessThan(200);
            assertThat(clone).isLessThan(400);
        } finally {
            pool.destroy();
        }
    }

    /// In milliseconds.
    private static double median(String name, Action action) throws IOException {
        double[] took = new double[ROUNDS];
        for (int round = 1; round <= ROUNDS; round++) {
            long start = System.nanoTime();
            action.run(round);
            took[round - 1] = (System.nanoTime() - start) / 1e6;
        }
        Arrays.sort(took);
        System.out.printf("%s: median %.2f ms, 95 %% under %.2f ms%n", name, took[ROUNDS / 2], took[ROUNDS * 95 / 100]);
        return took[ROUNDS / 2];
    }
}
