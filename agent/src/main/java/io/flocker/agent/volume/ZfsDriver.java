package io.flocker.agent.volume;

import static io.flocker.agent.volume.Datasets.epochOf;
import static io.flocker.agent.volume.Datasets.last;
import static io.flocker.agent.volume.Datasets.parent;
import static io.flocker.agent.volume.Datasets.zfs;
import static io.flocker.agent.volume.Datasets.zfsOnceFree;

import io.flocker.agent.kernel.Kernel;
import io.flocker.core.model.Head;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.plan.StoredVolume;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.pcollections.TreePMap;

/// Volumes as ZFS datasets, on OpenZFS and on zfs-fuse: below `ROOT/volumes/ID` each epoch is a dataset of its own with
/// the snapshots taken in it, so that no snapshot ever moves; which epoch is the head says one property of
/// `ROOT/volumes/ID`. Setting it is the one moment a volume changes. Only the head is mounted, always at the same
/// place.
///
/// An epoch above the head's is one that is half made: it goes when the driver is opened or the volume is next
/// changed. ZFS lets nothing be deleted that a clone depends on: such datasets and snapshots become `gone:...` at once
/// and go when nothing depends on them any more.
///
/// Nothing ever moves to another parent: ZFS refuses that when the pool is full, and a full pool must let go of data.
public final class ZfsDriver implements VolumeDriver {
    private final String volumes;
    private final Path directory;
    private final CrashPoint crash;
    private final ZfsSweep sweep;
    private final ZfsTransfer transfer;

    /// Opens the pool in the dataset `root`; its volumes are mounted below `directory`.
    public ZfsDriver(String root, Path directory) throws IOException {
        this(root, directory, CrashPoint.NONE);
    }

    ZfsDriver(String root, Path directory, CrashPoint crash) throws IOException {
        this.volumes = root + "/volumes";
        this.directory = directory;
        this.crash = crash;
        this.sweep = new ZfsSweep(volumes, crash);
        this.transfer = new ZfsTransfer(volumes, crash);
        Datasets found = Datasets.below(volumes);
        if (!found.has(volumes)) {
            zfs("create", "-o", "mountpoint=none", "-o", "canmount=off", volumes);
        }
        for (String name : List.copyOf(found.byName().keySet())) {
            if (parent(name).equals(volumes) && Names.isVolume(last(name))) {
                restore(found, last(name));
            }
        }
        transfer.forgetProbes(found);
        sweep.of(Datasets.below(volumes));
    }

    @Override
    public TreePMap<String, StoredVolume> list() throws IOException {
        Datasets found = Datasets.below(volumes);
        TreePMap<String, StoredVolume> listed = TreePMap.empty();
        for (String name : found.byName().keySet()) {
            String id = name.substring(Math.min(name.length(), volumes.length() + 1));
            if (Names.isVolume(id) && name.indexOf('@') < 0) {
                Optional<StoredVolume> stored = found.stored(volumes, id);
                listed = stored.isPresent() ? listed.plus(id, stored.get()) : listed;
            }
        }
        return listed;
    }

    @Override
    public Optional<StoredVolume> find(String volume) throws IOException {
        return Datasets.below(volumes + "/" + Names.volume(volume)).stored(volumes, volume);
    }

    @Override
    public void makeHead(String volume, Head head, Filler filler) throws IOException {
        Datasets found = Datasets.below(volumes);
        long present = found.number(volumes + "/" + Names.volume(volume), Datasets.HEAD);
        if (present > head.epoch()) {
            throw new IOException("Could not make epoch " + head.epoch() + " of volume " + volume
                    + ": its head is of the later epoch " + present);
        }
        // Also deletes what an attempt before this one left.
        restore(found, volume);
        if (present == head.epoch()) {
            return;
        }
        if (present > 0) {
            refuseIfUsed(volume, present);
        }
        try {
            stage(found, volume, head, filler);
            if (present > 0) {
                keep(found, volume, present, head.keep());
            }
            install(volume, present, head.epoch());
        } catch (IOException e) {
            restore(Datasets.below(volumes), volume);
            throw new IOException(
                    "Could not make epoch " + head.epoch() + " of volume " + volume + ": " + e.getMessage() + space(),
                    e);
        }
    }

    /// Makes the whole new head beside the old one. It is not mounted at its place yet.
    private void stage(Datasets found, String volume, Head head, Filler filler) throws IOException {
        // Before anything is made: a base that is not here leaves nothing behind.
        Optional<String> base = head.base().flatMap(wanted -> found.find(volumes, wanted));
        if (head.base().isPresent() && base.isEmpty()) {
            throw new IOException("its base " + head.base().get() + " is not in the pool");
        }
        String next = dataset(volume, head.epoch());
        if (!found.has(parent(next))) {
            zfs("create", "-o", "canmount=off", "-o", "mountpoint=none", parent(next));
            crash.after("the volume's dataset is made");
        }
        if (base.isPresent()) {
            // Some versions mount every clone at once, whatever canmount says: so it gets its place afterwards.
            zfs("clone", "-o", "canmount=noauto", "-o", "mountpoint=none", base.get(), next);
            crash.after("the base is cloned");
        } else {
            Path hidden = directory.resolve("incoming").resolve(volume);
            Files.createDirectories(hidden);
            zfs("create", "-o", "canmount=on", "-o", "mountpoint=" + hidden, next);
            crash.after("an empty dataset is made");
            filler.fill(hidden);
            crash.after("it is filled");
            zfs("unmount", next);
            Files.delete(hidden);
            zfs("set", "canmount=noauto", next);
            crash.after("it is unmounted");
        }
        zfs("set", "mountpoint=" + headPath(volume), next);
        crash.after("the new head has its place");
    }

    /// Makes a snapshot of the head that is about to go. A head that is not the one `wanted` is about is kept too,
    /// under the next free number of its own epoch.
    private void keep(Datasets found, String volume, long epoch, Optional<SnapshotId> wanted) throws IOException {
        SnapshotId keep = wanted.filter(id -> id.volume().equals(volume) && id.epoch() == epoch)
                .orElse(Names.next(volume, epoch, found.snapshots(volumes, volume)));
        // One from an attempt before this one may be older than the head, which is still there.
        deleteSnapshot(found, keep);
        zfs("snapshot", dataset(volume, epoch) + "@" + keep.position());
        crash.after("the old head is kept");
    }

    private void install(String volume, long present, long epoch) throws IOException {
        if (present > 0) {
            // Looked at again: staging may have taken long.
            refuseIfUsed(volume, present);
            zfs("unmount", dataset(volume, present));
            crash.after("the old head is unmounted");
        }
        zfs("set", Datasets.HEAD + "=" + epoch, volumes + "/" + volume);
        crash.after("the new epoch is set");
        Files.createDirectories(headPath(volume));
        zfs("mount", dataset(volume, epoch));
        crash.after("the new head is mounted");
    }

    /// Mounts the head, and deletes what an attempt to make another one left.
    private void restore(Datasets found, String volume) throws IOException {
        String parent = volumes + "/" + volume;
        long epoch = found.number(parent, Datasets.HEAD);
        for (String name : List.copyOf(found.byName().keySet())) {
            boolean leftover = parent(name).equals(parent)
                    && name.indexOf('@') < 0
                    && epochOf(name) > epoch
                    && !found.occupied(name);
            if (leftover) {
                discard(found, name);
            }
        }
        Files.deleteIfExists(directory.resolve("incoming").resolve(volume));
        String head = dataset(volume, epoch);
        if (epoch > 0 && found.has(head) && !found.mounted(head)) {
            Files.createDirectories(headPath(volume));
            zfs("mount", head);
        } else if (epoch == 0 && found.has(parent) && !found.occupied(parent)) {
            zfsOnceFree("destroy", parent);
            found.byName().remove(parent);
        }
    }

    @Override
    public void limit(String volume, long bytes) throws IOException {
        long epoch = headEpoch(Names.volume(volume));
        if (epoch == 0) {
            throw new IOException("Could not limit volume " + volume + " to " + bytes + " bytes: it has no head here");
        }
        zfs("set", "refquota=" + (bytes == 0 ? "none" : bytes), dataset(volume, epoch));
        crash.after("the limit is set");
    }

    /// A snapshot waits for the pool's present transaction group; until then ZFS keeps what was written in memory.
    @Override
    public void flush(Collection<String> heads) throws IOException {
        for (String volume : heads) {
            Kernel.sync(headPath(volume));
        }
    }

    @Override
    public void snapshot(SnapshotId snapshot, Optional<Runnable> settled) throws IOException {
        String volume = Names.volume(snapshot.volume());
        Datasets found = Datasets.below(volumes + "/" + volume);
        if (found.find(volumes, snapshot).isPresent()) {
            settled.ifPresent(Runnable::run);
            return;
        }
        long epoch = found.number(volumes + "/" + volume, Datasets.HEAD);
        if (epoch != snapshot.epoch()) {
            throw new IOException("Could not take the snapshot " + snapshot + ": "
                    + (epoch == 0 ? "the volume has no head here" : "the volume's head is of epoch " + epoch));
        }
        zfs("snapshot", dataset(volume, epoch) + "@" + snapshot.position());
        settled.ifPresent(Runnable::run);
        crash.after("the snapshot is taken");
    }

    @Override
    public void deleteSnapshot(SnapshotId snapshot) throws IOException {
        Names.volume(snapshot.volume());
        Datasets found = Datasets.below(volumes);
        deleteSnapshot(found, snapshot);
        sweep.of(found);
        if (found.number(volumes + "/" + snapshot.volume(), Datasets.HEAD) == 0) {
            // A copy of a volume is gone with its last snapshot.
            restore(found, snapshot.volume());
        }
    }

    @Override
    public String kind() {
        return "zfs";
    }

    @Override
    public Optional<SnapshotId> base(SnapshotId snapshot, Collection<SnapshotId> shared) throws IOException {
        return transfer.base(snapshot, shared);
    }

    @Override
    public long estimate(SnapshotId snapshot, Optional<SnapshotId> base) throws IOException {
        return transfer.estimate(snapshot, base);
    }

    @Override
    public void send(SnapshotId snapshot, Optional<SnapshotId> base, OutputStream out)
            throws IOException, InterruptedException {
        transfer.send(snapshot, base, out);
    }

    @Override
    public void receive(SnapshotId snapshot, Optional<SnapshotId> base, InputStream in)
            throws IOException, InterruptedException {
        String volume = Names.volume(snapshot.volume());
        Datasets found = Datasets.below(volumes + "/" + volume);
        if (found.find(volumes, snapshot).isPresent()) {
            return;
        }
        long epoch = found.number(volumes + "/" + volume, Datasets.HEAD);
        if (epoch >= snapshot.epoch()) {
            throw new IOException("Could not receive the snapshot " + snapshot
                    + ": the volume's head is here, of epoch " + epoch + ", so its snapshots are taken here");
        }
        boolean received = false;
        try {
            transfer.receive(found, snapshot, base, in);
            received = true;
        } catch (IOException e) {
            throw new IOException("Could not receive the snapshot " + snapshot + ": " + e.getMessage() + space(), e);
        } finally {
            if (!received) {
                Datasets left = Datasets.below(volumes + "/" + volume);
                deleteSnapshot(left, snapshot);
                restore(left, volume);
            }
        }
    }

    @Override
    public void dropHead(String volume, SnapshotId last) throws IOException {
        Datasets found = Datasets.below(volumes);
        long epoch = found.number(volumes + "/" + Names.volume(volume), Datasets.HEAD);
        if (epoch == 0) {
            restore(found, volume);
            return;
        }
        if (found.find(volumes, last).isEmpty()) {
            throw new IOException("Could not give up the head of volume " + volume + ": the snapshot " + last
                    + " that its successor began with is not here");
        }
        refuseIfUsed(volume, epoch);
        String head = dataset(volume, epoch);
        try {
            if (found.mounted(head)) {
                zfs("unmount", head);
                crash.after("the head is unmounted");
            }
            transfer.keepTail(found, head, Names.next(volume, epoch, found.snapshots(volumes, volume)));
        } catch (IOException | InterruptedException e) {
            restore(Datasets.below(volumes), volume);
            throw e instanceof IOException failure ? failure : interrupted(e);
        }
        zfs("set", Datasets.HEAD + "=0", volumes + "/" + volume);
        crash.after("the head is given up");
        Files.deleteIfExists(headPath(volume));
        Files.deleteIfExists(headPath(volume).resolveSibling(""));
        restore(Datasets.below(volumes), volume);
    }

    private static IOException interrupted(Exception cause) {
        Thread.currentThread().interrupt();
        return new IOException("Stopped while giving up a head", cause);
    }

    private void deleteSnapshot(Datasets found, SnapshotId snapshot) throws IOException {
        String name = found.find(volumes, snapshot).orElse("");
        if (name.isEmpty()) {
            return;
        }
        if (found.cloned(name)) {
            String hidden = name.substring(0, name.indexOf('@') + 1) + ZfsSweep.GONE + snapshot.position();
            zfs("rename", name, found.free(hidden));
            crash.after("the snapshot is out of sight");
        } else {
            zfs("destroy", name);
            crash.after("the snapshot is deleted");
        }
        found.byName().remove(name);
    }

    @Override
    public void delete(String volume) throws IOException {
        String dataset = volumes + "/" + Names.volume(volume);
        Datasets all = Datasets.below(volumes);
        if (!all.has(dataset)) {
            return;
        }
        long epoch = all.number(dataset, Datasets.HEAD);
        if (epoch > 0) {
            refuseIfUsed(volume, epoch);
        }
        for (String name : all.byName().keySet()) {
            if (name.startsWith(dataset + "/") && all.mounted(name)) {
                zfs("unmount", name);
                crash.after("the head is unmounted");
            }
        }
        try {
            zfsOnceFree("rename", dataset, all.free(volumes + "/" + ZfsSweep.GONE + volume));
        } catch (IOException e) {
            restore(Datasets.below(volumes), volume);
            throw e;
        }
        crash.after("the volume is out of sight");
        new Tree(directory.resolve("volumes").resolve(volume)).delete();
        sweep.of(Datasets.below(volumes));
    }

    @Override
    public Path headPath(String volume) {
        return directory.resolve("volumes").resolve(volume).resolve("head");
    }

    /// What clones of its snapshots share counts as the volume's own.
    @Override
    public Usage usage(String volume) throws IOException {
        String dataset = volumes + "/" + Names.volume(volume);
        Datasets found = Datasets.below(dataset);
        long epoch = found.number(dataset, Datasets.HEAD);
        return new Usage(found.number(dataset(volume, epoch), "referenced"), found.number(dataset, "used"));
    }

    @Override
    public FileChanges changes(SnapshotId since, int most) throws IOException {
        String volume = Names.volume(since.volume());
        Datasets found = Datasets.below(volumes + "/" + volume);
        Optional<String> before = found.find(volumes, since);
        long epoch = found.number(volumes + "/" + volume, Datasets.HEAD);
        if (before.isEmpty() || epoch == 0) {
            throw new IOException("Could not tell what differs from " + since + ": "
                    + (epoch == 0 ? "the volume has no head here" : "it is not in the pool"));
        }
        return ZfsChanges.between(before.get(), dataset(volume, epoch), headPath(volume), most);
    }

    @Override
    public Capacity capacity() throws IOException {
        String[] lines = zfs("get", "-Hp", "-o", "value", "used,available", parent(volumes))
                .split("\n", -1);
        long used = Long.parseLong(lines[0]);
        long free = Long.parseLong(lines[1]);
        return new Capacity(used + free, free);
    }

    /// Deletes an epoch that never was a head.
    private void discard(Datasets found, String dataset) throws IOException {
        if (found.mounted(dataset)) {
            zfs("unmount", dataset);
        }
        zfsOnceFree("destroy", dataset);
        found.byName().remove(dataset);
    }

    private void refuseIfUsed(String volume, long epoch) throws IOException {
        String head = dataset(volume, epoch);
        Path own = headPath(volume);
        Optional<Mount.Use> use = Mount.find(
                mount -> mount.source().equals(head) && !mount.point().equals(own));
        if (use.isPresent()) {
            throw new IOException("The head of volume " + volume + " is in use: " + use.get() + "; stop that first");
        }
    }

    private long headEpoch(String volume) throws IOException {
        String dataset = volumes + "/" + volume;
        return Datasets.below(dataset).number(dataset, Datasets.HEAD);
    }

    private String dataset(String volume, long epoch) {
        return Datasets.head(volumes, volume, epoch);
    }

    private String space() throws IOException {
        Capacity capacity = capacity();
        return " (" + (capacity.freeBytes() >> 20) + " of " + (capacity.totalBytes() >> 20)
                + " MiB are free in the pool " + parent(volumes) + ")";
    }
}
