package io.flocker.agent.transfer;

import com.github.luben.zstd.ZstdInputStream;
import io.flocker.agent.volume.VolumeDriver;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.plan.Step;
import io.flocker.core.plan.StoredVolume;
import io.flocker.core.plan.Transfer;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;

/// Fetches snapshots from other nodes. Knows how far each is.
public final class Receiver {
    /// How many of the newest snapshots here a sender is told of, to choose a base among.
    private static final int MOST_BASES = 100;

    private final VolumeDriver volumes;
    private final Peers peers;
    private final Map<String, Incoming> underWay = new ConcurrentSkipListMap<>();
    /// The last difference of each volume.
    private final Map<String, Transfer> ended = new ConcurrentSkipListMap<>();

    public Receiver(VolumeDriver volumes, Peers peers) {
        this.volumes = volumes;
        this.peers = peers;
    }

    /// What is being received, and the last difference that came of each of these volumes.
    public List<Transfer> transfers(Set<String> present) {
        long now = System.nanoTime();
        ended.keySet().retainAll(present);
        return Stream.concat(
                        underWay.values().stream().map(incoming -> incoming.seenAt(now, false)),
                        ended.values().stream())
                .toList();
    }

    /// How snapshots come.
    ///
    /// @param bytesPerSecond how fast at most, as they are on the network; 0 for no limit
    /// @param compressed whether they come compressed
    public record Way(long bytesPerSecond, boolean compressed) {
        /// As fast as can be, as they are.
        public static final Way USUAL = new Way(0, false);
    }

    public void receive(Step.Receive step) throws IOException, InterruptedException {
        receive(step, Way.USUAL);
    }

    /// Takes the step: what it returns from is durable. Ends when its thread is interrupted.
    public void receive(Step.Receive step, Way way) throws IOException, InterruptedException {
        String volume = step.snapshot().volume();
        try {
            Watchdog.over(Sender.STALL, watchdog -> receive(step, way, watchdog));
        } catch (IOException e) {
            throw new IOException(
                    "Could not get snapshot " + step.snapshot() + " from " + step.source() + ": " + e.getMessage(), e);
        } finally {
            underWay.remove(volume);
        }
    }

    private void receive(Step.Receive step, Way way, Watchdog watchdog) throws IOException, InterruptedException {
        SnapshotId snapshot = step.snapshot();
        List<SnapshotId> here = here(step);
        try (InputStream stream = peers.snapshot(step.source(), snapshot, here, way.compressed());
                InputStream paced = new Throttled(stream, new RateLimit(way.bytesPerSecond()));
                var framed = new FramedInput(way.compressed() ? new ZstdInputStream(paced) : paced)) {
            Header header = framed.header();
            Optional<SnapshotId> base = check(header, snapshot, here);
            var incoming = new Incoming(snapshot, header.estimatedBytes());
            underWay.put(snapshot.volume(), incoming);
            var watched = new Watched(framed, watchdog, length -> incoming.doneBytes = length);
            volumes.receive(snapshot, base, watched);
            if (base.isPresent()) {
                ended.put(snapshot.volume(), incoming.seenAt(System.nanoTime(), true));
            }
        }
    }

    /// The snapshots that the sender may build upon: the newest, and the one the step names.
    private List<SnapshotId> here(Step.Receive step) throws IOException {
        String volume = step.snapshot().volume();
        List<String> stored = volumes.find(volume).map(StoredVolume::snapshots).orElse(List.of());
        List<SnapshotId> here = new ArrayList<>();
        stored.reversed().stream()
                .limit(MOST_BASES)
                .map(position -> SnapshotId.of(volume, position))
                .forEach(here::add);
        step.base()
                .filter(base -> stored.contains(base.position()) && !here.contains(base))
                .ifPresent(here::add);
        return List.copyOf(here);
    }

    private Optional<SnapshotId> check(Header header, SnapshotId snapshot, List<SnapshotId> here) throws IOException {
        if (!header.name().equals(snapshot.toString())) {
            throw new IOException("it sent " + header.name());
        }
        if (!header.kind().equals(volumes.kind())) {
            throw new IOException("its volumes are in " + header.kind() + ", those of this node in " + volumes.kind()
                    + "; snapshots pass only between pools of one kind");
        }
        if (header.base().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(here.stream()
                .filter(id -> id.position().equals(header.base()))
                .findFirst()
                .orElseThrow(
                        () -> new IOException("it sent the difference from " + header.base() + ", which is not here")));
    }

    /// A snapshot on its way here.
    private static final class Incoming {
        private final SnapshotId snapshot;
        private final long estimatedBytes;
        private final long begunNanos = System.nanoTime();
        private volatile long doneBytes;

        Incoming(SnapshotId snapshot, long estimatedBytes) {
            this.snapshot = snapshot;
            this.estimatedBytes = estimatedBytes;
        }

        Transfer seenAt(long nanos, boolean whole) {
            long done = doneBytes;
            double seconds = Math.max(nanos - begunNanos, 1) / 1e9;
            return new Transfer(
                    snapshot.volume(),
                    snapshot.position(),
                    done,
                    whole ? done : Math.max(done, estimatedBytes),
                    (long) (done / seconds),
                    whole);
        }
    }
}
