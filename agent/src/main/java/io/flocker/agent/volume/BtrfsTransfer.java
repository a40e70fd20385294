package io.flocker.agent.volume;

import io.flocker.agent.program.Pipe;
import io.flocker.core.model.SnapshotId;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Snapshots of a btrfs pool on their way to and from other pools, by `btrfs send` and `btrfs receive`.
///
/// `btrfs receive` that returned 0 is not on disk: after a power cut its files can be empty, and one that was killed
/// leaves half a subvolume. So a snapshot is received out of sight, written to disk, checked, and only then given its
/// place, by a snapshot of it: a read-only subvolume cannot be moved. That keeps the identity (`received_uuid`) by
/// which the next difference finds its base, and the one out of sight goes, so that no two have the same.
final class BtrfsTransfer {
    private static final UUID NONE = new UUID(0, 0);

    private final Path volumes;
    private final Path incoming;
    private final CrashPoint crash;

    BtrfsTransfer(Path volumes, Path incoming, CrashPoint crash) {
        this.volumes = volumes;
        this.incoming = incoming;
        this.crash = crash;
    }

    /// The newest before `snapshot`. `btrfs send` takes any two subvolumes, and sends all that is in one and the
    /// deletion of all that is in the other if they are not related: what they descend from tells.
    Optional<SnapshotId> base(SnapshotId snapshot, Collection<SnapshotId> shared) throws IOException {
        Path path = present(snapshot);
        Optional<SnapshotId> newest = shared.stream()
                .filter(other -> other.volume().equals(snapshot.volume()) && other.compareTo(snapshot) < 0)
                .filter(other -> Files.isDirectory(path(other), LinkOption.NOFOLLOW_LINKS))
                .max(SnapshotId::compareTo);
        return newest.isPresent() && lineage(path(newest.get())).equals(lineage(path)) ? newest : Optional.empty();
    }

    private static Optional<String> lineage(Path snapshot) throws IOException {
        return Kernel.marked(snapshot, BtrfsSpace.LINEAGE);
    }

    /// What the extents that differ hold, as `btrfs send --no-data` lists them, uncompressed, and the list itself.
    long estimate(SnapshotId snapshot, Optional<SnapshotId> base) throws IOException {
        Path path = present(snapshot);
        return BtrfsEstimate.of(
                base.isPresent()
                        ? List.of(
                                "btrfs",
                                "send",
                                "--no-data",
                                "-q",
                                "-p",
                                present(base.get()).toString(),
                                path.toString())
                        : List.of("btrfs", "send", "--no-data", "-q", path.toString()));
    }

    void send(SnapshotId snapshot, Optional<SnapshotId> base, OutputStream out)
            throws IOException, InterruptedException {
        String path = present(snapshot).toString();
        Pipe send = base.isPresent()
                ? Pipe.of(
                        "btrfs",
                        "send",
                        "--proto",
                        "2",
                        "--compressed-data",
                        "-q",
                        "-p",
                        present(base.get()).toString(),
                        path)
                : Pipe.of("btrfs", "send", "--proto", "2", "--compressed-data", "-q", path);
        send.writeTo(out);
    }

    /// Where a snapshot of `volume` is received. Whoever calls [#receive] empties it before and afterwards.
    Path staging(String volume) {
        return incoming.resolve(volume + ".received");
    }

    void receive(SnapshotId snapshot, Optional<SnapshotId> base, InputStream in)
            throws IOException, InterruptedException {
        Path place = path(snapshot);
        if (Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (base.isPresent()) {
            present(base.get());
        }
        Path staging = Files.createDirectory(staging(snapshot.volume()));
        crash.after("there is a directory to receive in");
        Pipe.of("btrfs", "receive", "-q", staging.toString()).readFrom(in);
        crash.after("it is received");
        Kernel.sync(staging);
        crash.after("what was received is durable");
        Subvolume received = only(staging);
        Subvolume.Facts facts = received.facts();
        if (!facts.readOnly() || facts.received().equals(NONE)) {
            throw new IOException("the stream ended before the snapshot was complete");
        }
        Files.createDirectories(place.resolveSibling(""));
        crash.after("there is a directory for snapshots");
        received.snapshotTo(place);
        crash.after("it is in its place");
        // The volume's directory may be new.
        Kernel.sync(volumes);
    }

    private static Subvolume only(Path staging) throws IOException {
        List<Path> entries = new Tree(staging).entries();
        var received = new Subvolume(entries.size() == 1 ? entries.getFirst() : staging);
        if (entries.size() != 1 || !received.exists()) {
            throw new IOException("the stream holds " + entries.size() + " snapshots, not one");
        }
        return received;
    }

    private Path path(SnapshotId snapshot) {
        return volumes.resolve(snapshot.volume()).resolve("snapshots").resolve(snapshot.position());
    }

    private Path present(SnapshotId snapshot) throws IOException {
        Path path = path(snapshot);
        if (!Names.isVolume(snapshot.volume()) || !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("the snapshot " + snapshot + " is not in the pool at " + volumes.resolveSibling(""));
        }
        return path;
    }

    /// A stream of `btrfs send`, command by command, each with its attributes: see `fs/btrfs/send.h` of Linux. All its
    /// numbers
    /// are little-endian.
    static final class Stream {
        static final int COMMAND_HEAD_BYTES = 10;

        /// `btrfs-stream`, a zero byte, the version.
        private static final int HEAD_BYTES = 17;

        private static final int ATTRIBUTE_HEAD_BYTES = 4;
        private static final int MOST_COMMAND_BYTES = 1 << 20;

        private Stream() {}

        /// What is done with what a stream says.
        interface Reader {
            /// An attribute of the command that is being read; takes exactly `size` bytes.
            void attribute(int command, int type, int size, DataInputStream in) throws IOException;

            /// A command's attributes are read; they took `length` bytes.
            void end(int command, int length) throws IOException;
        }

        /// Reads a stream to its end.
        ///
        /// @throws IOException if it is damaged, or by `reader`
        static void read(InputStream stream, Reader reader) throws IOException {
            var in = new DataInputStream(new BufferedInputStream(stream));
            in.skipNBytes(HEAD_BYTES);
            while (true) {
                int length;
                try {
                    length = Integer.reverseBytes(in.readInt());
                } catch (EOFException e) {
                    return;
                }
                if (length < 0 || length > MOST_COMMAND_BYTES) {
                    throw new IOException("btrfs send wrote a command of " + length + " bytes");
                }
                int command = unsignedShort(in);
                in.skipNBytes(Integer.BYTES);
                for (int left = length; left > 0; ) {
                    int type = unsignedShort(in);
                    int size = unsignedShort(in);
                    reader.attribute(command, type, size, in);
                    left -= ATTRIBUTE_HEAD_BYTES + size;
                }
                reader.end(command, length);
            }
        }

        private static int unsignedShort(DataInputStream in) throws IOException {
            return Short.toUnsignedInt(Short.reverseBytes(in.readShort()));
        }
    }
}
