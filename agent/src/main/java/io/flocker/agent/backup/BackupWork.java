package io.flocker.agent.backup;

import io.flocker.agent.backup.store.Store;
import io.flocker.agent.volume.VolumeDriver;
import io.flocker.client.api.Backups;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.plan.StoredVolume;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Puts a snapshot into a destination: all of it, or what differs from the newest backup there
/// whose snapshot this node still has.
final class BackupWork {
    /// A backup that would need more others is a full one again.
    static final int MOST_BUILT_UPON = 30;

    private static final DateTimeFormatter MOMENT =
            DateTimeFormatter.ofPattern("yyyyMMdd't'HHmmss'z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final int SUFFIX_BITS = 30;

    private final VolumeDriver volumes;
    private final Backups.MakeTask task;
    private final Progress progress;
    private final Store store;
    private final byte[] key;
    private final SecureRandom random = new SecureRandom();

    BackupWork(VolumeDriver volumes, Backups.MakeTask task, Progress progress, Store store) throws IOException {
        this.volumes = volumes;
        this.task = task;
        this.progress = progress;
        this.store = store;
        key = Seal.key(task.destination().keyBase64());
    }

    /// Makes the backup, and deletes those that are to be kept no longer.
    ///
    /// @return what is to be done about snapshots
    Backups.Made run() throws IOException, InterruptedException {
        Catalogue catalogue = Catalogue.of(store, key, task.volume());
        catalogue.refuseOtherKeys();
        catalogue.complaints().forEach(progress::tell);
        int cleared = Catalogue.clearAway(store, task.volume());
        if (cleared > 0) {
            progress.tell("- " + cleared + " chunks of backups that broke off");
        }
        SnapshotId snapshot = SnapshotId.of(task.volume(), task.position());
        Optional<Manifest> base = base(catalogue, snapshot);
        Manifest made = write(snapshot, base);
        progress.tell("+ backup " + made.id() + " of " + task.name() + ", " + words(base));
        progress.found(List.of(
                made.told(base.map(each -> catalogue.depth(each.id()) + 1).orElse(0))));
        keep(Catalogue.of(store, key, task.volume()));
        return new Backups.Made(task.volume(), task.label(), "", List.of(made.position()));
    }

    private static String words(Optional<Manifest> base) {
        return base.map(each -> "what differs from " + each.id()).orElse("all of it");
    }

    /// Tells what [#run] would do.
    void rehearse() throws IOException {
        Catalogue catalogue = Catalogue.of(store, key, task.volume());
        catalogue.refuseOtherKeys();
        catalogue.complaints().forEach(progress::tell);
        Optional<Manifest> base = candidates(catalogue).values().stream()
                .max((one, other) -> Long.compare(one.takenAtMillis(), other.takenAtMillis()))
                .filter(each -> catalogue.depth(each.id()) < MOST_BUILT_UPON);
        progress.tell("+ snapshot of " + task.name());
        progress.tell("+ backup of " + task.name() + " in " + store.name() + ", " + words(base));
        Retention.outdated(catalogue.all(), task.make().keep(), System.currentTimeMillis())
                .forEach(each -> progress.tell("- backup " + each.id()));
    }

    /// Those that this one may build upon, by their snapshots, which are here.
    private Map<SnapshotId, Manifest> candidates(Catalogue catalogue) throws IOException {
        var candidates = new HashMap<SnapshotId, Manifest>();
        Optional<StoredVolume> stored = volumes.find(task.volume());
        if (task.make().full() || stored.isEmpty()) {
            return candidates;
        }
        for (Manifest each : catalogue.all()) {
            boolean usable = each.kind().equals(volumes.kind())
                    && stored.get().snapshots().contains(each.position())
                    && isWhole(catalogue, each);
            if (usable) {
                candidates.put(SnapshotId.of(task.volume(), each.position()), each);
            }
        }
        return candidates;
    }

    private static boolean isWhole(Catalogue catalogue, Manifest backup) {
        try {
            return !catalogue.chain(backup.id()).isEmpty();
        } catch (IOException e) {
            return false;
        }
    }

    private Optional<Manifest> base(Catalogue catalogue, SnapshotId snapshot) throws IOException {
        Map<SnapshotId, Manifest> candidates = candidates(catalogue);
        return volumes.base(snapshot, candidates.keySet())
                .map(candidates::get)
                .filter(each -> catalogue.depth(each.id()) < MOST_BUILT_UPON);
    }

    private Manifest write(SnapshotId snapshot, Optional<Manifest> base) throws IOException, InterruptedException {
        String id = newId(task.takenAtMillis());
        byte[] salt = new byte[Seal.SALT_BYTES];
        random.nextBytes(salt);
        Optional<SnapshotId> from = base.map(each -> SnapshotId.of(task.volume(), each.position()));
        progress.expect(volumes.estimate(snapshot, from));
        boolean whole = false;
        try {
            @SuppressWarnings("resource") // closing it does nothing
            var out = new ChunkOutput(store, Seal.of(key, salt, id), task.volume(), id, progress.meter());
            volumes.send(snapshot, from, out);
            out.finish();
            var manifest = new Manifest(
                    id,
                    task.volume(),
                    task.name(),
                    base.map(Manifest::id).orElse(""),
                    base.map(Manifest::position).orElse(""),
                    task.position(),
                    volumes.kind(),
                    task.takenAtMillis(),
                    out.length(),
                    out.streamSha256(),
                    out.hashes());
            check(manifest);
            store.put(Catalogue.manifest(task.volume(), id), manifest.sealed(key, salt));
            whole = true;
            return manifest;
        } finally {
            if (!whole) {
                forget(id);
            }
        }
    }

    /// A destination may have lost what it took, and somebody may have deleted the base.
    private void check(Manifest manifest) throws IOException {
        Set<Store.Entry> there =
                new HashSet<>(store.list(Catalogue.CHUNKS + manifest.volume() + "/" + manifest.id() + "/"));
        for (int number = 0; number < manifest.chunks(); number++) {
            String chunk = Catalogue.chunk(manifest.volume(), manifest.id(), number);
            if (!there.contains(new Store.Entry(chunk, manifest.storedBytes(number)))) {
                throw new IOException(store.name() + " has lost " + chunk + ", which it had taken");
            }
        }
        boolean based = manifest.full()
                || store.list(Catalogue.MANIFESTS + manifest.volume() + "/").stream()
                        .anyMatch(
                                entry -> entry.object().equals(Catalogue.manifest(manifest.volume(), manifest.base())));
        if (!based) {
            throw new IOException("Backup " + manifest.base() + ", which this one builds upon, was deleted meanwhile;"
                    + " try again");
        }
    }

    /// Deletes chunks of a backup that failed. What is left even so, the next one clears away.
    private void forget(String id) {
        boolean interrupted = Thread.interrupted();
        try {
            for (Store.Entry entry : store.list(Catalogue.CHUNKS + task.volume() + "/" + id + "/")) {
                store.delete(entry.object());
            }
        } catch (IOException e) {
            progress.tell("Its chunks could not be deleted: " + e.getMessage() + "; the next backup does that");
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// That old ones cannot be deleted does not make the new one worthless.
    private void keep(Catalogue catalogue) {
        try {
            for (Manifest each : Retention.outdated(catalogue.all(), task.make().keep(), System.currentTimeMillis())) {
                catalogue.delete(each);
                progress.tell("- backup " + each.id());
            }
        } catch (IOException e) {
            progress.tell("Backups that are to go are still there: " + e.getMessage());
        }
    }

    /// When the snapshot was taken, for people, and something at random.
    private String newId(long takenAtMillis) {
        return MOMENT.format(Instant.ofEpochMilli(takenAtMillis)) + "-"
                + Integer.toString(random.nextInt(1 << SUFFIX_BITS), Character.MAX_RADIX);
    }
}
