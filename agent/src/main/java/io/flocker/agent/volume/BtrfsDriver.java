package io.flocker.agent.volume;

import io.flocker.agent.kernel.Kernel;
import io.flocker.core.model.Head;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.plan.StoredVolume;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.pcollections.TreePMap;

/// Volumes as btrfs subvolumes: `volumes/ID/head` (writable), `volumes/ID/snapshots/EPOCH.SEQUENCE` (read-only), and
/// `incoming/` for what is half made or half deleted, which is emptied when the driver is opened.
///
/// A head carries its epoch as an extended attribute, set while it is still hidden: exchanging the two heads' names
/// is the one moment a volume changes. The driver keeps nothing in memory, so it finds what an earlier one made.
public final class BtrfsDriver implements VolumeDriver {
    private final Path volumes;
    private final Path incoming;
    private final BtrfsQuotas quotas;
    private final CrashPoint crash;
    private final BtrfsTransfer transfer;

    /// Opens the pool in `directory`, which is in a mounted btrfs file system.
    public BtrfsDriver(Path directory) throws IOException {
        this(directory, CrashPoint.NONE);
    }

    BtrfsDriver(Path directory, CrashPoint crash) throws IOException {
        this(directory, crash, new BtrfsTransfer(directory.resolve("volumes"), directory.resolve("incoming"), crash));
    }

    BtrfsDriver(Path directory, CrashPoint crash, BtrfsTransfer transfer) throws IOException {
        if (!Files.getFileStore(directory).type().equals("btrfs")) {
            throw new IOException(
                    "Could not open the pool in " + directory + ": it is not in a btrfs file system but in "
                            + Files.getFileStore(directory).type() + "; mount one there");
        }
        this.volumes = Files.createDirectories(directory.resolve("volumes"));
        this.incoming = Files.createDirectories(directory.resolve("incoming"));
        this.quotas = new BtrfsQuotas(directory);
        this.crash = crash;
        this.transfer = transfer;
        for (Path left : new Tree(incoming).entries()) {
            remove(left);
        }
        for (Path volume : new Tree(volumes).entries()) {
            removeIfEmpty(volume);
        }
        // What is listed from here on was perhaps renamed just before a crash: it must not vanish in the next one.
        Kernel.sync(volumes);
        quotas.sweep();
    }

    @Override
    public TreePMap<String, StoredVolume> list() throws IOException {
        TreePMap<String, StoredVolume> listed = TreePMap.empty();
        for (Path directory : new Tree(volumes).entries()) {
            String id = name(directory);
            Optional<StoredVolume> stored = Names.isVolume(id) ? find(id) : Optional.empty();
            if (stored.isPresent()) {
                listed = listed.plus(id, stored.get());
            }
        }
        return listed;
    }

    @Override
    public Optional<StoredVolume> find(String id) throws IOException {
        List<String> snapshots =
                snapshots(Names.volume(id)).stream().map(SnapshotId::position).toList();
        BtrfsHead head = head(id);
        if (!Files.exists(head.path(), LinkOption.NOFOLLOW_LINKS)) {
            return snapshots.isEmpty() ? Optional.empty() : Optional.of(transfer.stored(id, snapshots));
        }
        if (!head.exists()) {
            return Optional.of(new StoredVolume(id, 0, snapshots, 0, head.path() + " is not a subvolume"));
        }
        long epoch = head.epoch();
        long limit = quotas.bytes(head.subvolume(), "max_referenced");
        String problem = epoch == 0 ? head.path() + " carries no epoch" : head.nestedProblem();
        if (problem.isEmpty() && limit > 0) {
            problem = Fullness.problem(quotas.bytes(head.subvolume(), "referenced"), limit);
        }
        return Optional.of(new StoredVolume(id, epoch, snapshots, limit, problem));
    }

    @Override
    public void makeHead(String volume, Head head, Filler filler) throws IOException {
        Path present = headPath(Names.volume(volume));
        Path next = incoming.resolve(volume + ".head");
        remove(next);
        boolean replaces = Files.exists(present, LinkOption.NOFOLLOW_LINKS);
        if (replaces && presentEpoch(volume, head) == head.epoch()) {
            return;
        }
        if (replaces) {
            head(volume).refuseIfUsed(volume);
            head(volume).refuseIfNested(volume);
        }
        try {
            stage(next, volume, head, filler);
            if (replaces) {
                keep(volume, head.keep());
            }
            install(next, present, replaces);
        } catch (IOException e) {
            try {
                remove(next);
            } catch (IOException left) {
                // The next attempt or the next start removes it.
                e.addSuppressed(left);
            }
            throw new IOException(
                    "Could not make epoch " + head.epoch() + " of volume " + volume + ": " + e.getMessage() + space(),
                    e);
        }
        Kernel.sync(volumes);
        crash.after("the new head is durable");
        remove(next);
    }

    /// The epoch of the head that is there.
    private long presentEpoch(String volume, Head head) throws IOException {
        long epoch = head(volume).epoch();
        if (epoch == 0) {
            throw new IOException("Could not make a head for volume " + volume + ": " + headPath(volume)
                    + " is there but carries no epoch, so it is not Flocker's; move it away");
        }
        if (epoch > head.epoch()) {
            throw new IOException("Could not make epoch " + head.epoch() + " of volume " + volume
                    + ": its head is of the later epoch " + epoch);
        }
        return epoch;
    }

    /// Makes the whole new head where nobody sees it.
    private void stage(Path next, String volume, Head head, Filler filler) throws IOException {
        if (head.base().isPresent()) {
            Path base = snapshotPath(head.base().get());
            if (!Files.isDirectory(base, LinkOption.NOFOLLOW_LINKS)) {
                throw new IOException("its base " + head.base().get() + " is not in the pool at " + base);
            }
            new Subvolume(transfer.intact(head.base().get())).cloneTo(next);
            crash.after("the base is cloned");
        } else {
            new Subvolume(next).create();
            crash.after("an empty subvolume is made");
            filler.fill(next);
            Kernel.mark(next, BtrfsSpace.LINEAGE, volume);
            crash.after("it is filled");
            // Else the exchange could be on disk before the files' content is.
            Kernel.sync(next);
        }
        new BtrfsHead(next).mark(head.epoch());
        crash.after("the new head has its mark");
    }

    /// Makes a snapshot of the head that is about to go, unless an attempt before this one did.
    /// A head that is not the one `wanted` is about is kept too, under the next free number of its
    /// own epoch, unless the highest has it already: two that were asked for at once may have been
    /// taken in any order, and nobody looks for what a lower one has more.
    private void keep(String volume, Optional<SnapshotId> wanted) throws IOException {
        Subvolume head = head(volume).subvolume();
        long epoch = head(volume).epoch();
        Optional<SnapshotId> own = wanted.filter(id -> id.volume().equals(volume) && id.epoch() == epoch);
        List<SnapshotId> present = snapshots(volume);
        Optional<SnapshotId> candidate = present.stream()
                .filter(snapshot -> own.isPresent() ? snapshot.equals(own.get()) : snapshot.epoch() == epoch)
                .max(SnapshotId::compareTo);
        if (candidate.isPresent()) {
            // What is in memory only would make a snapshot look newer than the head. (Taking one writes it out.)
            Kernel.sync(head.path());
            if (holds(candidate.get(), head)) {
                return;
            }
        }
        SnapshotId keep = own.orElse(Names.next(volume, epoch, present));
        Path path = Files.createDirectories(volumes.resolve(volume).resolve("snapshots"))
                .resolve(keep.position());
        if (present.contains(keep)) {
            // Kept by an attempt before this one; then the head, which is still there, was written again.
            new Subvolume(path).destroy();
            crash.after("what was kept before is deleted");
        }
        head.snapshotTo(path);
        crash.after("the old head is kept");
    }

    private boolean holds(SnapshotId snapshot, Subvolume head) throws IOException {
        Subvolume.Facts kept = new Subvolume(snapshotPath(snapshot)).facts();
        Subvolume.Facts now = head.facts();
        return kept.parent().equals(now.uuid()) && now.generation() <= kept.madeAt();
    }

    private void install(Path next, Path present, boolean replaces) throws IOException {
        if (replaces) {
            // Looked at again: staging may have taken long.
            new BtrfsHead(present).refuseIfUsed(name(present.resolveSibling("")));
            Kernel.exchange(next, present);
        } else {
            Files.createDirectories(present.resolveSibling("snapshots"));
            crash.after("the volume's directory is made");
            Files.move(next, present);
        }
        crash.after("the new head is in place");
    }

    @Override
    public void limit(String volume, long bytes) throws IOException {
        try {
            new Subvolume(headPath(Names.volume(volume))).limit(bytes);
            crash.after("the limit is set");
        } catch (IOException e) {
            throw quotas.areOn()
                    ? e
                    : new IOException(
                            "Could not limit volume " + volume + " to " + bytes
                                    + " bytes: quotas are off in this file system; let Flocker make the pool, "
                                    + "or turn them on with `btrfs quota enable --simple`",
                            e);
        }
    }

    /// All of them are in one file system.
    @Override
    public void flush(Collection<String> heads) throws IOException {
        Kernel.sync(volumes);
    }

    @Override
    public void snapshot(SnapshotId snapshot, Optional<Runnable> settled) throws IOException {
        Path head = headPath(Names.volume(snapshot.volume()));
        Path path = snapshotPath(snapshot);
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            settled.ifPresent(Runnable::run);
            return;
        }
        long epoch = new BtrfsHead(head).epoch();
        if (epoch != snapshot.epoch()) {
            throw new IOException("Could not take the snapshot " + snapshot + ": "
                    + (epoch == 0 ? "the volume has no head here" : "the volume's head is of epoch " + epoch));
        }
        Files.createDirectories(path.resolveSibling(""));
        crash.after("there is a directory for snapshots");
        if (settled.isPresent()) {
            new Subvolume(head).snapshotTo(path, settled.get());
        } else {
            new Subvolume(head).snapshotTo(path);
        }
        crash.after("the snapshot is taken");
    }

    @Override
    public String kind() {
        return "btrfs";
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
        long epoch = head(Names.volume(snapshot.volume())).epoch();
        if (epoch >= snapshot.epoch()) {
            throw new IOException("Could not receive the snapshot " + snapshot
                    + ": the volume's head is here, of epoch " + epoch + ", so its snapshots are taken here");
        }
        try {
            for (SnapshotId altered : transfer.altered(snapshot.volume())) {
                // It is none any more, and comes anew.
                new Subvolume(snapshotPath(altered)).destroy();
            }
            transfer.receive(snapshot, base, in);
        } catch (IOException e) {
            throw new IOException("Could not receive the snapshot " + snapshot + ": " + e.getMessage() + space(), e);
        } finally {
            remove(transfer.staging(snapshot.volume()));
        }
    }

    @Override
    public void dropHead(String volume, SnapshotId last) throws IOException {
        BtrfsHead head = head(Names.volume(volume));
        Path gone = incoming.resolve(volume + ".dropped");
        remove(gone);
        if (!head.exists()) {
            return;
        }
        long epoch = head.epoch();
        if (epoch == 0 || !Files.isDirectory(snapshotPath(last), LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("Could not give up the head of volume " + volume + ": "
                    + (epoch == 0
                            ? head.path() + " carries no epoch, so it is not Flocker's; move it away"
                            : "the snapshot " + last + " that its successor began with is not here"));
        }
        head.refuseIfUsed(volume);
        head.refuseIfNested(volume);
        keep(volume, Optional.empty());
        transfer.forgetUnchanged(last, snapshots(volume));
        // Looked at again: keeping it may have taken long.
        head.refuseIfUsed(volume);
        Files.move(head.path(), gone);
        crash.after("the head is out of sight");
        Kernel.sync(volumes);
        remove(gone);
    }

    /// Nothing is synced: after a power cut in the next half minute it may be there again.
    @Override
    public void deleteSnapshot(SnapshotId snapshot) throws IOException {
        Names.volume(snapshot.volume());
        var subvolume = new Subvolume(snapshotPath(snapshot));
        if (subvolume.exists()) {
            subvolume.destroy();
            crash.after("the snapshot is deleted");
            quotas.snapshotDeleted();
        }
        removeIfEmpty(volumes.resolve(snapshot.volume()));
    }

    @Override
    public void delete(String volume) throws IOException {
        Path directory = volumes.resolve(Names.volume(volume));
        Path gone = incoming.resolve(volume + ".deleted");
        remove(gone);
        remove(incoming.resolve(volume + ".head"));
        if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        head(volume).refuseIfUsed(volume);
        Files.move(directory, gone);
        crash.after("the volume is out of sight");
        remove(gone);
        // Else a power cut could bring it back after its deletion was reported.
        Kernel.sync(volumes);
    }

    @Override
    public Path headPath(String volume) {
        return volumes.resolve(volume).resolve("head");
    }

    @Override
    public Usage usage(String volume) throws IOException {
        return new BtrfsSpace(volumes).usage(Names.volume(volume));
    }

    /// A head that is written to cannot be compared: a snapshot of it can, and goes at once.
    @Override
    public FileChanges changes(SnapshotId since, int most) throws IOException {
        Path before = snapshotPath(since);
        BtrfsHead head = head(Names.volume(since.volume()));
        if (!head.exists() || !Files.isDirectory(before, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("Could not tell what differs from " + since + ": "
                    + (head.exists() ? "it is not in the pool at " + before : "the volume has no head here"));
        }
        Path now = incoming.resolve(since.volume() + ".changes-" + System.nanoTime());
        try {
            head.subvolume().snapshotTo(now);
            return BtrfsChanges.between(before, now, most);
        } finally {
            remove(now);
        }
    }

    @Override
    public Capacity capacity() throws IOException {
        FileStore store = Files.getFileStore(volumes);
        return new Capacity(store.getTotalSpace(), store.getUsableSpace());
    }

    private String space() throws IOException {
        Capacity capacity = capacity();
        return " (" + (capacity.freeBytes() >> 20) + " of " + (capacity.totalBytes() >> 20)
                + " MiB are free in the pool at " + volumes.resolveSibling("") + ")";
    }

    private BtrfsHead head(String volume) {
        return new BtrfsHead(headPath(volume));
    }

    private Path snapshotPath(SnapshotId snapshot) {
        return volumes.resolve(snapshot.volume()).resolve("snapshots").resolve(snapshot.position());
    }

    private List<SnapshotId> snapshots(String volume) throws IOException {
        Path directory = volumes.resolve(volume).resolve("snapshots");
        return Names.snapshots(volume, new Tree(directory).names());
    }

    /// Deletes whatever is at `path`: a file, a directory or subvolumes.
    private void remove(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        var subvolume = new Subvolume(path);
        if (subvolume.exists()) {
            subvolume.destroy();
            crash.after("a subvolume out of sight is deleted");
            return;
        }
        for (Path entry : new Tree(path).entries()) {
            remove(entry);
        }
        Files.delete(path);
    }

    /// A volume that has neither a head nor snapshots is none.
    private static void removeIfEmpty(Path volume) throws IOException {
        Path snapshots = volume.resolve("snapshots");
        if (!Files.exists(volume.resolve("head"), LinkOption.NOFOLLOW_LINKS)
                && new Tree(snapshots).entries().isEmpty()) {
            Files.deleteIfExists(snapshots);
            if (Files.isDirectory(volume, LinkOption.NOFOLLOW_LINKS)
                    && new Tree(volume).entries().isEmpty()) {
                Files.delete(volume);
            }
        }
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }
}
