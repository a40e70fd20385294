package io.flocker.agent.backup;

import io.flocker.agent.backup.store.Store;
import io.flocker.client.api.Backups;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The backups in a destination, as their manifests tell, which are all there is to tell: a
/// cluster that knows nothing of them can use them.
///
/// ```
/// manifests/VOLUME/BACKUP         VOLUME is the volume's id
/// chunks/VOLUME/BACKUP/000000     and so on
/// ```
final class Catalogue {
    private static final Logger log = LoggerFactory.getLogger(Catalogue.class);

    static final String MANIFESTS = "manifests/";
    static final String CHUNKS = "chunks/";

    /// More than that in one destination are not looked through.
    private static final int MOST = 20_000;

    private static final Pattern MANIFEST =
            Pattern.compile("manifests/([A-Za-z0-9][A-Za-z0-9_.-]{0,127})/([0-9a-z]+-[0-9a-z]+)");
    private static final Pattern CHUNK =
            Pattern.compile("chunks/[A-Za-z0-9][A-Za-z0-9_.-]{0,127}/([0-9a-z]+-[0-9a-z]+)/[0-9]{6}");

    private final Store store;
    private final Map<String, Manifest.Opened> backups;
    private final SortedMap<String, IOException> unreadable;

    private Catalogue(Store store, Map<String, Manifest.Opened> backups, SortedMap<String, IOException> unreadable) {
        this.store = store;
        this.backups = backups;
        this.unreadable = unreadable;
    }

    /// Reads all manifests.
    static Catalogue of(Store store, byte[] key) throws IOException {
        return read(store, key, MANIFESTS);
    }

    /// Reads the manifests of one volume.
    static Catalogue of(Store store, byte[] key, String volume) throws IOException {
        return read(store, key, MANIFESTS + volume + "/");
    }

    private static Catalogue read(Store store, byte[] key, String prefix) throws IOException {
        var found = new TreeMap<String, Manifest.Opened>();
        var unreadable = new TreeMap<String, IOException>();
        for (Store.Entry entry : store.list(prefix)) {
            var name = MANIFEST.matcher(entry.object());
            if (!name.matches()) {
                continue;
            }
            if (found.size() + unreadable.size() == MOST) {
                throw new IOException("There are more than " + MOST + " backups in " + store.name()
                        + "; use another folder for each environment");
            }
            try {
                byte[] stored = store.get(entry.object(), Manifest.MOST_BYTES);
                found.put(name.group(2), Manifest.open(stored, key, name.group(1), name.group(2)));
            } catch (Store.Missing e) {
                log.atDebug().addKeyValue("backup", name.group(2)).log("Deleted since it was listed");
            } catch (Manifest.Unreadable e) {
                unreadable.put(name.group(2), e);
            }
        }
        return new Catalogue(store, found, unreadable);
    }

    /// Refuses to go on if a backup was encrypted with another key: whoever mixes keys up finds
    /// out when it is too late.
    void refuseOtherKeys() throws IOException {
        for (IOException reason : unreadable.values()) {
            if (reason instanceof Manifest.WrongKey) {
                throw reason;
            }
        }
    }

    /// Refuses to go on if there is something, but nothing that can be read.
    void refuseIfNoneIsReadable() throws IOException {
        if (backups.isEmpty() && !unreadable.isEmpty()) {
            throw unreadable.get(unreadable.firstKey());
        }
    }

    /// What cannot be read, and why.
    List<String> complaints() {
        return unreadable.values().stream().map(IOException::getMessage).toList();
    }

    static String manifest(String volume, String backup) {
        return MANIFESTS + volume + "/" + backup;
    }

    static String chunk(String volume, String backup, int number) {
        return "%s%s/%s/%06d".formatted(CHUNKS, volume, backup, number);
    }

    boolean has(String backup) {
        return backups.containsKey(backup);
    }

    /// The oldest first.
    List<Manifest> all() {
        return backups.values().stream()
                .map(Manifest.Opened::manifest)
                .sorted(Comparator.comparingLong(Manifest::takenAtMillis).thenComparing(Manifest::id))
                .toList();
    }

    Manifest.Opened opened(String backup) throws IOException {
        Manifest.Opened opened = backups.get(backup);
        if (unreadable.containsKey(backup)) {
            throw unreadable.get(backup);
        }
        if (opened == null) {
            throw new IOException(
                    "There is no backup " + backup + " in " + store.name() + "; flocker backup ls shows what there is");
        }
        return opened;
    }

    /// What has to be restored for `backup`, in that order: a full one first, itself last.
    ///
    /// @throws IOException if one of them is missing, or they do not fit
    List<Manifest.Opened> chain(String backup) throws IOException {
        var chain = new ArrayList<Manifest.Opened>();
        var seen = new HashSet<String>();
        Manifest.Opened next = opened(backup);
        chain.add(next);
        while (!next.manifest().full()) {
            Manifest above = next.manifest();
            Manifest.Opened base = backups.get(above.base());
            boolean fits = base != null
                    && seen.add(above.base())
                    && base.manifest().volume().equals(above.volume())
                    && base.manifest().kind().equals(above.kind())
                    && base.manifest().position().equals(above.basePosition());
            if (base == null || !fits) {
                throw new IOException("Backup " + above.id() + " builds upon " + above.base() + ", which is "
                        + (base == null ? "missing" : "another than it was") + " in " + store.name()
                        + ": it cannot be restored");
            }
            chain.addFirst(base);
            next = base;
        }
        return List.copyOf(chain);
    }

    /// How many others `backup` needs, as far as they are there.
    int depth(String backup) {
        int depth = 0;
        var seen = new HashSet<String>();
        Manifest.Opened at = backups.get(backup);
        while (at != null && !at.manifest().full() && seen.add(at.manifest().id())) {
            depth++;
            at = backups.get(at.manifest().base());
        }
        return depth;
    }

    Backups.Backup told(Manifest manifest) {
        return manifest.told(depth(manifest.id()));
    }

    /// The newest of those that are meant.
    ///
    /// @throws IOException if there is none, or it is not clear of which volume
    Manifest find(Backups.Which which) throws IOException {
        if (!which.id().isEmpty()) {
            return opened(which.id()).manifest();
        }
        refuseIfNoneIsReadable();
        for (IOException reason : unreadable.values()) {
            if (!(reason instanceof Manifest.WrongKey)) {
                throw new IOException(reason.getMessage() + "; choose another one with --at", reason);
            }
        }
        List<Manifest> meant = all().stream()
                .filter(each -> which.of().isEmpty() || each.name().equals(which.of()))
                .toList();
        Set<String> names = meant.stream().map(Manifest::name).collect(Collectors.toCollection(TreeSet::new));
        if (names.size() > 1) {
            throw new IOException("There are backups of several volumes in " + store.name() + ": say of which with --of"
                    + " (" + String.join(", ", names) + ")");
        }
        Optional<Manifest> newest = meant.stream()
                .filter(each -> which.notAfterMillis() == 0 || each.takenAtMillis() <= which.notAfterMillis())
                .reduce((_, later) -> later);
        return newest.orElseThrow(() -> new IOException("There is no backup"
                + (which.of().isEmpty() ? "" : " of " + which.of())
                + (which.notAfterMillis() == 0 || meant.isEmpty() ? "" : " that is so old")
                + " in " + store.name() + "; flocker backup ls shows what there is"));
    }

    /// Those that build upon one of `ids`, at once or by others, and are not among them.
    Set<String> dependents(Collection<String> ids) {
        var gone = new LinkedHashSet<>(ids);
        var dependents = new TreeSet<String>();
        for (boolean more = true; more; ) {
            more = false;
            for (Manifest each : all()) {
                if (gone.contains(each.base()) && gone.add(each.id())) {
                    dependents.add(each.id());
                    more = true;
                }
            }
        }
        return dependents;
    }

    /// The manifest goes first: what breaks off then leaves chunks, which the next backup clears away.
    void delete(Manifest manifest) throws IOException {
        store.delete(manifest(manifest.volume(), manifest.id()));
        for (int number = 0; number < manifest.chunks(); number++) {
            store.delete(chunk(manifest.volume(), manifest.id(), number));
        }
    }

    /// Deletes chunks of a volume that no manifest tells of: of backups that broke off.
    ///
    /// @return how many
    static int clearAway(Store store, String volume) throws IOException {
        Set<String> whole = store.list(MANIFESTS + volume + "/").stream()
                .map(entry -> entry.object().substring(entry.object().lastIndexOf('/') + 1))
                .collect(Collectors.toSet());
        int cleared = 0;
        for (Store.Entry entry : store.list(CHUNKS + volume + "/")) {
            var name = CHUNK.matcher(entry.object());
            if (name.matches() && !whole.contains(name.group(1))) {
                store.delete(entry.object());
                cleared++;
            }
        }
        return cleared;
    }
}
