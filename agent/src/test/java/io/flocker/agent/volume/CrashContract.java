package io.flocker.agent.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.model.Head;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.plan.StoredVolume;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// Every [VolumeDriver] under a crash between any two of its steps: an operation is stopped after its first step, its
/// second and so on; each time a new driver finds the pool, must see nothing half made, and repeats the operation.
abstract class CrashContract {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    abstract VolumeDriver open(CrashPoint crash) throws IOException;

    abstract List<String> leftovers() throws IOException;

    private final String volume = "crashed-" + NUMBER.incrementAndGet();
    private final SnapshotId base = new SnapshotId(volume, 1, 1);
    private final SnapshotId keep = new SnapshotId(volume, 1, 2);
    private final Head first = new Head(1, "node", Optional.empty(), Optional.empty());
    private final Head second = new Head(2, "node", Optional.of(base), Optional.of(keep));

    /// Stops the driver where a crash would.
    private static final class Crash extends Error {
        private static final long serialVersionUID = 1;

        Crash(String after) {
            super("after " + after, null, false, false);
        }
    }

    @FunctionalInterface
    private interface Action {
        void on(VolumeDriver driver) throws IOException;
    }

    @Test
    void aNewHeadIsWholeOrNotThere() throws IOException {
        crashEverywhere(
                driver -> {},
                this::create,
                found -> {
                    if (found.list().containsKey(volume)) {
                        assertThat(read(found)).isEqualTo("one");
                    }
                },
                done -> assertThat(read(done)).isEqualTo("one"));
    }

    @Test
    void aRollBackShowsTheOldHeadOrTheNewOneAndLosesNeither() throws IOException {
        crashEverywhere(
                driver -> {
                    create(driver);
                    driver.snapshot(base);
                    write(driver, "two");
                },
                driver -> driver.makeHead(volume, second, VolumeDriver.Filler.NOTHING),
                found -> {
                    StoredVolume stored = stored(found);
                    assertThat(read(found)).isEqualTo(stored.headEpoch() == 1 ? "two" : "one");
                    if (stored.headEpoch() == 2) {
                        assertThat(VolumeDriverContract.readSnapshot(found, keep))
                                .isEqualTo("two");
                    }
                },
                done -> {
                    assertThat(read(done)).isEqualTo("one");
                    assertThat(stored(done).snapshots()).containsExactly("1.1", "1.2");
                    assertThat(VolumeDriverContract.readSnapshot(done, keep)).isEqualTo("two");
                });
    }

    @Test
    void aHeadWrittenAfterAFailedRollBackIsKeptAsItIsThen() throws IOException {
        var last = new AtomicReference<>("");
        crashEverywhere(
                driver -> {
                    create(driver);
                    driver.snapshot(base);
                    write(driver, "two");
                    last.set("two");
                },
                driver -> driver.makeHead(volume, second, VolumeDriver.Filler.NOTHING),
                found -> {
                    if (stored(found).headEpoch() == 1) {
                        write(found, "three");
                        last.set("three");
                    }
                },
                done -> assertThat(VolumeDriverContract.readSnapshot(done, keep))
                        .isEqualTo(last.get()));
    }

    @Test
    void aSnapshotIsWholeOrNotThere() throws IOException {
        crashEverywhere(
                this::create,
                driver -> driver.snapshot(base),
                found -> {
                    assertThat(read(found)).isEqualTo("one");
                    if (!stored(found).snapshots().isEmpty()) {
                        assertThat(VolumeDriverContract.readSnapshot(found, base))
                                .isEqualTo("one");
                    }
                },
                done -> assertThat(stored(done).snapshots()).containsExactly("1.1"));
    }

    @Test
    void aDeletedSnapshotStaysDeleted() throws IOException {
        String clone = volume + "-clone";
        crashEverywhere(
                driver -> {
                    create(driver);
                    driver.snapshot(base);
                    driver.makeHead(
                            clone,
                            new Head(1, "node", Optional.of(base), Optional.empty()),
                            VolumeDriver.Filler.NOTHING);
                },
                driver -> driver.deleteSnapshot(base),
                found -> assertThat(read(found)).isEqualTo("one"),
                done -> {
                    assertThat(stored(done).snapshots()).isEmpty();
                    assertThat(Files.readString(done.headPath(clone).resolve("file")))
                            .isEqualTo("one");
                    done.delete(clone);
                });
    }

    @Test
    void aDeletedVolumeIsWholeOrGone() throws IOException {
        crashEverywhere(
                driver -> {
                    create(driver);
                    driver.snapshot(base);
                    driver.makeHead(volume, second, VolumeDriver.Filler.NOTHING);
                },
                driver -> driver.delete(volume),
                found -> {
                    if (found.list().containsKey(volume)) {
                        assertThat(stored(found).snapshots()).containsExactly("1.1", "1.2");
                        assertThat(read(found)).isEqualTo("one");
                    }
                },
                done -> assertThat(done.list()).doesNotContainKey(volume));
    }

    @Test
    void aLimitIsTheOldOneOrTheNewOne() throws IOException {
        crashEverywhere(
                driver -> {
                    create(driver);
                    driver.limit(volume, 64 << 20);
                },
                driver -> driver.limit(volume, 32 << 20),
                found -> assertThat(stored(found).limitBytes()).isIn(64L << 20, 32L << 20),
                done -> assertThat(stored(done).limitBytes()).isEqualTo(32 << 20));
    }

    @Test
    void aReceivedSnapshotIsWholeOrNotThere() throws IOException {
        var first = new AtomicReference<>(new byte[0]);
        var next = new AtomicReference<>(new byte[0]);
        crashEverywhere(
                driver -> {
                    if (first.get().length == 0) {
                        create(driver);
                        driver.snapshot(base);
                        write(driver, "two");
                        driver.snapshot(keep);
                        first.set(sent(driver, base, Optional.empty()));
                        next.set(sent(driver, keep, Optional.of(base)));
                        driver.delete(volume);
                    }
                    received(driver, base, Optional.empty(), first.get());
                },
                driver -> received(driver, keep, Optional.of(base), next.get()),
                found -> {
                    assertThat(VolumeDriverContract.readSnapshot(found, base)).isEqualTo("one");
                    if (stored(found).snapshots().contains(keep.position())) {
                        assertThat(VolumeDriverContract.readSnapshot(found, keep))
                                .isEqualTo("two");
                    }
                },
                done -> {
                    assertThat(stored(done).headEpoch()).isZero();
                    assertThat(stored(done).snapshots()).containsExactly("1.1", "1.2");
                    assertThat(VolumeDriverContract.readSnapshot(done, keep)).isEqualTo("two");
                });
    }

    @Test
    void aHeadThatIsGivenUpIsThereOrKept() throws IOException {
        crashEverywhere(
                driver -> {
                    create(driver);
                    driver.snapshot(base);
                    write(driver, "two");
                },
                driver -> driver.dropHead(volume, base),
                found -> {
                    if (stored(found).headEpoch() == 1) {
                        assertThat(read(found)).isEqualTo("two");
                    } else {
                        assertThat(VolumeDriverContract.readSnapshot(found, keep))
                                .isEqualTo("two");
                    }
                },
                done -> {
                    assertThat(stored(done).headEpoch()).isZero();
                    assertThat(stored(done).snapshots()).containsExactly("1.1", "1.2");
                    assertThat(VolumeDriverContract.readSnapshot(done, keep)).isEqualTo("two");
                });
    }

    @Test
    void aHeadWithNothingNewInItIsGivenUpWithoutASnapshot() throws IOException {
        crashEverywhere(
                driver -> {
                    create(driver);
                    driver.snapshot(base);
                },
                driver -> driver.dropHead(volume, base),
                found -> assertThat(stored(found).snapshots()).containsExactly("1.1"),
                done -> {
                    assertThat(stored(done).headEpoch()).isZero();
                    assertThat(stored(done).snapshots()).containsExactly("1.1");
                });
    }

    private static byte[] sent(VolumeDriver driver, SnapshotId snapshot, Optional<SnapshotId> from) throws IOException {
        var stream = new ByteArrayOutputStream();
        try {
            driver.send(snapshot, from, stream);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return stream.toByteArray();
    }

    private static void received(VolumeDriver driver, SnapshotId snapshot, Optional<SnapshotId> from, byte[] stream)
            throws IOException {
        try {
            driver.receive(snapshot, from, new ByteArrayInputStream(stream));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// Runs `operation` once for each of its steps, crashing after that step, and once to its end.
    ///
    /// @param found checks what a new driver sees after the crash
    /// @param done checks what is there after the operation was repeated
    private void crashEverywhere(Action prepare, Action operation, Action found, Action done) throws IOException {
        List<String> steps = new ArrayList<>();
        for (int point = 1; ; point++) {
            prepare.on(open(CrashPoint.NONE));
            Optional<String> crashed = crash(point, operation);
            var reopened = open(CrashPoint.NONE);
            String when = crashed.map(step -> "crashed " + step).orElse("not crashed");
            try {
                assertThat(leftovers()).isEmpty();
                found.on(reopened);
                operation.on(reopened);
                done.on(reopened);
                assertThat(leftovers()).isEmpty();
            } catch (AssertionError | IOException e) {
                throw new AssertionError(when + " (point " + point + "): " + e.getMessage(), e);
            }
            reopened.delete(volume);
            assertThat(reopened.list()).doesNotContainKey(volume);
            if (crashed.isEmpty()) {
                break;
            }
            steps.add(crashed.get());
        }
        assertThat(steps).as("steps between which it crashed").isNotEmpty();
    }

    /// The step it crashed after; empty if it came to its end before.
    private Optional<String> crash(int point, Action operation) throws IOException {
        var passed = new AtomicInteger();
        // Opening a driver passes points too: those of the operation count.
        var armed = new AtomicInteger();
        VolumeDriver driver = open(step -> {
            if (armed.get() == 1 && passed.incrementAndGet() == point) {
                throw new Crash(step);
            }
        });
        armed.set(1);
        try {
            operation.on(driver);
            return Optional.empty();
        } catch (Crash crash) {
            return Optional.of(String.valueOf(crash.getMessage()));
        }
    }

    private StoredVolume stored(VolumeDriver driver) throws IOException {
        return Optional.ofNullable(driver.list().get(volume)).orElseThrow();
    }

    private void create(VolumeDriver driver) throws IOException {
        driver.makeHead(volume, first, directory -> Files.writeString(directory.resolve("file"), "one"));
    }

    private void write(VolumeDriver driver, String content) throws IOException {
        Files.writeString(driver.headPath(volume).resolve("file"), content);
    }

    private String read(VolumeDriver driver) throws IOException {
        return Files.readString(driver.headPath(volume).resolve("file"));
    }
}
