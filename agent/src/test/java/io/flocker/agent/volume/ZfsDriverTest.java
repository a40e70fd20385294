package io.flocker.agent.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flocker.agent.program.Program;
import io.flocker.core.model.Head;
import io.flocker.core.model.SnapshotId;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The ZFS driver on a real pool in a sparse file: zfs-fuse where the kernel has no ZFS.
@Tag("engine")
class ZfsDriverTest {
    private static final long BYTES = 256 << 20;

    @TempDir
    private static Path root;

    private static ZfsPool pool;
    private static ZfsPool otherPool;

    @BeforeAll
    static void makePool() throws IOException {
        pool = ZfsPool.open(root, BYTES, BYTES);
        otherPool = ZfsPool.open(root.resolve("other"), BYTES, BYTES);
    }

    @AfterAll
    static void destroyPool() throws IOException {
        otherPool.destroy();
        pool.destroy();
    }

    /// Epochs that are above their volume's head.
    private static List<String> unfinished() throws IOException {
        return unfinished(pool);
    }

    private static List<String> unfinished(ZfsPool of) throws IOException {
        Datasets all = Datasets.below(of.dataset() + "/volumes");
        return all.byName().keySet().stream()
                .filter(name -> name.matches(".*/[0-9]+"))
                .filter(name -> !all.occupied(name))
                .filter(name -> Long.parseLong(name.substring(name.lastIndexOf('/') + 1))
                        > all.number(name.substring(0, name.lastIndexOf('/')), Datasets.HEAD))
                .toList();
    }

    @Nested
    class Contract extends VolumeDriverContract {
        @Override
        VolumeDriver open(CrashPoint crash) throws IOException {
            return new ZfsDriver(pool.dataset(), pool.directory(), crash);
        }

        @Override
        Closeable hold(VolumeDriver holding, String held) throws IOException {
            return ForeignMount.of(holding.headPath(held), root);
        }

        /// `zfs diff` is not in the ZFS of FUSE.
        @Override
        boolean tellsFiles() throws IOException {
            return Program.of("zfs").end().errors().contains("diff");
        }

        @Override
        List<String> leftovers() throws IOException {
            return unfinished();
        }

        @Override
        boolean limits() {
            return true;
        }
    }

    @Nested
    class Transfers extends TransferContract {
        @Override
        VolumeDriver one() throws IOException {
            return new ZfsDriver(pool.dataset(), pool.directory());
        }

        @Override
        VolumeDriver other() throws IOException {
            return new ZfsDriver(otherPool.dataset(), otherPool.directory());
        }

        @Override
        Closeable hold(VolumeDriver holding, String held) throws Exception {
            return ForeignMount.of(holding.headPath(held), root);
        }

        @Override
        List<String> leftovers() throws IOException {
            return unfinished(otherPool);
        }
    }

    @Nested
    class Crashes extends CrashContract {
        @Override
        VolumeDriver open(CrashPoint crash) throws IOException {
            return new ZfsDriver(pool.dataset(), pool.directory(), crash);
        }

        @Override
        List<String> leftovers() throws IOException {
            return unfinished();
        }
    }

    @Test
    void aFullPoolFailsClearlyAndLosesNothing() throws IOException {
        VolumeDriver driver = pool.driver();
        driver.makeHead("kept", first(), directory -> Files.writeString(directory.resolve("file"), "content"));
        Program.of(
                        "dd",
                        "if=/dev/zero",
                        "of=" + driver.headPath("kept").resolve("filling"),
                        "bs=1M",
                        "count=" + (BYTES >> 20))
                .end();

        assertThatThrownBy(() -> driver.makeHead(
                        "too-much", first(), directory -> Files.write(directory.resolve("file"), new byte[64 << 20])))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("too-much")
                .hasMessageContaining("MiB are free in the pool");
        assertThat(driver.list()).doesNotContainKey("too-much");
        assertThat(unfinished()).isEmpty();
        var sender = new ZfsDriver(otherPool.dataset(), otherPool.directory());
        TransferContract.refusesWhatDoesNotFit(sender, driver, new SnapshotId("too-much", 1, 1));
        sender.delete("too-much");
        assertThat(unfinished()).isEmpty();
        var base = new SnapshotId("kept", 1, 1);
        driver.snapshot(base);
        driver.makeHead(
                "kept",
                new Head(2, "node", Optional.of(base), Optional.of(new SnapshotId("kept", 1, 2))),
                VolumeDriver.Filler.NOTHING);
        assertThat(driver.headPath("kept").resolve("file")).hasContent("content");
        driver.delete("kept");
        assertThat(driver.capacity().freeBytes()).isGreaterThan(BYTES / 2);
    }

    @Test
    void aPoolIsThereAgainAfterItWasExported() throws IOException {
        VolumeDriver driver = pool.driver();
        driver.makeHead("lasting", first(), directory -> Files.writeString(directory.resolve("file"), "content"));
        var before = driver.list();

        pool.close();
        assertThat(driver.headPath("lasting").resolve("file")).doesNotExist();
        pool = ZfsPool.open(root, 0, BYTES);

        assertThat(pool.driver().list()).isEqualTo(before);
        assertThat(driver.headPath("lasting").resolve("file")).hasContent("content");
        driver.delete("lasting");
    }

    @Test
    void leavesNothingBehindWhenAllIsDeleted() throws IOException {
        VolumeDriver driver = pool.driver();
        for (String volume : driver.list().keySet()) {
            driver.delete(volume);
        }

        assertThat(Datasets.below(pool.dataset()).byName().keySet())
                .containsExactlyInAnyOrder(pool.dataset(), pool.dataset() + "/volumes");
        assertThat(new Tree(pool.directory().resolve("incoming")).names()).isEmpty();
        assertThat(new Tree(pool.directory().resolve("volumes")).names()).isEmpty();
    }

    private static Head first() {
        return new Head(1, "node", Optional.empty(), Optional.empty());
    }
}
