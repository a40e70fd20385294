package io.flocker.agent.backup;

import io.flocker.agent.backup.store.Store;
import io.flocker.client.api.Backups;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Reads backups as a restore would, every byte, and tells which of them could not be restored.
final class CheckWork {
    private final Backups.CheckTask task;
    private final Progress progress;
    /// What is wrong with a backup by itself.
    private final Map<String, String> damage = new HashMap<>();

    CheckWork(Backups.CheckTask task, Progress progress) {
        this.task = task;
        this.progress = progress;
    }

    /// @throws IOException if one of them could not be restored
    void run(Store store) throws IOException {
        Catalogue catalogue = Catalogue.of(store, Seal.key(task.destination().keyBase64()));
        catalogue.refuseIfNoneIsReadable();
        String wanted = task.check().id();
        List<Manifest> asked = wanted.isEmpty()
                ? catalogue.all()
                : List.of(catalogue.opened(wanted).manifest());
        var failures = new ArrayList<>(wanted.isEmpty() ? catalogue.complaints() : List.of());
        progress.expect(bytes(catalogue, asked));
        progress.found(asked.stream().map(catalogue::told).toList());
        var read = new LinkedHashSet<String>();
        for (Manifest each : asked) {
            try {
                for (Manifest.Opened part : catalogue.chain(each.id())) {
                    if (read.add(part.manifest().id())) {
                        read(store, part);
                    }
                    String broken = damage.get(part.manifest().id());
                    if (broken != null) {
                        throw new IOException(
                                part.manifest().id().equals(each.id())
                                        ? broken
                                        : "Backup " + each.id() + " cannot be restored: it builds upon "
                                                + part.manifest().id() + ", which is damaged");
                    }
                }
                progress.tell(each.id() + " can be restored");
            } catch (InterruptedIOException e) {
                throw e;
            } catch (IOException e) {
                failures.add(String.valueOf(e.getMessage()));
            }
        }
        if (!failures.isEmpty()) {
            failures.forEach(progress::tell);
            throw new IOException(failures.size() + " of "
                    + (asked.size() + catalogue.complaints().size())
                    + " backups in " + store.name() + " cannot be restored: " + failures.getFirst()
                    + (failures.size() > 1 ? ", and others" : "")
                    + "; make a full one (flocker backup --full) while there is the volume");
        }
    }

    private long bytes(Catalogue catalogue, List<Manifest> asked) {
        var ids = new LinkedHashSet<String>();
        long bytes = 0;
        for (Manifest each : asked) {
            for (Manifest part : parts(catalogue, each)) {
                bytes += ids.add(part.id()) ? part.storedBytes() : 0;
            }
        }
        return bytes;
    }

    private static Set<Manifest> parts(Catalogue catalogue, Manifest backup) {
        try {
            var parts = new LinkedHashSet<Manifest>();
            catalogue.chain(backup.id()).forEach(part -> parts.add(part.manifest()));
            return parts;
        } catch (IOException e) {
            return Set.of();
        }
    }

    private void read(Store store, Manifest.Opened part) throws InterruptedIOException {
        try (var in = new ChunkInput(store, part, progress.meter())) {
            in.transferTo(OutputStream.nullOutputStream());
        } catch (InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            damage.put(part.manifest().id(), String.valueOf(e.getMessage()));
        }
    }
}
