package io.flocker.agent.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flocker.agent.program.Program;
import io.flocker.core.model.Head;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.plan.StoredVolume;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Snapshots between two pools of the same kind, as every [VolumeDriver] sends and receives them.
abstract class TransferContract {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private VolumeDriver here;
    private VolumeDriver there;
    private String volume;

    abstract VolumeDriver one() throws IOException;

    abstract VolumeDriver other() throws IOException;

    /// Keeps the head of `volume` in use until closed.
    abstract Closeable hold(VolumeDriver holding, String held) throws Exception;

    /// What is left in the other pool of things that were not finished.
    abstract List<String> leftovers() throws IOException;

    @BeforeEach
    void openDrivers() throws IOException {
        here = one();
        there = other();
        volume = "travelling-" + NUMBER.incrementAndGet();
    }

    @Test
    void aWholeSnapshotArrives() throws Exception {
        create("one");
        here.snapshot(at(1, 1));

        pass(here, there, at(1, 1));

        assertThat(stored(there).headEpoch()).isZero();
        assertThat(stored(there).snapshots()).containsExactly("1.1");
        assertThat(VolumeDriverContract.readSnapshot(there, at(1, 1))).isEqualTo("one");
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void onlyTheDifferenceIsSentToWhereTheBaseIs() throws Exception {
        create("one");
        Files.write(head(here).resolve("large"), random(2 << 20));
        here.snapshot(at(1, 1));
        write(here, "two");
        Files.delete(Files.writeString(head(here).resolve("short-lived"), "gone"));
        here.snapshot(at(1, 2));
        pass(here, there, at(1, 1));

        assertThat(here.base(at(1, 2), List.of(at(1, 1)))).contains(at(1, 1));
        byte[] difference = send(here, at(1, 2), Optional.of(at(1, 1)));
        if (!here.kind().equals("memory")) {
            assertThat(difference.length).isLessThan(1 << 20);
        }
        receive(there, at(1, 2), Optional.of(at(1, 1)), difference);

        assertThat(stored(there).snapshots()).containsExactly("1.1", "1.2");
        assertThat(VolumeDriverContract.readSnapshot(there, at(1, 1))).isEqualTo("one");
        assertThat(VolumeDriverContract.readSnapshot(there, at(1, 2))).isEqualTo("two");
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void aDifferenceFromASnapshotBeforeTheLastOneArrivesOnceThatIsDeleted() throws Exception {
        create("one");
        here.snapshot(at(1, 1));
        write(here, "two");
        here.snapshot(at(1, 2));
        write(here, "three");
        here.snapshot(at(1, 3));
        pass(here, there, at(1, 1));
        pass(here, there, at(1, 2));
        there.deleteSnapshot(at(1, 2));

        pass(here, there, at(1, 3));

        assertThat(stored(there).snapshots()).containsExactly("1.1", "1.3");
        assertThat(VolumeDriverContract.readSnapshot(there, at(1, 3))).isEqualTo("three");
    }

    @Test
    void oneThatComesLateArrivesToo() throws Exception {
        create("one");
        for (int i = 1; i <= 3; i++) {
            write(here, "content " + i);
            here.snapshot(at(1, i));
        }
        pass(here, there, at(1, 1));
        pass(here, there, at(1, 3));

        pass(here, there, at(1, 2));

        assertThat(stored(there).snapshots()).containsExactly("1.1", "1.2", "1.3");
        assertThat(VolumeDriverContract.readSnapshot(there, at(1, 2))).isEqualTo("content 2");
        assertThat(VolumeDriverContract.readSnapshot(there, at(1, 3))).isEqualTo("content 3");
    }

    @Test
    void everythingAboutFilesArrives() throws Exception {
        create("one");
        Path from = head(here);
        Files.createDirectories(from.resolve("folder/inside"));
        Files.writeString(from.resolve("folder/inside/script"), "#!/bin/sh\n");
        Files.setPosixFilePermissions(
                from.resolve("folder/inside/script"), PosixFilePermissions.fromString("rwxr-x--x"));
        Files.setPosixFilePermissions(from.resolve("folder"), PosixFilePermissions.fromString("rwx------"));
        Files.createSymbolicLink(from.resolve("link"), Path.of("folder/inside"));
        Files.createSymbolicLink(from.resolve("dangling"), Path.of("/no/where"));
        Files.writeString(from.resolve("Ünïcode name"), "x");
        boolean attributes = attribute(from.resolve("file"), "user-attribute");
        try (var sparse =
                FileChannel.open(from.resolve("sparse"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            sparse.write(ByteBuffer.wrap("end".getBytes(StandardCharsets.UTF_8)), 30 << 20);
        }
        here.snapshot(at(1, 1));
        byte[] stream = send(here, at(1, 1), Optional.empty());
        receive(there, at(1, 1), Optional.empty(), stream);

        there.makeHead(volume, headOf(2, at(1, 1)), VolumeDriver.Filler.NOTHING);
        Path to = head(there);
        assertThat(to.resolve("folder/inside/script")).hasContent("#!/bin/sh\n");
        assertThat(mode(to.resolve("folder/inside/script"))).isEqualTo("rwxr-x--x");
        assertThat(mode(to.resolve("folder"))).isEqualTo("rwx------");
        assertThat(Files.readSymbolicLink(to.resolve("link"))).hasToString("folder/inside");
        assertThat(Files.readSymbolicLink(to.resolve("dangling"))).hasToString("/no/where");
        assertThat(to.resolve("Ünïcode name")).hasContent("x");
        assertThat(Files.mismatch(from.resolve("sparse"), to.resolve("sparse"))).isEqualTo(-1);
        if (attributes) {
            assertThat(Files.getFileAttributeView(to.resolve("file"), UserDefinedFileAttributeView.class)
                            .list())
                    .contains("user-attribute");
        }
        if (!here.kind().equals("memory")) {
            assertThat(stream.length).isLessThan(4 << 20);
            assertThat(blocks(to.resolve("sparse"))).isLessThan(1024);
        }
    }

    @Test
    void aStreamThatIsCutLeavesNothing() throws Exception {
        create("one");
        Files.write(head(here).resolve("large"), random(300_000));
        here.snapshot(at(1, 1));
        byte[] stream = send(here, at(1, 1), Optional.empty());
        var cuts = new TreeSet<>(List.of(0, 1, 7, 311, 312, 4096, stream.length - 1));
        var random = new SplittableRandom(5);
        random.ints(6, 1, stream.length).forEach(cuts::add);

        for (int cut : cuts) {
            byte[] part = Arrays.copyOf(stream, cut);
            assertThatThrownBy(() -> receive(there, at(1, 1), Optional.empty(), part))
                    .as("cut after " + cut + " of " + stream.length)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(volume + "@1.1");
            assertThat(there.list()).as("cut after " + cut).doesNotContainKey(volume);
            assertThat(leftovers()).isEmpty();
        }
        receive(there, at(1, 1), Optional.empty(), stream);
        assertThat(VolumeDriverContract.readSnapshot(there, at(1, 1))).isEqualTo("one");
    }

    @Test
    void aStreamThatBreaksOffLeavesNothingEvenIfAllOfItCame() throws Exception {
        create("one");
        here.snapshot(at(1, 1));
        byte[] stream = send(here, at(1, 1), Optional.empty());

        assertThatThrownBy(() -> there.receive(at(1, 1), Optional.empty(), new Breaking(stream)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the checksum is wrong");

        assertThat(there.list()).doesNotContainKey(volume);
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void garbageLeavesNothing() throws Exception {
        create("one");
        here.snapshot(at(1, 1));
        byte[] stream = send(here, at(1, 1), Optional.empty());
        byte[] damaged = stream.clone();
        damaged[stream.length / 2] ^= 0x40;

        for (byte[] garbage : List.of(random(100_000), new byte[5000], damaged)) {
            assertThatThrownBy(() -> receive(there, at(1, 1), Optional.empty(), garbage))
                    .isInstanceOf(IOException.class);
            assertThat(there.list()).doesNotContainKey(volume);
            assertThat(leftovers()).isEmpty();
        }
    }

    @Test
    void aDifferenceNeedsItsBase() throws Exception {
        create("one");
        here.snapshot(at(1, 1));
        write(here, "two");
        here.snapshot(at(1, 2));
        byte[] difference = send(here, at(1, 2), Optional.of(at(1, 1)));

        assertThatThrownBy(() -> receive(there, at(1, 2), Optional.of(at(1, 1)), difference))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(volume + "@1.1 is not in the pool");
        there.makeHead(volume, new Head(1, "n", Optional.empty(), Optional.empty()), VolumeDriver.Filler.NOTHING);
        there.snapshot(at(1, 1));
        there.dropHead(volume, at(1, 1));
        assertThatThrownBy(() -> receive(there, at(1, 2), Optional.of(at(1, 1)), difference))
                .as("a base that only has the same name")
                .isInstanceOf(IOException.class)
                .hasMessageContaining(volume + "@1.2");

        assertThat(stored(there).snapshots()).containsExactly("1.1");
        assertThatThrownBy(() -> send(here, at(1, 9), Optional.empty()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("1.9 is not in the pool");
        assertThatThrownBy(() -> send(here, at(1, 2), Optional.of(at(1, 9))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("1.9 is not in the pool");
    }

    @Test
    void whatIsSentTwiceIsReceivedOnce() throws Exception {
        create("one");
        here.snapshot(at(1, 1));
        byte[] stream = send(here, at(1, 1), Optional.empty());
        receive(there, at(1, 1), Optional.empty(), stream);

        receive(there, at(1, 1), Optional.empty(), stream);
        there = other();
        receive(there, at(1, 1), Optional.empty(), new byte[0]);

        assertThat(stored(there).snapshots()).containsExactly("1.1");
    }

    @Test
    void aVolumeIsHandedOverAndBackAndOnlyDifferencesTravel() throws Exception {
        create("one");
        Files.write(head(here).resolve("large"), random(2 << 20));
        here.snapshot(at(1, 1));
        pass(here, there, at(1, 1));
        write(here, "two");
        here.snapshot(at(1, 2));
        pass(here, there, at(1, 2));
        there.makeHead(volume, headOf(2, at(1, 2)), VolumeDriver.Filler.NOTHING);
        here.dropHead(volume, at(1, 2));
        here.dropHead(volume, at(1, 2));

        assertThat(stored(here).headEpoch()).isZero();
        assertThat(stored(here).snapshots()).containsExactly("1.1", "1.2");
        assertThat(read(there)).isEqualTo("two");
        for (int i = 1; i <= 2; i++) {
            write(there, "there " + i);
            there.snapshot(at(2, i));
            assertThat(pass(there, here, at(2, i))).as("bytes sent").isLessThan(1 << 20);
        }
        here.makeHead(volume, headOf(3, at(2, 2)), VolumeDriver.Filler.NOTHING);
        there.dropHead(volume, at(2, 2));

        assertThat(read(here)).isEqualTo("there 2");
        write(here, "here again");
        here.snapshot(at(3, 1));
        assertThat(pass(here, there, at(3, 1))).as("bytes sent").isLessThan(1 << 20);
        assertThat(stored(there).headEpoch()).isZero();
        assertThat(stored(there).snapshots()).containsExactly("1.1", "1.2", "2.1", "2.2", "3.1");
        assertThat(VolumeDriverContract.readSnapshot(there, at(3, 1))).isEqualTo("here again");
        here = one();
        there = other();
        assertThat(stored(here).headEpoch()).isEqualTo(3);
        assertThat(stored(there).snapshots()).containsExactly("1.1", "1.2", "2.1", "2.2", "3.1");
        there.delete(volume);
        here.delete(volume);
        assertThat(there.list()).doesNotContainKey(volume);
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void aRolledBackVolumeArrives() throws Exception {
        create("one");
        here.snapshot(at(1, 1));
        write(here, "two");
        here.snapshot(at(1, 2));
        here.makeHead(
                volume, new Head(2, "node", Optional.of(at(1, 1)), Optional.of(at(1, 3))), VolumeDriver.Filler.NOTHING);
        write(here, "three");
        here.snapshot(at(2, 1));

        for (String position : stored(here).snapshots()) {
            pass(here, there, SnapshotId.of(volume, position));
        }

        assertThat(stored(there).snapshots()).containsExactly("1.1", "1.2", "1.3", "2.1");
        assertThat(VolumeDriverContract.readSnapshot(there, at(1, 3))).isEqualTo("two");
        assertThat(VolumeDriverContract.readSnapshot(there, at(2, 1))).isEqualTo("three");
    }

    @Test
    void whatAHeadHadWhenItWasGivenUpIsKept() throws Exception {
        create("one");
        here.snapshot(at(1, 1));
        write(here, "written after the last snapshot");

        here.dropHead(volume, at(1, 1));

        assertThat(stored(here).headEpoch()).isZero();
        assertThat(stored(here).snapshots()).containsExactly("1.1", "1.2");
        assertThat(VolumeDriverContract.readSnapshot(here, at(1, 2))).isEqualTo("written after the last snapshot");
        assertThat(Files.exists(here.headPath(volume))).isFalse();
    }

    @Test
    void aHeadInUseOrWithoutItsSuccessorsBaseIsNotGivenUp() throws Exception {
        create("one");
        here.snapshot(at(1, 1));
        try (var holding = hold(here, volume)) {
            assertThat(holding).isNotNull();
            assertThatThrownBy(() -> here.dropHead(volume, at(1, 1)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("in use");
        }
        assertThatThrownBy(() -> here.dropHead(volume, at(1, 7)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("1.7");

        assertThat(stored(here).headEpoch()).isEqualTo(1);
        assertThat(read(here)).isEqualTo("one");
        assertThat(stored(here).snapshots()).containsExactly("1.1");
    }

    @Test
    void aPrimaryReceivesNothingOfItsOwnEpoch() throws Exception {
        create("one");
        here.snapshot(at(1, 1));
        byte[] stream = send(here, at(1, 1), Optional.empty());
        there.makeHead(volume, new Head(1, "n", Optional.empty(), Optional.empty()), VolumeDriver.Filler.NOTHING);

        assertThatThrownBy(() -> receive(there, at(1, 1), Optional.empty(), stream))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("head is here");

        assertThat(stored(there).snapshots()).isEmpty();
        assertThat(stored(there).headEpoch()).isEqualTo(1);
    }

    @Test
    void aCopyIsGoneWithItsLastSnapshot() throws Exception {
        create("one");
        here.snapshot(at(1, 1));
        pass(here, there, at(1, 1));

        there.deleteSnapshot(at(1, 1));

        assertThat(there.list()).doesNotContainKey(volume);
        pass(here, there, at(1, 1));
        assertThat(stored(there).snapshots()).containsExactly("1.1");
    }

    @Test
    void tellsAboutHowMuchThereIsToSend() throws Exception {
        create("one");
        Files.write(head(here).resolve("large"), random(3 << 20));
        here.snapshot(at(1, 1));
        Files.write(head(here).resolve("other"), random(2 << 20));
        here.snapshot(at(1, 2));

        assertThat(here.estimate(at(1, 1), Optional.empty())).isBetween(3L << 20, 4L << 20);
        if (!here.kind().equals("memory")) {
            assertThat(here.estimate(at(1, 2), Optional.of(at(1, 1)))).isBetween(2L << 20, 3L << 20);
        }
    }

    @Test
    void aTransferThatIsInterruptedEndsAtOnceAndLeavesNothing() throws Exception {
        create("one");
        here.snapshot(at(1, 1));
        byte[] stream = send(here, at(1, 1), Optional.empty());
        var outcome = new AtomicReference<Throwable>();
        var silent = new Silent(stream);
        Thread receiver = Thread.startVirtualThread(() -> {
            try {
                there.receive(at(1, 1), Optional.empty(), silent);
            } catch (IOException | InterruptedException e) {
                outcome.set(e);
            }
        });
        Awaitility.await().until(() -> silent.waiting.get() == 1);

        receiver.interrupt();
        receiver.join();

        assertThat(outcome.get()).isInstanceOfAny(IOException.class, InterruptedException.class);
        assertThat(there.list()).doesNotContainKey(volume);
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void sendingEndsWhenNobodyReads() throws Exception {
        create("one");
        Files.write(head(here).resolve("large"), random(2 << 20));
        here.snapshot(at(1, 1));
        OutputStream broken = new OutputStream() {
            @Override
            public void write(int value) throws IOException {
                throw new IOException("the connection is closed");
            }
        };

        assertThatThrownBy(() -> here.send(at(1, 1), Optional.empty(), broken))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the connection is closed");
        here.deleteSnapshot(at(1, 1));

        assertThat(Program.of("pgrep", "-f", " send .*" + volume).end().output())
                .isEmpty();
    }

    /// A stream that ends in a way of its own.
    private abstract static class Ending extends InputStream {
        private final InputStream stream;

        Ending(byte[] stream, int length) {
            this.stream = new ByteArrayInputStream(stream, 0, length);
        }

        abstract int end() throws IOException;

        @Override
        public int read() throws IOException {
            int next = stream.read();
            return next < 0 ? end() : next;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = stream.read(bytes, offset, length);
            return read < 0 ? end() : read;
        }
    }

    /// All of a stream, and then a failure in place of its end.
    private static final class Breaking extends Ending {
        Breaking(byte[] stream) {
            super(stream, stream.length);
        }

        @Override
        int end() throws IOException {
            throw new IOException("the checksum is wrong");
        }
    }

    /// The first half of a stream, and then nothing for ever.
    private static final class Silent extends Ending {
        private final AtomicInteger waiting = new AtomicInteger();

        Silent(byte[] stream) {
            super(stream, stream.length / 2);
        }

        @Override
        int end() throws IOException {
            waiting.set(1);
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                throw new IOException("interrupted", e);
            }
            return -1;
        }
    }

    private SnapshotId at(long epoch, long sequence) {
        return new SnapshotId(volume, epoch, sequence);
    }

    private static Head headOf(long epoch, SnapshotId base) {
        return new Head(epoch, "node", Optional.of(base), Optional.empty());
    }

    private void create(String content) throws IOException {
        here.makeHead(
                volume,
                new Head(1, "node", Optional.empty(), Optional.empty()),
                directory -> Files.writeString(directory.resolve("file"), content));
    }

    private Path head(VolumeDriver driver) {
        return driver.headPath(volume);
    }

    private void write(VolumeDriver driver, String content) throws IOException {
        Files.writeString(head(driver).resolve("file"), content);
    }

    private String read(VolumeDriver driver) throws IOException {
        return Files.readString(head(driver).resolve("file"));
    }

    private StoredVolume stored(VolumeDriver driver) throws IOException {
        return Optional.ofNullable(driver.list().get(volume)).orElseThrow();
    }

    /// For a receiver that is full.
    static void refusesWhatDoesNotFit(VolumeDriver from, VolumeDriver full, SnapshotId snapshot) throws IOException {
        from.makeHead(
                snapshot.volume(),
                new Head(1, "node", Optional.empty(), Optional.empty()),
                directory -> Files.write(directory.resolve("large"), random(64 << 20)));
        from.snapshot(snapshot);
        assertThatThrownBy(() -> receive(full, snapshot, Optional.empty(), send(from, snapshot, Optional.empty())))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Could not receive the snapshot " + snapshot)
                .hasMessageContaining("space")
                .hasMessageContaining("MiB are free in the pool");
        assertThat(full.list()).doesNotContainKey(snapshot.volume());
    }

    /// Sends a snapshot from one pool to another, as a difference if it can be.
    ///
    /// @return how many bytes that took
    private int pass(VolumeDriver from, VolumeDriver to, SnapshotId snapshot) throws Exception {
        List<SnapshotId> shared = Optional.ofNullable(to.list().get(volume)).stream()
                .flatMap(stored -> stored.snapshots().stream())
                .map(position -> SnapshotId.of(volume, position))
                .toList();
        Optional<SnapshotId> base = from.base(snapshot, shared);
        byte[] stream = send(from, snapshot, base);
        receive(to, snapshot, base, stream);
        return from.kind().equals("memory") ? 0 : stream.length;
    }

    private static byte[] send(VolumeDriver from, SnapshotId snapshot, Optional<SnapshotId> base) throws Exception {
        var stream = new ByteArrayOutputStream();
        from.send(snapshot, base, stream);
        return stream.toByteArray();
    }

    private static void receive(VolumeDriver to, SnapshotId snapshot, Optional<SnapshotId> base, byte[] stream)
            throws Exception {
        to.receive(snapshot, base, new ByteArrayInputStream(stream));
    }

    private static byte[] random(int length) {
        var bytes = new byte[length];
        new SplittableRandom(length).nextBytes(bytes);
        return bytes;
    }

    private static boolean attribute(Path file, String name) throws IOException {
        UserDefinedFileAttributeView view = Files.getFileAttributeView(file, UserDefinedFileAttributeView.class);
        try {
            view.write(name, ByteBuffer.wrap(new byte[] {1, 2, 3}));
            return true;
        } catch (IOException e) {
            // This file system has none (zfs-fuse, unless it was asked to).
            return false;
        }
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private static long blocks(Path file) throws IOException {
        return Long.parseLong(
                Program.of("stat", "-c", "%b", file.toString()).run().strip());
    }
}
