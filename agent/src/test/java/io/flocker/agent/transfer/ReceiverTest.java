package io.flocker.agent.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flocker.agent.volume.MemoryDriver;
import io.flocker.agent.volume.VolumeDriver;
import io.flocker.core.model.Head;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.plan.Step;
import io.flocker.core.plan.StoredVolume;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Snapshots from one node's sender to another's receiver, without a network.
class ReceiverTest {
    private static final SnapshotId FIRST = new SnapshotId("data", 1, 1);
    private static final SnapshotId THIRD = new SnapshotId("data", 1, 3);
    private static final SnapshotId SECOND = new SnapshotId("data", 1, 2);

    @TempDir
    private Path directory;

    private final NearPeers peers = new NearPeers();
    private VolumeDriver there;
    private VolumeDriver here;
    private Receiver receiver;

    @BeforeEach
    void twoNodes() throws IOException {
        there = new MemoryDriver(directory.resolve("there"));
        here = new MemoryDriver(directory.resolve("here"));
        there.makeHead(
                "data",
                new Head(1, "n1", Optional.empty(), Optional.empty()),
                folder -> Files.writeString(folder.resolve("file"), "content"));
        there.snapshot(FIRST);
        there.snapshot(SECOND);
        peers.senders.put("10.0.0.1", new Sender(there, new FakeEngine(), 0));
        receiver = new Receiver(here, peers);
    }

    @Test
    void receivesNoFasterThanItMay() throws Exception {
        Files.write(there.headPath("data").resolve("random"), new byte[200_000]);
        there.snapshot(THIRD);
        long begun = System.nanoTime();
        receiver.receive(step(THIRD, Optional.empty()), new Receiver.Way(400_000, false));

        double seconds = (System.nanoTime() - begun) / 1e9;
        assertThat(seconds).as("200 kB at 400 kB/s, less a burst of 0.1 s").isGreaterThan(0.35);
    }

    @Test
    void receivesCompressedIfItIsTold() throws Exception {
        Files.write(there.headPath("data").resolve("zeros"), new byte[200_000]);
        there.snapshot(THIRD);
        receiver.receive(step(THIRD, Optional.empty()), new Receiver.Way(0, true));
        assertThat(peers.lastBytes).isLessThan(20_000);
        assertThat(here.list().get("data").snapshots()).containsExactly("1.3");

        peers.way = bytes -> Arrays.copyOf(bytes, bytes.length - 30);
        assertThatThrownBy(() -> receiver.receive(step(FIRST, Optional.empty()), new Receiver.Way(0, true)))
                .isInstanceOf(IOException.class);
        assertThat(here.list().get("data").snapshots()).containsExactly("1.3");
    }

    @Test
    void receivesSnapshotsOneAfterTheOther() throws Exception {
        receiver.receive(step(FIRST, Optional.empty()));
        receiver.receive(step(SECOND, Optional.of(FIRST)));

        assertThat(here.list()).containsEntry("data", new StoredVolume("data", 0, List.of("1.1", "1.2"), 0, ""));
        assertThat(receiver.transfers(Set.of("data"))).singleElement().satisfies(last -> {
            assertThat(last.ended()).isTrue();
            assertThat(last.position()).isEqualTo("1.2");
            assertThat(last.doneBytes()).isPositive();
        });
        assertThat(receiver.transfers(Set.of("other"))).isEmpty();
    }

    @Test
    void saysWhatTheSenderDoesNotHave() {
        assertThatThrownBy(() -> receiver.receive(step(new SnapshotId("data", 3, 9), Optional.empty())))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Could not get snapshot data@3.9 from 10.0.0.1")
                .hasMessageContaining("does not have the snapshot");
    }

    @Test
    void takesNothingThatWasCutOrChangedOnItsWay() throws Exception {
        peers.way = bytes -> Arrays.copyOf(bytes, bytes.length - 1);
        assertThatThrownBy(() -> receiver.receive(step(FIRST, Optional.empty())))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("broke off");
        peers.way = bytes -> {
            bytes[bytes.length - 1] ^= 1;
            return bytes;
        };
        assertThatThrownBy(() -> receiver.receive(step(FIRST, Optional.empty())))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("damaged");

        assertThat(here.list()).isEmpty();
        assertThat(receiver.transfers(Set.of("data"))).isEmpty();
    }

    @Test
    void takesNothingFromAPoolOfAnotherKind() {
        peers.way = bytes -> new String(bytes, StandardCharsets.ISO_8859_1)
                .replace("\"memory\"", "\"zzzzzz\"")
                .getBytes(StandardCharsets.ISO_8859_1);

        assertThatThrownBy(() -> receiver.receive(step(FIRST, Optional.empty())))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("its volumes are in zzzzzz, those of this node in memory");
    }

    @Test
    void saysThatANodeCannotBeReached() {
        assertThatThrownBy(() -> receiver.receive(new Step.Receive(FIRST, Optional.empty(), "10.0.0.9")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("10.0.0.9 does not answer");
    }

    private static Step.Receive step(SnapshotId snapshot, Optional<SnapshotId> base) {
        return new Step.Receive(snapshot, base, "10.0.0.1");
    }
}
