package io.flocker.agent.volume;

import static io.flocker.agent.volume.Datasets.zfs;

import io.flocker.agent.program.Pipe;
import io.flocker.agent.program.Program;
import io.flocker.agent.program.ProgramFailed;
import io.flocker.core.model.SnapshotId;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/// Snapshots of a ZFS pool on their way to and from other pools, by `zfs send` and `zfs receive`. A received dataset is
/// never mounted, so that it never differs from what was sent: `receive -F`, which destroys what differs, is not
/// needed.
///
/// The first snapshot of an epoch arrives as a clone of the one the epoch began with, which ZFS finds by its identity
/// wherever it is in the pool, the next ones as differences. One that comes out of order gets a dataset of its own.
final class ZfsTransfer {
    /// A snapshot that is only for a comparison. No snapshot's own name has a colon.
    private static final String PROBE = "@probe:";

    private static final int RECORD_BYTES = 312;
    private static final int END_RECORD = 5;

    private final String volumes;
    private final CrashPoint crash;

    ZfsTransfer(String volumes, CrashPoint crash) {
        this.volumes = volumes;
        this.crash = crash;
    }

    /// The newest shared one of the same dataset; for the first that is sent of an epoch, what its dataset was cloned
    /// from. None if the receiver's dataset has a later one already, because nothing can be put before that.
    Optional<SnapshotId> base(SnapshotId snapshot, Collection<SnapshotId> shared) throws IOException {
        Datasets found = Datasets.below(volumes + "/" + snapshot.volume());
        String name = present(found, snapshot);
        String dataset = name.substring(0, name.indexOf('@'));
        List<SnapshotId> sameEpoch = shared.stream()
                .filter(other -> other.volume().equals(snapshot.volume()) && other.epoch() == snapshot.epoch())
                .sorted()
                .toList();
        if (sameEpoch.isEmpty()) {
            String origin = found.origin(dataset).orElse("");
            return shared.stream()
                    .filter(other -> origin.endsWith("@" + other.position())
                            && found.find(volumes, other).filter(origin::equals).isPresent())
                    .findFirst();
        }
        return Optional.of(sameEpoch.getLast())
                .filter(other -> other.compareTo(snapshot) < 0 && found.has(dataset + "@" + other.position()));
    }

    /// Asks `zfs send -n`. What lacks that (zfs-fuse) gets by how much more the snapshot refers to than its base,
    /// which is too little where something was overwritten or deleted.
    long estimate(SnapshotId snapshot, Optional<SnapshotId> base) throws IOException {
        Datasets found = Datasets.below(volumes + "/" + snapshot.volume());
        List<String> command = command(found, snapshot, base, "-nP");
        Program.Ended ended = Program.of(command.toArray(String[]::new)).end();
        if (ended.exitCode() == 0) {
            return ended.output()
                    .lines()
                    .filter(line -> line.startsWith("size\t"))
                    .mapToLong(line -> Long.parseLong(line.substring("size\t".length())))
                    .findFirst()
                    .orElse(0);
        }
        long before = base.isPresent() ? found.number(present(found, base.get()), "referenced") : 0;
        return Math.max(0, found.number(present(found, snapshot), "referenced") - before);
    }

    void send(SnapshotId snapshot, Optional<SnapshotId> base, OutputStream out)
            throws IOException, InterruptedException {
        Datasets found = Datasets.below(volumes + "/" + snapshot.volume());
        new Pipe(command(found, snapshot, base)).writeTo(out);
    }

    private List<String> command(Datasets found, SnapshotId snapshot, Optional<SnapshotId> base, String... options)
            throws IOException {
        List<String> command = new ArrayList<>(List.of("zfs", "send"));
        command.addAll(List.of(options));
        if (base.isPresent()) {
            command.addAll(List.of("-i", present(found, base.get())));
        }
        command.add(present(found, snapshot));
        return command;
    }

    /// Receives into the volume's datasets, which are `found`. Leaves what a failure leaves.
    void receive(Datasets found, SnapshotId snapshot, Optional<SnapshotId> base, InputStream in)
            throws IOException, InterruptedException {
        String parent = volumes + "/" + snapshot.volume();
        Optional<String> from = base.isPresent() ? Optional.of(present(found, base.get())) : Optional.empty();
        boolean goesOn = base.isPresent() && base.get().epoch() == snapshot.epoch();
        String dataset;
        if (goesOn) {
            String name = from.orElseThrow();
            dataset = name.substring(0, name.indexOf('@'));
            // Where later ones were deleted, the dataset itself still is as the latest of them was.
            zfs("rollback", name);
            crash.after("the dataset is as its last snapshot");
        } else {
            dataset = vacant(found, parent, snapshot);
        }
        if (!found.has(parent)) {
            zfs("create", "-o", "canmount=off", "-o", "mountpoint=none", parent);
            crash.after("the volume's dataset is made");
        }
        Pipe.of("zfs", "receive", "-u", dataset + "@" + snapshot.position()).readFrom(in);
        crash.after("it is received");
        if (!goesOn) {
            zfs("set", "canmount=noauto", dataset);
            crash.after("its dataset is never mounted by itself");
        }
    }

    private static String vacant(Datasets found, String parent, SnapshotId snapshot) throws IOException {
        for (String name : List.of(parent + "/" + snapshot.epoch(), parent + "/" + snapshot.position())) {
            if (!found.has(name)) {
                return name;
            }
            if (!found.occupied(name)) {
                Datasets.zfsOnceFree("destroy", name);
                return name;
            }
        }
        throw new IOException("there is no place for it below " + parent);
    }

    /// Makes the snapshot `keep` of an unmounted head, unless its last snapshot, or what it was cloned from, holds the
    /// same.
    void keepTail(Datasets found, String head, SnapshotId keep) throws IOException, InterruptedException {
        String probe = head + PROBE + keep.position();
        if (found.has(probe)) {
            zfs("destroy", probe);
        }
        zfs("snapshot", probe);
        crash.after("there is a snapshot to compare with");
        Optional<String> before = found.snapshots(volumes, keep.volume()).reversed().stream()
                .map(snapshot -> head + "@" + snapshot.position())
                .filter(found::has)
                .findFirst()
                .or(() -> found.origin(head));
        if (before.isPresent() && same(before.get(), probe)) {
            zfs("destroy", probe);
        } else {
            zfs("rename", probe, head + "@" + keep.position());
            crash.after("the head's tail is kept");
        }
    }

    /// Whether the difference is one that only begins and ends. (zfs-fuse has no property `written`.)
    private static boolean same(String before, String after) throws IOException, InterruptedException {
        var differs = new AtomicBoolean();
        try {
            Pipe.of("zfs", "send", "-i", before, after).readBy(output -> {
                var in = new DataInputStream(output);
                in.skipNBytes(RECORD_BYTES);
                int type = in.readInt();
                differs.set(type != END_RECORD && Integer.reverseBytes(type) != END_RECORD);
                // The rest is not needed, nor is it waited for.
                in.close();
            });
        } catch (ProgramFailed e) {
            if (!differs.get()) {
                throw e;
            }
        }
        return !differs.get();
    }

    /// Deletes what a crash left of comparisons.
    void forgetProbes(Datasets found) throws IOException {
        for (String name : found.byName().keySet()) {
            if (name.contains(PROBE)) {
                zfs("destroy", name);
            }
        }
    }

    private String present(Datasets found, SnapshotId snapshot) throws IOException {
        return found.find(volumes, snapshot)
                .orElseThrow(() -> new IOException(
                        "the snapshot " + snapshot + " is not in the pool " + Datasets.parent(volumes)));
    }
}
