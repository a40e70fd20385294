package io.flocker.agent.backup;

import io.flocker.agent.backup.store.Stores;
import io.flocker.agent.volume.MemoryDriver;
import io.flocker.agent.volume.VolumeDriver;
import io.flocker.client.ApiException;
import io.flocker.client.api.Backups;
import io.flocker.client.api.ProblemDetail;
import io.flocker.core.model.Head;
import io.flocker.core.model.SnapshotId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;

/// A node with a volume and a control plane that agrees to everything, unless it is told otherwise.
public final class Scene implements AutoCloseable, Notices {
    public static final String KEY = Base64.getEncoder().encodeToString(new byte[Backups.Destination.KEY_BYTES]);
    public static final String OTHER_KEY = KEY.replaceFirst("AA", "BB");
    static final String VOLUME = "shop.My_Data.v1.0123456789";
    static final String NAME = "shop/My_Data.v1";
    private static final int WAIT_SECONDS = 30;

    final VolumeDriver volumes;
    final List<Backups.Made> made = new CopyOnWriteArrayList<>();
    final List<Backups.Restored> restored = new CopyOnWriteArrayList<>();
    final Set<String> known = new ConcurrentSkipListSet<>();
    volatile boolean refusing;
    private final Path folder;
    private final Backups.Destination destination;
    private Errands errands;
    private long sequence;
    private long restores;

    public Scene(Path folder, Backups.Destination destination) throws IOException {
        this(folder, destination, Stores.ALL);
    }

    Scene(Path folder, Backups.Destination destination, Stores stores) throws IOException {
        this.folder = folder;
        this.destination = destination;
        volumes = new MemoryDriver(folder.resolve("pool"));
        volumes.makeHead(VOLUME, new Head(1, "n1", Optional.empty(), Optional.empty()), VolumeDriver.Filler.NOTHING);
        errands = new Errands(volumes, stores, this, "n1");
    }

    /// A folder, with the usual key.
    static Backups.Destination folder(Path path) throws IOException {
        return new Backups.Destination(
                "file://" + Files.createDirectories(path), "", "", KEY, Backups.Login.OF_THE_DAEMON);
    }

    /// The daemon starts again, as it were.
    void restart(VolumeDriver next, Stores stores) throws IOException {
        errands.close();
        errands = new Errands(next, stores, this, "n1");
    }

    /// What a service writes.
    public void write(String file, String content) throws IOException {
        Files.writeString(volumes.headPath(VOLUME).resolve(file), content);
    }

    void write(String file, byte[] content) throws IOException {
        Files.write(volumes.headPath(VOLUME).resolve(file), content);
    }

    /// What is in a volume that was restored.
    public String read(String volume, String file) throws IOException {
        return Files.readString(volumes.headPath(id(volume)).resolve(file));
    }

    /// The id of a restored volume.
    String id(String volume) {
        return restored.stream()
                .filter(each -> each.name().equals(volume))
                .findFirst()
                .orElseThrow()
                .volume();
    }

    /// Takes a snapshot and backs it up.
    public Backups.Errand backup() throws IOException, InterruptedException {
        return backup(new Backups.Make(destination, false, Backups.Keep.ALL, 0));
    }

    Backups.Errand backup(Backups.Make make) throws IOException, InterruptedException {
        return end(begin(make));
    }

    Backups.Errand begin(Backups.Make make) throws IOException {
        SnapshotId snapshot = new SnapshotId(VOLUME, 1, ++sequence);
        volumes.snapshot(snapshot);
        var task =
                new Backups.MakeTask(make, VOLUME, NAME, snapshot.position(), 1_000_000 * sequence, "backup-x-", false);
        return errands.begin(new Backups.Order("mary", task));
    }

    /// Restores it under another name.
    public Backups.Errand restore(String name, String id) throws IOException, InterruptedException {
        return restore(name, destination, new Backups.Which(id, "", 0));
    }

    Backups.Errand restore(String name, Backups.Destination from, Backups.Which which)
            throws IOException, InterruptedException {
        var restore = new Backups.Restore(from, which, "lab", name, "", 0);
        var result = new Backups.Restored("lab." + name + ".r" + ++restores, "lab", name, "mary", "");
        return run(new Backups.RestoreTask(restore, result, false));
    }

    public Backups.Errand run(Backups.Task task) throws IOException, InterruptedException {
        return end(errands.begin(new Backups.Order("mary", task)));
    }

    Backups.Errand end(Backups.Errand errand) throws IOException, InterruptedException {
        return errands.look(number(errand), WAIT_SECONDS);
    }

    Backups.Errand cancel(Backups.Errand errand) throws IOException {
        return errands.cancel(number(errand));
    }

    private static String number(Backups.Errand errand) {
        return errand.id().substring(errand.id().indexOf('/') + 1);
    }

    public List<Backups.Backup> list() throws IOException, InterruptedException {
        return run(new Backups.LookTask(new Backups.Look(destination, ""))).backups();
    }

    Backups.Errand verify(String id) throws IOException, InterruptedException {
        return run(new Backups.CheckTask(new Backups.Check(destination, "", id, 0)));
    }

    Backups.Errand delete(String... ids) throws IOException, InterruptedException {
        return run(new Backups.DeleteTask(new Backups.Delete(destination, "", List.of(ids)), false));
    }

    /// The files in the destination whose paths begin so.
    List<Path> files(String prefix) throws IOException {
        Path top = Path.of(destination.url().substring("file://".length()));
        var found = new ArrayList<Path>();
        try (var all = Files.walk(top)) {
            all.filter(Files::isRegularFile)
                    .filter(file -> top.relativize(file).toString().startsWith(prefix))
                    .sorted()
                    .forEach(found::add);
        }
        return found;
    }

    Path folder() {
        return folder;
    }

    @Override
    public void made(Backups.Made told) {
        made.add(told);
    }

    @Override
    public void restored(Backups.Restored told) throws IOException {
        if (refusing) {
            throw new ApiException(new ProblemDetail("conflict", "No", 409, "The name is taken"));
        }
        restored.add(told);
    }

    @Override
    public boolean isKnown(String volume) {
        return known.contains(volume);
    }

    @Override
    public void close() {
        errands.close();
    }
}
