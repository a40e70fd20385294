package io.flocker.agent.transfer;

import com.github.luben.zstd.ZstdOutputStream;
import io.flocker.agent.engine.ContainerEngine;
import io.flocker.agent.volume.VolumeDriver;
import io.flocker.core.model.SnapshotId;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends snapshots and images of this node to others, [#MOST_AT_ONCE] at once, all together no faster than its limit.
public final class Sender {
    private static final Logger log = LoggerFactory.getLogger(Sender.class);

    static final int MOST_AT_ONCE = 8;

    /// Nothing that goes through a transfer for so long ends it, on both sides.
    static final Duration STALL = Duration.ofSeconds(30);

    /// How long others may wait for a place. Less than [#STALL], so that they hear why they got none.
    private static final long PLACE_SECONDS = 20;

    /// The quickest that Zstandard calls a level of its own: more than a link between data centers carries.
    private static final int COMPRESSION_LEVEL = 1;

    /// A difference that took less is not reckoned up before the next one is sent: that reads as much as sending it.
    private static final long SLOW_NANOS = Duration.ofSeconds(1).toNanos();

    private static final int MOST_SLOW = 10_000;

    private final VolumeDriver volumes;
    private final ContainerEngine engine;
    private final RateLimit limit;
    private final Semaphore places = new Semaphore(MOST_AT_ONCE, true);
    /// The ids of volumes whose last difference took long.
    private final Set<String> slow = ConcurrentHashMap.newKeySet();

    /// @param bytesPerSecond how fast it sends at most; 0 for no limit
    public Sender(VolumeDriver volumes, ContainerEngine engine, long bytesPerSecond) {
        this.volumes = volumes;
        this.engine = engine;
        limit = new RateLimit(bytesPerSecond);
    }

    /// Something that can be sent, and has a place until it is closed.
    public final class Sending implements AutoCloseable {
        private final Header header;
        private final Source source;

        private Sending(Header header, Source source) {
            this.header = header;
            this.source = source;
        }

        /// Sends it. That the content cannot be read is told to the receiver; only a receiver that is gone is thrown.
        ///
        /// @param compressed whether as a Zstandard frame (RFC 8878): for where the network is slower than that
        public void to(OutputStream out, boolean compressed) throws IOException, InterruptedException {
            Watchdog.over(STALL, watchdog -> {
                try (OutputStream paced = new Paced(out, watchdog);
                        OutputStream way = compressed ? new ZstdOutputStream(paced, COMPRESSION_LEVEL) : paced) {
                    send(way);
                }
            });
        }

        private void send(OutputStream out) throws IOException, InterruptedException {
            var framed = new FramedOutput(out, header);
            try {
                source.writeTo(framed);
            } catch (Gone e) {
                throw e;
            } catch (IOException e) {
                log.atWarn()
                        .addKeyValue("what", header.name())
                        .addKeyValue("reason", e.getMessage())
                        .log("Sending failed");
                framed.fail("Could not send " + header.name() + ": " + e.getMessage());
                return;
            }
            framed.end();
        }

        @Override
        public void close() {
            places.release();
        }
    }

    /// Where content comes from.
    @FunctionalInterface
    private interface Source {
        void writeTo(OutputStream out) throws IOException, InterruptedException;
    }

    /// A snapshot, as a difference from the best of `shared` if there is a good one.
    ///
    /// @throws IOException if it is not here, or too much is being sent already
    public Sending snapshot(SnapshotId snapshot, List<SnapshotId> shared) throws IOException, InterruptedException {
        if (volumes.find(snapshot.volume())
                .filter(stored -> stored.snapshots().contains(snapshot.position()))
                .isEmpty()) {
            throw new IOException("This node does not have the snapshot " + snapshot
                    + ": it was deleted, or another node has the volume's data now; flocker snapshot ls shows what"
                    + " there is");
        }
        Optional<SnapshotId> base = volumes.base(snapshot, shared);
        takePlace(snapshot.toString());
        try {
            boolean large = base.isEmpty() || slow.contains(snapshot.volume());
            long bytes = large ? volumes.estimate(snapshot, base) : 0;
            Header header = Header.of(snapshot, base, volumes.kind(), bytes);
            return new Sending(header, out -> {
                long begun = System.nanoTime();
                volumes.send(snapshot, base, out);
                learn(snapshot.volume(), System.nanoTime() - begun);
            });
        } catch (IOException | RuntimeException e) {
            places.release();
            throw e;
        }
    }

    /// Whether the next difference is worth being told how large it is before.
    private void learn(String volume, long nanos) {
        if (nanos < SLOW_NANOS) {
            slow.remove(volume);
        } else if (slow.size() < MOST_SLOW) {
            slow.add(volume);
        }
    }

    /// An image.
    ///
    /// @throws IOException if it is not here, or too much is being sent already
    public Sending image(String name) throws IOException, InterruptedException {
        ContainerEngine.Image image =
                engine.image(name).orElseThrow(() -> new IOException("Image " + name + " is not on this node"));
        takePlace("image " + name);
        return new Sending(new Header(name, "", Header.IMAGE, image.bytes()), out -> engine.save(name, out));
    }

    private void takePlace(String what) throws IOException, InterruptedException {
        if (!places.tryAcquire(PLACE_SECONDS, TimeUnit.SECONDS)) {
            throw new IOException("Could not send " + what + ": this node has been sending " + MOST_AT_ONCE
                    + " other things for the last " + PLACE_SECONDS + " s; it is tried again");
        }
    }

    /// The receiver is gone.
    private static final class Gone extends IOException {
        private static final long serialVersionUID = 1;

        Gone(IOException cause) {
            super("The receiver is gone: " + cause.getMessage(), cause);
        }
    }

    /// The way to the receiver.
    private final class Paced extends OutputStream {
        private final OutputStream out;
        private final Watchdog watchdog;

        Paced(OutputStream out, Watchdog watchdog) {
            this.out = out;
            this.watchdog = watchdog;
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                limit.take(length);
                out.write(bytes, offset, length);
                watchdog.passed();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("Interrupted while sending");
            } catch (IOException e) {
                throw new Gone(e);
            }
        }

        @Override
        public void flush() throws IOException {
            try {
                out.flush();
            } catch (IOException e) {
                throw new Gone(e);
            }
        }
    }
}
