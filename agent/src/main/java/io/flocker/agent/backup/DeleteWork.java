package io.flocker.agent.backup;

import io.flocker.agent.backup.store.Store;
import io.flocker.client.api.Backups;
import java.io.IOException;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Deletes backups that no other one builds upon.
final class DeleteWork {
    private final Backups.DeleteTask task;
    private final Progress progress;

    DeleteWork(Backups.DeleteTask task, Progress progress) {
        this.task = task;
        this.progress = progress;
    }

    /// @throws IOException if one is not there, or others need it: then none is deleted
    void run(Store store) throws IOException {
        Catalogue catalogue = Catalogue.of(store, Seal.key(task.destination().keyBase64()));
        var chosen = new LinkedHashSet<Manifest>();
        for (String id : task.delete().ids()) {
            chosen.add(catalogue.opened(id).manifest());
        }
        Set<String> dependents = catalogue.dependents(task.delete().ids());
        if (!dependents.isEmpty()) {
            throw new IOException("Nothing was deleted: " + String.join(", ", dependents)
                    + (dependents.size() == 1 ? " builds" : " build") + " upon "
                    + (chosen.size() == 1 ? "it" : "them") + " and would be of no use; delete "
                    + (dependents.size() == 1 ? "that one" : "those") + " as well, or before");
        }
        List<Manifest> newestFirst = chosen.stream()
                .sorted(Comparator.comparingLong(Manifest::takenAtMillis).reversed())
                .toList();
        for (Manifest each : newestFirst) {
            if (!task.rehearsed()) {
                catalogue.delete(each);
            }
            progress.tell("- backup " + each.id() + " of " + each.name());
        }
    }
}
