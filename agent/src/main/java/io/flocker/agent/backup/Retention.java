package io.flocker.agent.backup;

import io.flocker.client.api.Backups;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/// Which backups of a volume go when a newer one is there. Pure.
final class Retention {
    private static final long DAY_MILLIS = 86_400_000;

    private Retention() {}

    /// Those to delete, the newest first: none is deleted before what builds upon it.
    ///
    /// @param backups of one volume, the oldest first
    static List<Manifest> outdated(List<Manifest> backups, Backups.Keep keep, long nowMillis) {
        if (keep.all()) {
            return List.of();
        }
        Map<String, Manifest> byId = new HashMap<>();
        backups.forEach(each -> byId.put(each.id(), each));
        var needed = new HashSet<String>();
        for (int i = 0; i < backups.size(); i++) {
            Manifest each = backups.get(i);
            boolean newest = i >= backups.size() - Math.max(1, keep.newest());
            boolean young = keep.days() > 0 && each.takenAtMillis() > nowMillis - keep.days() * DAY_MILLIS;
            if (newest || young) {
                for (Manifest at = each; at != null && needed.add(at.id()); ) {
                    at = byId.get(at.base());
                }
            }
        }
        List<Manifest> outdated = new ArrayList<>(backups);
        outdated.removeIf(each -> needed.contains(each.id()));
        return List.copyOf(outdated.reversed());
    }
}
