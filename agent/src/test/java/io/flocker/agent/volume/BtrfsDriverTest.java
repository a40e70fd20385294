package io.flocker.agent.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.flocker.agent.kernel.Kernel;
import io.flocker.agent.program.Program;
import io.flocker.core.model.Head;
import io.flocker.core.model.SnapshotId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The btrfs driver on a real pool in a sparse file.
@Tag("engine")
class BtrfsDriverTest {
    private static final long BYTES = 512 << 20;

    @TempDir
    private static Path root;

    private static Pool pool;
    private static Pool otherPool;

    @BeforeAll
    static void makePool() throws IOException {
        pool = BtrfsPool.open(root, BYTES, BYTES);
        otherPool = BtrfsPool.open(root.resolve("other"), BYTES, BYTES);
    }

    @AfterAll
    static void destroyPool() throws IOException {
        pool.destroy();
        otherPool.destroy();
    }

    private static List<String> incoming() throws IOException {
        return new Tree(pool.directory().resolve("incoming")).names();
    }

    @Nested
    class Contract extends VolumeDriverContract {
        @Override
        VolumeDriver open(CrashPoint crash) throws IOException {
            return new BtrfsDriver(pool.directory(), crash);
        }

        @Override
        Closeable hold(VolumeDriver holding, String held) throws Exception {
            return ForeignMount.of(holding.headPath(held), root);
        }

        @Override
        List<String> leftovers() throws IOException {
            return incoming();
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
            return new BtrfsDriver(pool.directory());
        }

        @Override
        VolumeDriver other() throws IOException {
            return new BtrfsDriver(otherPool.directory());
        }

        @Override
        Closeable hold(VolumeDriver holding, String held) throws Exception {
            return ForeignMount.of(holding.headPath(held), root);
        }

        @Override
        List<String> leftovers() throws IOException {
            return new Tree(otherPool.directory().resolve("incoming")).names();
        }
    }

    @Nested
    class Crashes extends CrashContract {
        @Override
        VolumeDriver open(CrashPoint crash) throws IOException {
            return new BtrfsDriver(pool.directory(), crash);
        }

        @Override
        List<String> leftovers() throws IOException {
            return incoming();
        }
    }

    @Test
    void reportsANestedSubvolumeKeepsTheHeadItIsInAndDeletesItWithTheVolume() throws IOException {
        var driver = new BtrfsDriver(pool.directory());
        driver.makeHead("nesting", head(1), directory -> Files.createDirectory(directory.resolve("inside")));
        Path nested = driver.headPath("nesting").resolve("inside/nested");
        new Subvolume(nested).create();
        new Subvolume(nested.resolve("deeper")).create();
        Files.writeString(nested.resolve("file"), "not in any snapshot");

        assertThat(problem(driver, "nesting")).contains("1 subvolume").contains("inside/nested");
        assertThatThrownBy(() -> driver.makeHead("nesting", head(2), VolumeDriver.Filler.NOTHING))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("inside/nested");
        assertThat(nested.resolve("file")).hasContent("not in any snapshot");
        driver.delete("nesting");
        assertThat(incoming()).isEmpty();
        assertThat(driver.list()).doesNotContainKey("nesting");
    }

    @Test
    void takesNoDirectoryOfSomebodyElseForAHead() throws IOException {
        var driver = new BtrfsDriver(pool.directory());
        Path foreign = Files.createDirectories(driver.headPath("foreign"));
        Files.writeString(foreign.resolve("file"), "precious");
        Files.createDirectories(pool.directory().resolve("volumes/empty/snapshots"));

        assertThat(problem(driver, "foreign")).contains("is not a subvolume");
        assertThatThrownBy(() -> driver.makeHead("foreign", head(1), VolumeDriver.Filler.NOTHING))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("carries no epoch");
        assertThat(foreign.resolve("file")).hasContent("precious");
        assertThat(driver.list()).doesNotContainKey("empty");
        new Tree(foreign.resolveSibling("")).delete();
    }

    @Test
    void aFullPoolFailsClearlyAndLosesNothing() throws IOException {
        // One of its own: space comes back long after a delete.
        Pool full = BtrfsPool.open(root.resolve("full"), BYTES, BYTES);
        try {
            fill(full);
        } finally {
            full.destroy();
        }
    }

    private static void fill(Pool full) throws IOException {
        VolumeDriver driver = full.driver();
        driver.makeHead("kept", head(1), directory -> Files.writeString(directory.resolve("file"), "content"));
        Path filling = driver.headPath("kept").resolve("filling");
        Program.of("dd", "if=/dev/zero", "of=" + filling, "bs=1M", "count=" + (BYTES >> 20))
                .end();

        assertThatThrownBy(() -> driver.makeHead("too-much", head(1), directory -> {
                    for (int i = 0; i < 64; i++) {
                        Files.write(directory.resolve("file-" + i), new byte[1 << 20]);
                        Kernel.sync(directory);
                    }
                }))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("too-much")
                .hasMessageContaining("No space left")
                .hasMessageContaining("MiB are free in the pool");
        assertThat(driver.list()).doesNotContainKey("too-much");
        assertThat(new Tree(full.directory().resolve("incoming")).names()).isEmpty();
        receive(driver);
        assertThat(new Tree(full.directory().resolve("incoming")).names()).isEmpty();
        var base = new SnapshotId("kept", 1, 1);
        driver.snapshot(base);
        driver.makeHead(
                "kept",
                new Head(2, "node", Optional.of(base), Optional.of(new SnapshotId("kept", 1, 2))),
                VolumeDriver.Filler.NOTHING);
        assertThat(driver.headPath("kept").resolve("file")).hasContent("content");
    }

    private static void receive(VolumeDriver full) throws IOException {
        var sender = new BtrfsDriver(pool.directory());
        var snapshot = new SnapshotId("too-much", 1, 1);
        TransferContract.refusesWhatDoesNotFit(sender, full, snapshot);
        sender.delete("too-much");
    }

    @Test
    void aPoolIsThereAgainAfterItWasUnmounted() throws IOException {
        var driver = new BtrfsDriver(pool.directory());
        driver.makeHead("lasting", head(1), directory -> Files.writeString(directory.resolve("file"), "content"));
        driver.limit("lasting", 64 << 20);
        var before = driver.list();
        String loop = Mount.containing(pool.directory()).source();

        pool.close();
        assertThat(Program.of("losetup", "-n", "-O", "BACK-FILE", loop).end().output())
                .doesNotContain(root.toString());
        pool = BtrfsPool.open(root, 0, BYTES);

        assertThat(pool.driver().list()).isEqualTo(before);
        driver.delete("lasting");
    }

    @Test
    void whatWasTakenWhileNothingChangedIsNotKeptWithAHeadThatIsGivenUp() throws Exception {
        var driver = new BtrfsDriver(pool.directory());
        driver.makeHead("calm", head(1), directory -> Files.writeString(directory.resolve("file"), "one"));
        for (int i = 1; i <= 3; i++) {
            driver.snapshot(new SnapshotId("calm", 1, i));
        }
        assertThat(driver.headPath("calm").resolve("file")).hasContent("one");
        driver.dropHead("calm", new SnapshotId("calm", 1, 1));
        assertThat(driver.list().get("calm").snapshots()).containsExactly("1.1");
        driver.delete("calm");
    }

    @Test
    void whatWasTakenAfterAChangeIsKeptWithAHeadThatIsGivenUp() throws Exception {
        var driver = new BtrfsDriver(pool.directory());
        driver.makeHead("busy", head(1), directory -> Files.writeString(directory.resolve("file"), "one"));
        driver.snapshot(new SnapshotId("busy", 1, 1));
        Files.writeString(driver.headPath("busy").resolve("file"), "two");
        driver.snapshot(new SnapshotId("busy", 1, 2));
        driver.snapshot(new SnapshotId("busy", 1, 3));
        driver.dropHead("busy", new SnapshotId("busy", 1, 1));
        assertThat(driver.list().get("busy").snapshots()).containsExactly("1.1", "1.2", "1.3");
        driver.delete("busy");
    }

    /// Two that were asked for at the same time may be taken in any order; others went on from the higher number.
    @Test
    void whatWasTakenLaterUnderALowerNumberIsKeptWithAHeadThatIsGivenUp() throws Exception {
        var driver = new BtrfsDriver(pool.directory());
        driver.makeHead("swapped", head(1), directory -> Files.writeString(directory.resolve("file"), "one"));
        driver.snapshot(new SnapshotId("swapped", 1, 2));
        Files.writeString(driver.headPath("swapped").resolve("file"), "two");
        driver.snapshot(new SnapshotId("swapped", 1, 1));
        driver.dropHead("swapped", new SnapshotId("swapped", 1, 2));
        assertThat(driver.list().get("swapped").snapshots()).containsExactly("1.1", "1.2", "1.3");
        assertThat(VolumeDriverContract.readSnapshot(driver, new SnapshotId("swapped", 1, 3)))
                .isEqualTo("two");
        driver.delete("swapped");
    }

    /// Whoever stood still for a snapshot goes on when it is settled: nothing written from then on may be in it. A disk
    /// that is busy all the time makes it take a while until it is there.
    @Test
    void nothingWrittenAfterASnapshotIsSettledIsInIt() throws Exception {
        var driver = new BtrfsDriver(pool.directory());
        driver.makeHead("written", head(1), directory -> {});
        driver.makeHead("other", head(1), directory -> {});
        Path file = driver.headPath("written").resolve("file");
        var busy = new AtomicBoolean(true);
        Thread load = Thread.ofPlatform()
                .start(() -> keepBusy(driver.headPath("other").resolve("load"), busy));
        try {
            for (int i = 1; i <= 60; i++) {
                var snapshot = new SnapshotId("written", 1, i);
                Files.writeString(file, "before " + i);
                var settled = new CountDownLatch(1);
                var taking = new FutureTask<>(() -> {
                    driver.snapshot(snapshot, Optional.of(settled::countDown));
                    return snapshot;
                });
                Thread.ofPlatform().start(taking);
                assertThat(settled.await(30, TimeUnit.SECONDS)).isTrue();
                Files.writeString(file, "after " + i);
                taking.get(30, TimeUnit.SECONDS);
                assertThat(VolumeDriverContract.readSnapshot(driver, snapshot)).isEqualTo("before " + i);
            }
        } finally {
            busy.set(false);
            load.join();
        }
        driver.delete("written");
        driver.delete("other");
    }

    @Test
    void aSnapshotIsSeenByItsNameInItsDirectory() throws Exception {
        var driver = new BtrfsDriver(pool.directory());
        driver.makeHead("watched", head(1), directory -> {});
        driver.makeHead("unwatched", head(1), directory -> {});
        driver.snapshot(new SnapshotId("watched", 1, 1));
        driver.snapshot(new SnapshotId("unwatched", 1, 1));
        Path of = driver.headPath("watched");
        Path next = of.resolveSibling("snapshots").resolve("1.2");
        RootWatch watch = RootWatch.begin(new Subvolume(of), new Subvolume(next));
        driver.snapshot(new SnapshotId("watched", 1, 3));
        driver.snapshot(new SnapshotId("unwatched", 1, 2));
        var looks = new AtomicInteger();
        assertThat(watch.awaitReference(() -> looks.incrementAndGet() > 3)).isFalse();
        driver.snapshot(new SnapshotId("watched", 1, 2));
        assertThat(watch.awaitReference(() -> false)).isTrue();
        driver.delete("watched");
        driver.delete("unwatched");
    }

    private static void keepBusy(Path file, AtomicBoolean busy) {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.READ)) {
            while (busy.get()) {
                channel.write(ByteBuffer.allocate(1 << 20), 0);
                channel.force(true);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    @Tag("soak") // It waits half a minute for the kernel.
    void whatIsReceivedLeavesNoQuotaGroupOnceItIsDeleted() throws Exception {
        var snapshot = new SnapshotId("accounted", 1, 1);
        var sender = new BtrfsDriver(pool.directory());
        sender.makeHead("accounted", head(1), directory -> Files.write(directory.resolve("file"), new byte[1 << 20]));
        sender.snapshot(snapshot);
        var stream = new ByteArrayOutputStream();
        sender.send(snapshot, Optional.empty(), stream);
        sender.delete("accounted");
        Pool fresh = BtrfsPool.open(root.resolve("fresh"), BYTES, BYTES);
        try {
            VolumeDriver receiver = fresh.driver();
            receiver.receive(snapshot, Optional.empty(), new ByteArrayInputStream(stream.toByteArray()));
            receiver.deleteSnapshot(snapshot);

            await().atMost(Duration.ofSeconds(60)).until(() -> {
                Kernel.sync(fresh.directory());
                fresh.driver();
                return groups(fresh).equals(List.of("0_5"));
            });
        } finally {
            fresh.destroy();
        }
    }

    private static List<String> groups(Pool of) throws IOException {
        Path groups =
                Path.of("/sys/fs/btrfs", Subvolume.fileSystem(of.directory()).toString(), "qgroups");
        return new Tree(groups)
                .names().stream().filter(name -> name.startsWith("0_")).toList();
    }

    @Test
    void refusesAPoolThatIsTooSmall() {
        assertThatThrownBy(() -> Pool.open(root.resolve("small"), Pool.Kind.BTRFS, 100 << 20))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("100 MiB")
                .hasMessageContaining("at least 1024 MiB");
        assertThat(root.resolve("small/pool.img")).doesNotExist();
    }

    private static String problem(VolumeDriver driver, String volume) throws IOException {
        return Optional.ofNullable(driver.list().get(volume)).orElseThrow().problem();
    }

    private static Head head(long epoch) {
        return new Head(epoch, "node", Optional.empty(), Optional.empty());
    }
}
