package io.flocker.agent.volume;

import io.flocker.agent.kernel.Kernel;
import io.flocker.agent.program.Pipe;
import io.flocker.agent.program.WriteBehind;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.plan.StoredVolume;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Snapshots of a btrfs pool on their way to and from other pools, as streams of `btrfs send` ([Subvolume#send]) and by
/// `btrfs receive`.
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
    private final Placement placement;

    /// How what was received, all of it, gets its place. A test replaces it to show that it finds what is lost then.
    @FunctionalInterface
    interface Placement {
        /// Durable on return.
        void place(Subvolume received, Path place) throws IOException;
    }

    BtrfsTransfer(Path volumes, Path incoming, CrashPoint crash) {
        this(volumes, incoming, crash, (received, place) -> durably(received, place, crash));
    }

    BtrfsTransfer(Path volumes, Path incoming, CrashPoint crash, Placement placement) {
        this.volumes = volumes;
        this.incoming = incoming;
        this.crash = crash;
        this.placement = placement;
    }

    /// A snapshot writes out what it is of, too, but only this tells of a disk that did not take it. What a snapshot
    /// needs to be found, such as a directory that is new, is durable with it.
    private static void durably(Subvolume received, Path place, CrashPoint crash) throws IOException {
        Kernel.sync(received.path());
        crash.after("what was received is durable");
        received.snapshotTo(place);
        crash.after("it is in its place");
    }

    /// The newest before `snapshot`. `btrfs send` takes any two subvolumes, and sends all that is in one and the
    /// deletion of all that is in the other if they are not related: what they descend from tells.
    Optional<SnapshotId> base(SnapshotId snapshot, Collection<SnapshotId> shared) throws IOException {
        Path path = present(snapshot);
        Optional<SnapshotId> newest = shared.stream()
                .filter(other -> other.volume().equals(snapshot.volume()) && other.compareTo(snapshot) < 0)
                .filter(other -> Files.isDirectory(path(other), LinkOption.NOFOLLOW_LINKS))
                .max(SnapshotId::compareTo);
        return newest.isPresent()
                        && isIntact(newest.get())
                        && lineage(path(newest.get())).equals(lineage(path))
                ? newest
                : Optional.empty();
    }

    private static Optional<String> lineage(Path snapshot) throws IOException {
        return Kernel.marked(snapshot, BtrfsSpace.LINEAGE);
    }

    /// Deletes those of `present` that were taken of a head that is given up, after `last`, while
    /// nothing was written to it: nobody needs them.
    void forgetUnchanged(SnapshotId last, List<SnapshotId> present) throws IOException {
        long changedAt = new Subvolume(path(last)).facts().changedAt();
        for (SnapshotId snapshot : present) {
            var later = new Subvolume(path(snapshot));
            if (snapshot.compareTo(last) > 0 && later.facts().changedAt() == changedAt) {
                later.destroy();
                crash.after("what is no different is deleted");
            }
        }
    }

    /// What the extents that differ hold, as `btrfs send --no-data` lists them, uncompressed, and the list itself.
    long estimate(SnapshotId snapshot, Optional<SnapshotId> base) throws IOException {
        var subvolume = new Subvolume(present(snapshot));
        return BtrfsEstimate.of(
                subvolume, base.isPresent() ? Optional.of(new Subvolume(present(base.get()))) : Optional.empty());
    }

    void send(SnapshotId snapshot, Optional<SnapshotId> base, OutputStream out)
            throws IOException, InterruptedException {
        var subvolume = new Subvolume(intact(snapshot));
        Optional<Subvolume> from = base.isPresent() ? Optional.of(new Subvolume(intact(base.get()))) : Optional.empty();
        subvolume.send(from, Subvolume.Sent.ALL, in -> Pipe.copy(in, out));
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
        UUID parent =
                base.isPresent() ? new Subvolume(intact(base.get())).facts().uuid() : NONE;
        Path staging = Files.createDirectory(staging(snapshot.volume()));
        crash.after("there is a directory to receive in");
        Pipe.of("btrfs", "receive", "-q", staging.toString()).readFrom(new WriteBehind(in, () -> Kernel.sync(staging)));
        crash.after("it is received");
        Subvolume received = only(staging);
        check(received, snapshot, parent);
        Files.createDirectories(place.resolveSibling(""));
        crash.after("there is a directory for snapshots");
        placement.place(received, place);
    }

    /// A stream names what it is of, and builds upon whatever in the pool has the identity of its base: that another
    /// copy of it has the same does not keep `btrfs receive` from ending well.
    private static void check(Subvolume received, SnapshotId snapshot, UUID parent) throws IOException {
        Subvolume.Facts facts = received.facts();
        if (!facts.readOnly() || facts.received().equals(NONE)) {
            throw new IOException("the stream ended before the snapshot was complete");
        }
        String name = String.valueOf(received.path().getFileName());
        if (!name.equals(snapshot.position())) {
            throw new IOException("the stream is of the snapshot " + name);
        }
        if (!facts.parent().equals(parent)) {
            throw new IOException("it was built upon something else in this pool than its base, by the same identity;"
                    + " `btrfs subvolume list -uR` shows what has it: delete the copy that is not Flocker's");
        }
    }

    /// A volume that has no head here: those of the newest of its snapshots that somebody wrote to are not there for
    /// others, so that nothing builds upon them.
    StoredVolume stored(String volume, List<String> snapshots) throws IOException {
        List<String> usable = new ArrayList<>(snapshots);
        String problem = "";
        while (!usable.isEmpty() && !isIntact(SnapshotId.of(volume, usable.getLast()))) {
            problem = "its snapshot " + usable.removeLast()
                    + " was written to after it was received, by something other than Flocker; it comes anew";
        }
        return new StoredVolume(volume, 0, List.copyOf(usable), 0, problem);
    }

    private boolean isIntact(SnapshotId snapshot) throws IOException {
        var subvolume = new Subvolume(path(snapshot));
        return !subvolume.exists() || subvolume.facts().intact();
    }

    /// The snapshots of `volume` here that are none any more, because somebody wrote to them.
    List<SnapshotId> altered(String volume) throws IOException {
        Path directory = volumes.resolve(volume).resolve("snapshots");
        List<SnapshotId> altered = new ArrayList<>();
        for (SnapshotId snapshot : Names.snapshots(volume, new Tree(directory).names())) {
            if (!isIntact(snapshot)) {
                altered.add(snapshot);
            }
        }
        return altered;
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

    /// Where a snapshot is that is what it was when it was made.
    Path intact(SnapshotId snapshot) throws IOException {
        Path path = present(snapshot);
        if (!new Subvolume(path).facts().intact()) {
            throw new IOException(
                    "the snapshot " + snapshot + " at " + path
                            + " was written to after it was made, by something other than Flocker, so it is not used; delete it");
        }
        return path;
    }

    /// A stream of `btrfs send`, command by command, each with its attributes: see
    /// `fs/btrfs/send.h` of Linux. All its numbers are little-endian.
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
