package io.flocker.agent.volume;

import io.flocker.core.model.Head;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.plan.StoredVolume;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.pcollections.TreePMap;

/// The twin of the real drivers for tests and simulations: volumes as plain directories, best in a file system in
/// memory. Snapshots and clones are full copies. Keeps the same contract, but enforces no limits, and a head counts
/// as in use only while [#hold] says so.
///
/// `volumes/ID/head` is a symbolic link to `heads/EPOCH`, so that one rename changes both a head and its epoch.
public final class MemoryDriver implements VolumeDriver {
    private final Path volumes;
    private final Path incoming;
    private final CrashPoint crash;
    private final Map<String, String> holders = new ConcurrentHashMap<>();

    /// Opens the pool in `directory`, which is made if it is not there.
    public MemoryDriver(Path directory) throws IOException {
        this(directory, CrashPoint.NONE);
    }

    MemoryDriver(Path directory, CrashPoint crash) throws IOException {
        this.volumes = Files.createDirectories(directory.resolve("volumes"));
        this.incoming = Files.createDirectories(directory.resolve("incoming"));
        this.crash = crash;
        for (Path left : new Tree(incoming).entries()) {
            new Tree(left).delete();
        }
    }

    /// Makes `volume` be in use by `program` until the result is closed.
    public Closeable hold(String volume, String program) {
        holders.put(volume, program);
        return () -> holders.remove(volume, program);
    }

    @Override
    public TreePMap<String, StoredVolume> list() throws IOException {
        TreePMap<String, StoredVolume> listed = TreePMap.empty();
        for (String id : new Tree(volumes).names()) {
            Optional<StoredVolume> stored = Names.isVolume(id) ? find(id) : Optional.empty();
            listed = stored.isPresent() ? listed.plus(id, stored.get()) : listed;
        }
        return listed;
    }

    @Override
    public Optional<StoredVolume> find(String volume) throws IOException {
        long epoch = epoch(volume);
        List<String> positions =
                snapshots(volume).stream().map(SnapshotId::position).toList();
        return epoch == 0 && positions.isEmpty()
                ? Optional.empty()
                : Optional.of(new StoredVolume(volume, epoch, positions, limitOf(volume, epoch), ""));
    }

    @Override
    public void makeHead(String volume, Head head, Filler filler) throws IOException {
        long present = epoch(Names.volume(volume));
        if (present > head.epoch()) {
            throw new IOException("Could not make epoch " + head.epoch() + " of volume " + volume
                    + ": its head is of the later epoch " + present);
        }
        if (present == head.epoch()) {
            return;
        }
        refuseIfUsed(volume);
        var next = new Tree(incoming.resolve(volume + ".head"));
        next.delete();
        try {
            stage(next.root(), volume, head, filler);
        } catch (IOException e) {
            next.delete();
            throw new IOException(
                    "Could not make epoch " + head.epoch() + " of volume " + volume + ": " + e.getMessage(), e);
        }
        if (present > 0) {
            keep(volume, present, head.keep());
        }
        install(next.root(), volume, head.epoch());
    }

    private void stage(Path next, String volume, Head head, Filler filler) throws IOException {
        if (head.base().isEmpty()) {
            Files.createDirectory(next);
            crash.after("an empty directory is made for " + volume);
            filler.fill(next);
        } else {
            Path base = snapshotPath(head.base().get());
            if (!Files.isDirectory(base)) {
                throw new IOException("its base " + head.base().get() + " is not in the pool at " + base);
            }
            new Tree(base).copyTo(next);
        }
        crash.after("the new head is complete");
    }

    private void keep(String volume, long epoch, Optional<SnapshotId> wanted) throws IOException {
        SnapshotId keep = wanted.filter(id -> id.volume().equals(volume) && id.epoch() == epoch)
                .orElse(Names.next(volume, epoch, snapshots(volume)));
        // One from an attempt before this one may be older than the head.
        Files.createDirectories(directory(volume).resolve("snapshots"));
        deleteSnapshot(keep);
        copyHead(keep);
        crash.after("the old head is kept");
    }

    private void copyHead(SnapshotId snapshot) throws IOException {
        var copy = new Tree(incoming.resolve(snapshot.volume() + ".snapshot"));
        copy.delete();
        new Tree(headPath(snapshot.volume()).toRealPath()).copyTo(copy.root());
        crash.after("the head is copied");
        Path path = snapshotPath(snapshot);
        Files.createDirectories(path.resolveSibling(""));
        Files.move(copy.root(), path, StandardCopyOption.ATOMIC_MOVE);
    }

    private void install(Path next, String volume, long epoch) throws IOException {
        Path heads = Files.createDirectories(directory(volume).resolve("heads"));
        Path place = heads.resolve(Long.toString(epoch));
        new Tree(place).delete();
        Files.move(next, place);
        crash.after("the new head is beside the old one");
        Path link = incoming.resolve(volume + ".link");
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, Path.of("heads", Long.toString(epoch)));
        Files.move(link, headPath(volume), StandardCopyOption.ATOMIC_MOVE);
        crash.after("the new head is in place");
        for (Path other : new Tree(heads).entries()) {
            if (!other.equals(place)) {
                new Tree(other).delete();
            }
        }
    }

    @Override
    public void limit(String volume, long bytes) throws IOException {
        long epoch = epoch(Names.volume(volume));
        if (epoch == 0) {
            throw new IOException("Could not limit volume " + volume + " to " + bytes + " bytes: it has no head here");
        }
        Path fresh = incoming.resolve(volume + ".limit");
        Files.writeString(fresh, Long.toString(bytes));
        crash.after("the limit is written");
        Files.move(fresh, limitPath(volume, epoch), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void flush(Collection<String> heads) {}

    @Override
    public void snapshot(SnapshotId snapshot, Optional<Runnable> settled) throws IOException {
        long epoch = epoch(Names.volume(snapshot.volume()));
        if (Files.exists(snapshotPath(snapshot))) {
            settled.ifPresent(Runnable::run);
            return;
        }
        if (epoch != snapshot.epoch()) {
            throw new IOException("Could not take the snapshot " + snapshot + ": "
                    + (epoch == 0 ? "the volume has no head here" : "the volume's head is of epoch " + epoch));
        }
        copyHead(snapshot);
        settled.ifPresent(Runnable::run);
        crash.after("the snapshot is in place");
    }

    @Override
    public String kind() {
        return "memory";
    }

    /// The newest before `snapshot`, so that bases are needed as with real pools. All is sent nevertheless.
    @Override
    public Optional<SnapshotId> base(SnapshotId snapshot, Collection<SnapshotId> shared) {
        return shared.stream()
                .filter(other -> other.volume().equals(snapshot.volume()) && other.compareTo(snapshot) < 0)
                .filter(other -> Files.isDirectory(snapshotPath(other)))
                .max(SnapshotId::compareTo);
    }

    @Override
    public long estimate(SnapshotId snapshot, Optional<SnapshotId> base) throws IOException {
        return new Tree(present(snapshot)).bytes();
    }

    @Override
    public void send(SnapshotId snapshot, Optional<SnapshotId> base, OutputStream out) throws IOException {
        TreeStream.write(present(snapshot), base.isPresent() ? digest(base.get()) : "", out);
    }

    @Override
    public void receive(SnapshotId snapshot, Optional<SnapshotId> base, InputStream in) throws IOException {
        long epoch = epoch(Names.volume(snapshot.volume()));
        if (Files.exists(snapshotPath(snapshot))) {
            return;
        }
        if (epoch >= snapshot.epoch()) {
            throw new IOException("Could not receive the snapshot " + snapshot
                    + ": the volume's head is here, of epoch " + epoch + ", so its snapshots are taken here");
        }
        var received = new Tree(incoming.resolve(snapshot.volume() + ".received"));
        received.delete();
        try {
            TreeStream.read(in, base.isPresent() ? digest(base.get()) : "", received.root());
            crash.after("it is received");
            Path path = snapshotPath(snapshot);
            Files.createDirectories(path.resolveSibling(""));
            Files.move(received.root(), path, StandardCopyOption.ATOMIC_MOVE);
            crash.after("it is in its place");
        } catch (IOException e) {
            received.delete();
            throw new IOException("Could not receive the snapshot " + snapshot + ": " + e.getMessage(), e);
        }
    }

    private Path present(SnapshotId snapshot) throws IOException {
        Path path = snapshotPath(snapshot);
        if (!Files.isDirectory(path)) {
            throw new IOException("the snapshot " + snapshot + " is not in the pool at " + path);
        }
        return path;
    }

    private String digest(SnapshotId snapshot) throws IOException {
        return TreeStream.digest(present(snapshot));
    }

    @Override
    public void dropHead(String volume, SnapshotId last) throws IOException {
        long epoch = epoch(Names.volume(volume));
        if (epoch == 0) {
            return;
        }
        refuseIfUsed(volume);
        if (!Files.isDirectory(snapshotPath(last))) {
            throw new IOException("Could not give up the head of volume " + volume + ": the snapshot " + last
                    + " that its successor began with is not here");
        }
        String content = TreeStream.digest(headPath(volume).toRealPath());
        boolean held = content.equals(digest(last));
        for (SnapshotId snapshot : snapshots(volume)) {
            held |= snapshot.epoch() == epoch && content.equals(digest(snapshot));
        }
        if (!held) {
            keep(volume, epoch, Optional.empty());
        }
        for (SnapshotId snapshot : snapshots(volume)) {
            if (snapshot.compareTo(last) > 0 && digest(snapshot).equals(digest(last))) {
                deleteSnapshot(snapshot);
            }
        }
        Files.delete(headPath(volume));
        crash.after("the head is gone");
        new Tree(directory(volume).resolve("heads")).delete();
    }

    @Override
    public void deleteSnapshot(SnapshotId snapshot) throws IOException {
        Names.volume(snapshot.volume());
        hide(snapshotPath(snapshot), snapshot.volume() + ".deleted");
    }

    @Override
    public void delete(String volume) throws IOException {
        refuseIfUsed(Names.volume(volume));
        hide(directory(volume), volume + ".deleted");
    }

    private void hide(Path path, String name) throws IOException {
        var gone = new Tree(incoming.resolve(name));
        gone.delete();
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            Files.move(path, gone.root(), StandardCopyOption.ATOMIC_MOVE);
            crash.after("it is out of sight");
            gone.delete();
        }
    }

    @Override
    public Path headPath(String volume) {
        return directory(volume).resolve("head");
    }

    @Override
    public Usage usage(String volume) throws IOException {
        long used =
                epoch(Names.volume(volume)) == 0 ? 0 : new Tree(headPath(volume).toRealPath()).bytes();
        return new Usage(used, new Tree(directory(volume)).bytes());
    }

    @Override
    public FileChanges changes(SnapshotId since, int most) throws IOException {
        if (epoch(Names.volume(since.volume())) == 0) {
            throw new IOException("Could not tell what differs from " + since + ": the volume has no head here");
        }
        return FileChanges.between(present(since), headPath(since.volume()).toRealPath(), most);
    }

    @Override
    public Capacity capacity() throws IOException {
        var store = Files.getFileStore(volumes);
        return new Capacity(store.getTotalSpace(), store.getUsableSpace());
    }

    private void refuseIfUsed(String volume) throws IOException {
        String program = holders.get(volume);
        if (program != null) {
            throw new IOException(
                    "The head of volume " + volume + " is in use by process 1 (" + program + "); stop that first");
        }
    }

    private Path directory(String volume) {
        return volumes.resolve(volume);
    }

    private Path snapshotPath(SnapshotId snapshot) {
        return directory(snapshot.volume()).resolve("snapshots").resolve(snapshot.position());
    }

    private Path limitPath(String volume, long epoch) {
        return directory(volume).resolve("heads").resolve(epoch + ".limit");
    }

    private long limitOf(String volume, long epoch) throws IOException {
        Path limit = limitPath(volume, epoch);
        return Files.exists(limit) ? Long.parseLong(Files.readString(limit)) : 0;
    }

    private long epoch(String volume) throws IOException {
        Path head = headPath(volume);
        return Files.isSymbolicLink(head)
                ? Long.parseLong(String.valueOf(Files.readSymbolicLink(head).getFileName()))
                : 0;
    }

    private List<SnapshotId> snapshots(String volume) throws IOException {
        return new ArrayList<>(
                Names.snapshots(volume, new Tree(directory(volume).resolve("snapshots")).names()));
    }
}
