package io.flocker.agent.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flocker.core.model.Head;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.plan.StoredVolume;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A replica that somebody wrote to, or gave a twin, is found out before anything is built upon it.
@Tag("engine")
class TamperingTest {
    private static final long BYTES = 512 << 20;

    @TempDir
    private Path root;

    private Pool sending;
    private Pool receiving;
    private VolumeDriver here;
    private VolumeDriver there;

    @BeforeEach
    void twoSnapshotsArrived() throws Exception {
        sending = BtrfsPool.open(root.resolve("sending"), BYTES, BYTES);
        receiving = BtrfsPool.open(root.resolve("receiving"), BYTES, BYTES);
        here = sending.driver();
        there = receiving.driver();
        here.makeHead(
                "data", head(1, Optional.empty()), folder -> Files.writeString(folder.resolve("file"), "content 1"));
        for (int sequence = 1; sequence <= 3; sequence++) {
            Files.writeString(here.headPath("data").resolve("file"), "content " + sequence);
            here.snapshot(at(sequence));
        }
        pass(1, Optional.empty());
        pass(2, Optional.of(at(1)));
    }

    @AfterEach
    void destroy() throws IOException {
        receiving.destroy();
        sending.destroy();
    }

    @Test
    void whatWasWrittenToIsNotTakenOverAndComesAnew() throws Exception {
        Tampering.write(snapshot(2), "file", "tampered");

        StoredVolume stored = stored();
        assertThat(stored.snapshots()).as("what may take over").containsExactly("1.1");
        assertThat(stored.problem()).contains("snapshot 1.2 was written to");
        assertThatThrownBy(() -> there.makeHead("data", head(2, Optional.of(at(2))), VolumeDriver.Filler.NOTHING))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("data@1.2")
                .hasMessageContaining("was written to after it was made");
        assertThatThrownBy(() -> pass(3, Optional.of(at(2))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("data@1.2 is not in the pool");
        pass(2, Optional.of(at(1)));
        pass(3, Optional.of(at(2)));
        assertThat(stored().snapshots()).containsExactly("1.1", "1.2", "1.3");
        assertThat(stored().problem()).isEmpty();
        assertThat(snapshot(2).resolve("file")).hasContent("content 2");
        assertThat(snapshot(3).resolve("file")).hasContent("content 3");
    }

    @Test
    void whatWasWrittenToIsNeitherSentNorBuiltUponWhereItWasTaken() throws Exception {
        Path taken = sending.directory().resolve("volumes/data/snapshots/1.2");
        Tampering.write(taken, "file", "tampered");

        assertThat(here.base(at(3), List.of(at(1), at(2)))).isEmpty();
        assertThatThrownBy(() -> send(2, Optional.empty()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("data@1.2")
                .hasMessageContaining("was written to after it was made");
    }

    @Test
    void aTwinWithTheSameIdentityIsNotBuiltUpon() throws Exception {
        Path twin = receiving.directory().resolve("twin");
        new Subvolume(snapshot(2)).snapshotTo(twin);
        // Whoever has the identity first is found first.
        new Subvolume(snapshot(2)).destroy();
        new Subvolume(twin).snapshotTo(snapshot(2));
        Tampering.write(twin, "other", "tampered");

        assertThatThrownBy(() -> pass(3, Optional.of(at(2))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("data@1.3")
                .hasMessageContaining("something else in this pool than its base");
        assertThat(stored().snapshots()).containsExactly("1.1", "1.2");
        new Subvolume(twin).destroy();
        pass(3, Optional.of(at(2)));
        assertThat(snapshot(3).resolve("other")).doesNotExist();
    }

    @Test
    void aStreamOfAnotherSnapshotIsNotTakenForTheOneThatIsAwaited() throws Exception {
        byte[] second = send(2, Optional.of(at(1)));

        assertThatThrownBy(() -> there.receive(
                        new SnapshotId("data", 2, 1), Optional.of(at(1)), new ByteArrayInputStream(second)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("data@2.1")
                .hasMessageContaining("the stream is of the snapshot 1.2");
        assertThat(stored().snapshots()).containsExactly("1.1", "1.2");
    }

    private void pass(long sequence, Optional<SnapshotId> base) throws Exception {
        there.receive(at(sequence), base, new ByteArrayInputStream(send(sequence, base)));
    }

    private byte[] send(long sequence, Optional<SnapshotId> base) throws Exception {
        var stream = new ByteArrayOutputStream();
        here.send(at(sequence), base, stream);
        return stream.toByteArray();
    }

    private StoredVolume stored() throws IOException {
        return Optional.ofNullable(there.list().get("data")).orElseThrow();
    }

    private Path snapshot(long sequence) {
        return receiving.directory().resolve("volumes/data/snapshots/1." + sequence);
    }

    private static SnapshotId at(long sequence) {
        return new SnapshotId("data", 1, sequence);
    }

    private static Head head(long epoch, Optional<SnapshotId> base) {
        return new Head(epoch, "node", base, Optional.empty());
    }
}
