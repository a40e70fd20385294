package io.flocker.agent.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.flocker.core.model.Head;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.plan.StoredVolume;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What every [VolumeDriver] does. One pool serves all tests of a class, so each test has volumes of its own.
abstract class VolumeDriverContract {
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final int MIB = 1 << 20;

    private VolumeDriver driver;
    private String volume;

    /// A driver on the pool of this class, as after a restart of the agent.
    abstract VolumeDriver open(CrashPoint crash) throws IOException;

    /// Keeps the head of `volume` in use until closed, as a container on this machine would.
    abstract Closeable hold(VolumeDriver holding, String held) throws Exception;

    /// What is left of things that were not finished.
    abstract List<String> leftovers() throws IOException;

    /// Whether limits are enforced.
    abstract boolean limits();

    /// Whether the pool can tell which files differ.
    boolean tellsFiles() throws IOException {
        return true;
    }

    @BeforeEach
    void openDriver() throws IOException {
        driver = open(CrashPoint.NONE);
        volume = "volume-" + NUMBER.incrementAndGet();
    }

    @Test
    void fillsANewVolume() throws IOException {
        driver.makeHead(volume, first(), directory -> Files.writeString(directory.resolve("file"), "content"));

        assertThat(read(volume)).isEqualTo("content");
        assertThat(stored(volume).headEpoch()).isEqualTo(1);
        assertThat(stored(volume).snapshots()).isEmpty();
        assertThat(stored(volume).problem()).isEmpty();
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void leavesAHeadOfTheSameEpochAsItIs() throws IOException {
        create(volume, "written");

        driver.makeHead(volume, first(), directory -> Files.writeString(directory.resolve("file"), "again"));

        assertThat(read(volume)).isEqualTo("written");
    }

    @Test
    void makesNothingWhenTheFillerFails() throws IOException {
        assertThatThrownBy(() -> driver.makeHead(volume, first(), directory -> {
                    Files.writeString(directory.resolve("file"), "half");
                    throw new IOException("the upload broke off");
                }))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(volume)
                .hasMessageContaining("the upload broke off");

        assertThat(driver.list()).doesNotContainKey(volume);
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void keepsASnapshotAsItWas() throws IOException {
        create(volume, "one");
        driver.snapshot(at(1, 1));
        write(volume, "two");
        driver.snapshot(at(1, 2));
        driver.snapshot(at(1, 1));

        assertThat(stored(volume).snapshots()).containsExactly("1.1", "1.2");
        assertThat(read(volume)).isEqualTo("two");
        assertThat(readSnapshot(at(1, 1))).isEqualTo("one");
        assertThat(readSnapshot(at(1, 2))).isEqualTo("two");
    }

    @Test
    void tellsWhichFilesDifferFromASnapshot() throws IOException {
        assumeTrue(tellsFiles());
        driver.makeHead(volume, first(), directory -> {
            for (String name : List.of("stays", "touched", "gone", "written", "replaced", "moved")) {
                Files.writeString(directory.resolve(name), name);
            }
            Files.createDirectories(directory.resolve("old/deep"));
            Files.writeString(directory.resolve("old/deep/file"), "deep");
        });
        driver.snapshot(at(1, 1));
        assertThat(driver.changes(at(1, 1), 10).files()).isEmpty();
        Path head = driver.headPath(volume);
        Files.setLastModifiedTime(head.resolve("touched"), java.nio.file.attribute.FileTime.fromMillis(1_000));
        Files.delete(head.resolve("gone"));
        Files.writeString(head.resolve("written"), "otherwise");
        Files.delete(head.resolve("replaced"));
        Files.writeString(head.resolve("replaced"), "by another");
        Files.move(head.resolve("moved"), head.resolve("to here"));
        Files.move(head.resolve("old"), head.resolve("new"));
        Files.createDirectory(head.resolve("made"));
        Files.writeString(head.resolve("made/ünïcode\tfile"), "new");

        FileChanges all = driver.changes(at(1, 1), 100);

        assertThat(all.more()).isFalse();
        assertThat(all.files().stream().map(file -> file.kind() + " " + file.path()))
                .containsExactlyInAnyOrder(
                        "REMOVED gone",
                        "MODIFIED written",
                        "MODIFIED replaced",
                        "REMOVED moved",
                        "ADDED to here",
                        "REMOVED old/deep/file",
                        "ADDED new/deep/file",
                        "ADDED made/ünïcode\tfile");
        FileChanges some = driver.changes(at(1, 1), 3);
        assertThat(some.more()).isTrue();
        assertThat(some.files()).hasSize(3);
        assertThatThrownBy(() -> driver.changes(at(1, 7), 3)).hasMessageContaining(at(1, 7).toString());
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void followsNoLinkOutOfTheVolumeToTellWhichFilesDiffer(@TempDir Path outside) throws IOException {
        assumeTrue(tellsFiles());
        Files.writeString(outside.resolve("file"), "the node's");
        driver.makeHead(volume, first(), directory -> {
            Files.createSymbolicLink(directory.resolve("linked"), outside);
            Files.createDirectory(directory.resolve("own"));
            Files.writeString(directory.resolve("own/file"), "the node's");
        });
        driver.snapshot(at(1, 1));
        Path head = driver.headPath(volume);
        Files.delete(head.resolve("linked"));
        Files.createDirectory(head.resolve("linked"));
        Files.writeString(head.resolve("linked/file"), "the node's");
        Files.delete(head.resolve("own/file"));
        Files.delete(head.resolve("own"));
        Files.createSymbolicLink(head.resolve("own"), outside);

        assertThat(driver.changes(at(1, 1), 100).files().stream().map(file -> file.kind() + " " + file.path()))
                .containsExactlyInAnyOrder("REMOVED linked", "ADDED linked/file", "REMOVED own/file", "ADDED own");
    }

    @Test
    void ordersSnapshotsByNumber() throws IOException {
        create(volume, "content");
        driver.snapshot(at(1, 9));
        driver.snapshot(at(1, 10));
        driver.snapshot(at(1, 2));

        assertThat(stored(volume).snapshots()).containsExactly("1.2", "1.9", "1.10");
    }

    @Test
    void takesNoSnapshotOfAnotherEpoch() throws IOException {
        create(volume, "content");

        assertThatThrownBy(() -> driver.snapshot(at(2, 1)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is of epoch 1");
        assertThatThrownBy(() -> driver.snapshot(new SnapshotId("absent", 1, 1)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no head");
    }

    @Test
    void deletesASnapshot() throws IOException {
        create(volume, "one");
        driver.snapshot(at(1, 1));
        driver.snapshot(at(1, 2));

        driver.deleteSnapshot(at(1, 1));
        driver.deleteSnapshot(at(1, 1));
        driver.deleteSnapshot(new SnapshotId("absent", 1, 1));

        assertThat(stored(volume).snapshots()).containsExactly("1.2");
    }

    @Test
    void clonesASnapshotIntoAVolumeOfItsOwn() throws IOException {
        create(volume, "origin");
        driver.snapshot(at(1, 1));
        String clone = volume + "-clone";

        driver.makeHead(clone, based(1, at(1, 1), Optional.empty()), VolumeDriver.Filler.NOTHING);
        write(clone, "changed");

        assertThat(read(clone)).isEqualTo("changed");
        assertThat(read(volume)).isEqualTo("origin");
        assertThat(stored(clone).snapshots()).isEmpty();
    }

    @Test
    void aCloneOutlivesItsOrigin() throws IOException {
        create(volume, "origin");
        driver.snapshot(at(1, 1));
        String clone = volume + "-clone";
        driver.makeHead(clone, based(1, at(1, 1), Optional.empty()), VolumeDriver.Filler.NOTHING);

        driver.deleteSnapshot(at(1, 1));
        assertThat(stored(volume).snapshots()).isEmpty();
        driver.delete(volume);

        assertThat(driver.list()).doesNotContainKey(volume).containsKey(clone);
        driver = open(CrashPoint.NONE);
        assertThat(driver.list()).doesNotContainKey(volume).containsKey(clone);
        assertThat(read(clone)).isEqualTo("origin");
        driver.snapshot(new SnapshotId(clone, 1, 1));
        create(volume, "another with the same id");
        assertThat(read(volume)).isEqualTo("another with the same id");
        driver.delete(clone);
        assertThat(driver.list()).doesNotContainKey(clone);
        assertThat(read(volume)).isEqualTo("another with the same id");
    }

    @Test
    void refusesACloneOfWhatIsNotHere() {
        assertThatThrownBy(() -> driver.makeHead(
                        volume,
                        based(1, new SnapshotId("absent", 1, 1), Optional.empty()),
                        VolumeDriver.Filler.NOTHING))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("absent@1.1");
    }

    @Test
    void rollsBackAndForthWithoutLosingAnything() throws IOException {
        create(volume, "one");
        driver.snapshot(at(1, 1));
        write(volume, "two");
        driver.snapshot(at(1, 2));
        write(volume, "three");

        driver.makeHead(volume, based(2, at(1, 1), Optional.of(at(1, 3))), VolumeDriver.Filler.NOTHING);
        assertThat(read(volume)).isEqualTo("one");
        assertThat(stored(volume).headEpoch()).isEqualTo(2);
        assertThat(stored(volume).snapshots()).containsExactly("1.1", "1.2", "1.3");
        assertThat(readSnapshot(at(1, 2))).isEqualTo("two");
        write(volume, "four");
        driver.snapshot(at(2, 1));

        driver.makeHead(volume, based(3, at(1, 3), Optional.of(at(2, 2))), VolumeDriver.Filler.NOTHING);
        assertThat(read(volume)).isEqualTo("three");
        assertThat(stored(volume).snapshots()).containsExactly("1.1", "1.2", "1.3", "2.1", "2.2");
        assertThat(readSnapshot(at(2, 2))).isEqualTo("four");
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void refusesALowerEpoch() throws IOException {
        driver.makeHead(volume, empty(5, Optional.empty()), VolumeDriver.Filler.NOTHING);
        write(volume, "content");

        assertThatThrownBy(() -> driver.makeHead(volume, empty(4, Optional.empty()), VolumeDriver.Filler.NOTHING))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("later epoch 5");

        assertThat(read(volume)).isEqualTo("content");
    }

    @Test
    void keepsAHeadThatNobodyNamedASnapshotFor() throws IOException {
        create(volume, "unknown to the cluster");
        driver.snapshot(at(1, 1));
        write(volume, "even newer");

        driver.makeHead(volume, empty(7, Optional.of(at(6, 3))), VolumeDriver.Filler.NOTHING);

        assertThat(stored(volume).snapshots()).containsExactly("1.1", "1.2");
        assertThat(readSnapshot(at(1, 2))).isEqualTo("even newer");
    }

    @Test
    void keepsTheHeadAsItIsWhenItIsReplacedNotWhenThatWasFirstTried() throws IOException {
        create(volume, "old");
        driver.snapshot(at(1, 1));
        write(volume, "new");

        driver.makeHead(volume, empty(2, Optional.of(at(1, 1))), VolumeDriver.Filler.NOTHING);

        assertThat(readSnapshot(at(1, 1))).isEqualTo("new");
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void leavesAHeadInUseAlone() throws Exception {
        create(volume, "content");
        driver.snapshot(at(1, 1));
        try (var holding = hold(driver, volume)) {
            assertThat(holding).isNotNull();
            assertThatThrownBy(() -> driver.makeHead(
                            volume, based(2, at(1, 1), Optional.of(at(1, 2))), VolumeDriver.Filler.NOTHING))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("in use")
                    .hasMessageMatching("(?s).*process \\d+ \\(.+\\).*");
            assertThatThrownBy(() -> driver.delete(volume))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("in use");
            assertThat(stored(volume).headEpoch()).isEqualTo(1);
            assertThat(read(volume)).isEqualTo("content");
        }

        driver.makeHead(volume, based(2, at(1, 1), Optional.of(at(1, 2))), VolumeDriver.Filler.NOTHING);
        driver.delete(volume);
        assertThat(driver.list()).doesNotContainKey(volume);
    }

    @Test
    void deletesAVolumeAndFreesItsName() throws IOException {
        create(volume, "content");
        driver.snapshot(at(1, 1));
        driver.makeHead(volume, based(2, at(1, 1), Optional.of(at(1, 2))), VolumeDriver.Filler.NOTHING);

        driver.delete(volume);
        driver.delete(volume);

        assertThat(driver.list()).doesNotContainKey(volume);
        assertThat(driver.find(volume)).isEmpty();
        assertThat(leftovers()).isEmpty();
        create(volume, "again");
        assertThat(stored(volume).snapshots()).isEmpty();
    }

    @Test
    void findsWhatAnEarlierDriverMade() throws IOException {
        create(volume, "content");
        driver.limit(volume, 64 * MIB);
        driver.snapshot(at(1, 1));
        driver.makeHead(volume, based(2, at(1, 1), Optional.of(at(1, 2))), VolumeDriver.Filler.NOTHING);
        driver.limit(volume, 32 * MIB);
        var before = stored(volume);

        driver = open(CrashPoint.NONE);

        assertThat(stored(volume)).isEqualTo(before);
        assertThat(before.limitBytes()).isEqualTo(32 * MIB);
        assertThat(read(volume)).isEqualTo("content");
    }

    @Test
    void aNewHeadHasNoLimitAndALimitCanBeTakenAway() throws IOException {
        create(volume, "content");
        assertThat(stored(volume).limitBytes()).isZero();
        driver.limit(volume, 64 * MIB);
        assertThat(stored(volume).limitBytes()).isEqualTo(64 * MIB);
        driver.makeHead(volume, empty(2, Optional.of(at(1, 1))), VolumeDriver.Filler.NOTHING);
        assertThat(stored(volume).limitBytes()).isZero();
        driver.limit(volume, 64 * MIB);
        driver.limit(volume, 0);
        assertThat(stored(volume).limitBytes()).isZero();
    }

    @Test
    void aWriterMeetsTheLimitAndGoesOnWhenItIsRaised() throws IOException {
        assumeTrue(limits(), "no limits here");
        create(volume, "content");
        driver.limit(volume, 8 * MIB);

        assertThatThrownBy(() -> writeMany(volume, 16))
                .isInstanceOf(IOException.class)
                .hasMessageMatching(".*(quota|space).*");
        driver.limit(volume, 64 * MIB);
        writeMany(volume, 16);

        assertThat(Files.size(driver.headPath(volume).resolve("many"))).isEqualTo(16 * MIB);
    }

    @Test
    void tellsWhatAVolumeTakes() throws IOException {
        create(volume, "content");
        writeMany(volume, 4);
        driver.snapshot(at(1, 1));

        var usage = driver.usage(volume);
        assertThat(usage.usedBytes()).isBetween(4L * MIB, 6L * MIB);
        assertThat(usage.exclusiveBytes()).isBetween(4L * MIB, 10L * MIB);
        var capacity = driver.capacity();
        assertThat(capacity.freeBytes()).isPositive().isLessThan(capacity.totalBytes());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "../escaped", "-f", "a b", "a\nb", "a@b", "ä", "a\0b"})
    void refusesAnIdThatIsNoName(String id) {
        assertThatThrownBy(() -> driver.makeHead(id, first(), VolumeDriver.Filler.NOTHING))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot be a volume's id");
        assertThatThrownBy(() -> driver.delete(id)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> driver.snapshot(new SnapshotId(id, 1, 1))).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"head", "snapshots", "volumes", "incoming", "1", "a.b", "x_y-Z", "0.1"})
    void takesAnyOtherId(String id) throws IOException {
        create(id, "content");
        driver.snapshot(new SnapshotId(id, 1, 1));
        assertThat(read(id)).isEqualTo("content");
        assertThat(stored(id).snapshots()).containsExactly("1.1");
        driver.delete(id);
    }

    @Test
    void takesAnIdOf128Characters() throws IOException {
        takesAnyOtherId("x".repeat(128));
    }

    private Head first() {
        return empty(1, Optional.empty());
    }

    private static Head empty(long epoch, Optional<SnapshotId> keep) {
        return new Head(epoch, "node", Optional.empty(), keep);
    }

    private static Head based(long epoch, SnapshotId base, Optional<SnapshotId> keep) {
        return new Head(epoch, "node", Optional.of(base), keep);
    }

    private SnapshotId at(long epoch, long sequence) {
        return new SnapshotId(volume, epoch, sequence);
    }

    private void create(String id, String content) throws IOException {
        driver.makeHead(id, first(), directory -> Files.writeString(directory.resolve("file"), content));
    }

    private void write(String id, String content) throws IOException {
        Files.writeString(driver.headPath(id).resolve("file"), content);
    }

    private void writeMany(String id, int mib) throws IOException {
        Path many = driver.headPath(id).resolve("many");
        Files.deleteIfExists(many);
        var random = new byte[MIB];
        new SplittableRandom(7).nextBytes(random);
        try (var channel = FileChannel.open(many, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (int i = 0; i < mib; i++) {
                channel.write(ByteBuffer.wrap(random));
                channel.force(false);
            }
        }
    }

    private StoredVolume stored(String id) throws IOException {
        Optional<StoredVolume> listed = Optional.ofNullable(driver.list().get(id));
        assertThat(driver.find(id)).isEqualTo(listed);
        return listed.orElseThrow();
    }

    private String read(String id) throws IOException {
        return Files.readString(driver.headPath(id).resolve("file"));
    }

    private String readSnapshot(SnapshotId snapshot) throws IOException {
        return readSnapshot(driver, snapshot);
    }

    /// By cloning it: not every kind of pool lets snapshots be looked into.
    static String readSnapshot(VolumeDriver driver, SnapshotId snapshot) throws IOException {
        String copy = "reader-" + NUMBER.incrementAndGet();
        driver.makeHead(copy, based(1, snapshot, Optional.empty()), VolumeDriver.Filler.NOTHING);
        String content = Files.readString(driver.headPath(copy).resolve("file"));
        driver.delete(copy);
        return content;
    }
}
