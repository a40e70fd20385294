package io.flocker.agent.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.agent.volume.VolumeDriver;
import io.flocker.core.model.Head;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.plan.Step;
import io.flocker.core.plan.StoredVolume;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Whatever happens to a transfer on its way from one node's sender to another's receiver, nothing is taken for a
/// snapshot that is not the one that was sent. Each test prints how many it tried and how many were accepted.
abstract class StreamFaultsContract {
    private static final SnapshotId FIRST = new SnapshotId("data", 1, 1);
    private static final SnapshotId SECOND = new SnapshotId("data", 1, 2);
    private static final SnapshotId THIRD = new SnapshotId("data", 1, 3);
    private static final SnapshotId LATER = new SnapshotId("data", 2, 1);
    private static final int PERCENT = 100;
    private static final int BYTES = 150_000;

    private final NearPeers peers = new NearPeers();
    private VolumeDriver there;
    private VolumeDriver here;
    private Receiver receiver;
    /// The transfer of the second snapshot, as the difference from the first.
    private byte[] sent;

    abstract VolumeDriver sender() throws IOException;

    abstract VolumeDriver receiver() throws IOException;

    /// The directory of the receiver's pool.
    abstract Path pool();

    /// How many bits are flipped, one at a time.
    abstract int flips();

    @BeforeEach
    void aFirstSnapshotArrived() throws Exception {
        there = sender();
        here = receiver();
        there.makeHead(
                "data",
                new Head(1, "n1", Optional.empty(), Optional.empty()),
                folder -> Files.write(folder.resolve("file"), random(1)));
        there.snapshot(FIRST);
        Files.write(there.headPath("data").resolve("file"), random(2));
        there.snapshot(SECOND);
        Files.write(there.headPath("data").resolve("file"), random(3));
        there.snapshot(THIRD);
        peers.senders.put("10.0.0.1", new Sender(there, new FakeEngine(), 0));
        receiver = new Receiver(here, peers);
        receiver.receive(step(FIRST, Optional.empty()));
        sent = sent(SECOND);
    }

    private static byte[] random(int seed) {
        var bytes = new byte[BYTES];
        new SplittableRandom(seed).nextBytes(bytes);
        return bytes;
    }

    private byte[] sent(SnapshotId snapshot) throws Exception {
        var bytes = new ByteArrayOutputStream();
        try (Sender.Sending sending = peers.senders.get("10.0.0.1").snapshot(snapshot, List.of(FIRST))) {
            sending.to(bytes, false);
        }
        return bytes.toByteArray();
    }

    private static Step.Receive step(SnapshotId snapshot, Optional<SnapshotId> base) {
        return new Step.Receive(snapshot, base, "10.0.0.1");
    }

    /// Lets `arriving` arrive instead of what was sent.
    ///
    /// @return whether it was accepted
    private boolean accepts(SnapshotId awaited, byte[] arriving, String what) throws Exception {
        peers.way = _ -> arriving;
        try {
            receiver.receive(step(awaited, Optional.of(FIRST)));
        } catch (IOException e) {
            assertThat(snapshots(awaited.volume())).as(what).doesNotContain(awaited.position());
            return false;
        }
        return true;
    }

    private List<String> snapshots(String volume) throws IOException {
        return Optional.ofNullable(here.list().get(volume))
                .map(StoredVolume::snapshots)
                .orElse(List.of());
    }

    private void tell(String what, int tried, int accepted) throws IOException {
        System.out.println(here.kind() + ": " + what + ": " + tried + " tried, " + accepted + " accepted");
    }

    private void arrivesAfterAll() throws Exception {
        assertThat(accepts(SECOND, sent, "what was sent")).isTrue();
        assertThat(content(SECOND)).isEqualTo(random(2));
        assertThat(content(FIRST)).isEqualTo(random(1));
    }

    @Test
    void nothingIsAcceptedThatWasCut() throws Exception {
        int accepted = 0;
        for (int percent = 0; percent < PERCENT; percent++) {
            byte[] part = Arrays.copyOf(sent, (int) ((long) sent.length * percent / PERCENT));
            accepted += accepts(SECOND, part, percent + " %") ? 1 : 0;
        }
        accepted += accepts(SECOND, Arrays.copyOf(sent, sent.length - 1), "all but one byte") ? 1 : 0;
        tell("cut at each percent, and before the last byte", PERCENT + 1, accepted);
        assertThat(accepted).isZero();
        arrivesAfterAll();
    }

    /// A bit of the header that only says how long it may take does no harm.
    @Test
    void nothingIsAcceptedOfWhichABitWasFlipped() throws Exception {
        long seed = Long.getLong("seed", 6);
        var random = new SplittableRandom(seed);
        byte[] content = random(2);
        int accepted = 0;
        int harmless = 0;
        for (int flip = 0; flip < flips(); flip++) {
            byte[] flipped = sent.clone();
            int at = random.nextInt(flipped.length);
            flipped[at] ^= (byte) (1 << random.nextInt(8));
            if (accepts(SECOND, flipped, "byte " + at)) {
                boolean header = at < Frames.HEAD_BYTES + length(sent, 0);
                boolean same = header && Arrays.equals(content(SECOND), content);
                harmless += same ? 1 : 0;
                accepted += same ? 0 : 1;
                here.deleteSnapshot(SECOND);
            }
        }
        tell(
                "one bit flipped, seed=" + seed + ", " + harmless + " times one that is of no importance",
                flips(),
                accepted);
        assertThat(accepted).isZero();
        arrivesAfterAll();
    }

    @Test
    void nothingIsAcceptedOfWhichAPartCameTwiceOrLate() throws Exception {
        List<byte[]> frames = frames(sent);
        assertThat(frames).as("frames").hasSizeGreaterThan(4);
        int last = frames.size() - 1;
        List<List<byte[]>> disordered = new ArrayList<>();
        // What comes after the end is not read.
        for (int i = 0; i < last; i++) {
            List<byte[]> twice = new ArrayList<>(frames);
            twice.add(i, frames.get(i));
            disordered.add(twice);
            List<byte[]> without = new ArrayList<>(frames);
            without.remove(i);
            disordered.add(without);
            for (int j = i + 1; j <= last; j++) {
                List<byte[]> swapped = new ArrayList<>(frames);
                Collections.swap(swapped, i, j);
                disordered.add(swapped);
            }
        }
        int accepted = 0;
        int tried = 0;
        for (List<byte[]> some : disordered) {
            // Two frames that are alike, or an empty one, change nothing.
            if (!Arrays.equals(said(some), said(frames))) {
                tried++;
                accepted += accepts(SECOND, joined(some), "frames of " + lengths(some)) ? 1 : 0;
            }
        }
        tell("frames twice, lost and swapped", tried, accepted);
        assertThat(accepted).isZero();
        arrivesAfterAll();
    }

    @Test
    void nothingIsAcceptedThatIsOfAnotherSnapshotOrAnEarlierEpoch() throws Exception {
        arrivesAfterAll();
        byte[] third = sent(THIRD);
        int accepted = 0;
        accepted += accepts(THIRD, sent, "the second for the third") ? 1 : 0;
        accepted += accepts(LATER, third, "one of the epoch before") ? 1 : 0;
        accepted += accepts(new SnapshotId("other", 1, 3), third, "another volume's") ? 1 : 0;
        here.makeHead("data", new Head(2, "n2", Optional.of(SECOND), Optional.empty()), VolumeDriver.Filler.NOTHING);
        accepted += accepts(THIRD, third, "the former primary's, once this node is the primary") ? 1 : 0;
        here.snapshot(LATER);
        accepted += accepts(THIRD, third, "the same once more") ? 1 : 0;
        tell("replays: of another snapshot, another volume and an earlier epoch", 5, accepted);
        assertThat(accepted).isZero();
        assertThat(snapshots("data")).containsExactly("1.1", "1.2", "2.1");
    }

    private static int length(byte[] bytes, int frame) {
        return ByteBuffer.wrap(bytes).getInt(frame + 1);
    }

    private static List<byte[]> frames(byte[] bytes) {
        List<byte[]> frames = new ArrayList<>();
        for (int at = 0; at < bytes.length; ) {
            int end = at + Frames.HEAD_BYTES + length(bytes, at);
            frames.add(Arrays.copyOfRange(bytes, at, end));
            at = end;
        }
        return frames;
    }

    /// What the frames say together: in which order what begins, comes and ends.
    private static byte[] said(List<byte[]> frames) throws IOException {
        var said = new ByteArrayOutputStream();
        for (byte[] frame : frames) {
            boolean content = frame[0] == Frames.CONTENT;
            said.write(frame, content ? Frames.HEAD_BYTES : 0, frame.length - (content ? Frames.HEAD_BYTES : 0));
        }
        return said.toByteArray();
    }

    private static List<Integer> lengths(List<byte[]> frames) {
        return frames.stream().map(frame -> frame.length).toList();
    }

    private static byte[] joined(List<byte[]> frames) throws IOException {
        var joined = new ByteArrayOutputStream();
        for (byte[] frame : frames) {
            joined.write(frame);
        }
        return joined.toByteArray();
    }

    private byte[] content(SnapshotId snapshot) throws IOException {
        return Files.readAllBytes(pool().resolve("volumes")
                .resolve(snapshot.volume())
                .resolve("snapshots")
                .resolve(snapshot.position())
                .resolve("file"));
    }
}
