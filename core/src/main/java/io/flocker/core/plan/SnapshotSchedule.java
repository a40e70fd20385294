package io.flocker.core.plan;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.model.Snapshot;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.model.Volume;
import io.flocker.core.spec.SnapshotPolicy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Snapshots by a volume's policy: when the next is due, and which ones age thins out.
public final class SnapshotSchedule {
    private static final long MINUTE = 60_000;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;

    private SnapshotSchedule() {}

    static Optional<Command> due(ClusterState state, Volume volume, long nowMillis) {
        Optional<SnapshotPolicy> policy = volume.spec().snapshots();
        if (policy.isEmpty() || volume.state() == Volume.State.DELETING || state.isHandedOver(volume.id())) {
            return Optional.empty();
        }
        boolean waiting = volume.awaitsSnapshot();
        long last = byPolicy(volume).stream()
                .max(Comparator.comparing(Snapshot::id))
                .map(Snapshot::requestedAtMillis)
                .orElse(volume.createdAtMillis());
        // A clock that was set back must not suspend protection until it has caught up.
        long since = nowMillis < last ? Long.MAX_VALUE : nowMillis - last;
        boolean take = !waiting && since >= policy.get().everySeconds() * 1_000;
        List<SnapshotId> thin = thin(byPolicy(volume), policy.get(), nowMillis).stream()
                .filter(id -> volume.snapshot(id).filter(state::holds).isEmpty())
                .toList();
        return take || !thin.isEmpty()
                ? Optional.of(new Command.FollowPolicy(nowMillis, volume.id(), take, thin))
                : Optional.empty();
    }

    private static List<Snapshot> byPolicy(Volume volume) {
        return volume.snapshots().values().stream()
                .filter(snapshot -> snapshot.origin() == Snapshot.Origin.POLICY)
                .toList();
    }

    /// The snapshots that may go: all younger than a minute stay, then the last of each minute, hour and day, as far
    /// back as the policy says. The newest always stays.
    public static List<SnapshotId> thin(List<Snapshot> snapshots, SnapshotPolicy policy, long nowMillis) {
        List<Snapshot> newestFirst = snapshots.stream()
                .filter(snapshot -> snapshot.state() == Snapshot.State.READY)
                .sorted(Comparator.comparing(Snapshot::id).reversed())
                .toList();
        Set<String> kept = new HashSet<>();
        List<SnapshotId> thin = new ArrayList<>();
        for (Snapshot snapshot : newestFirst) {
            long at = snapshot.requestedAtMillis();
            long age = nowMillis - at;
            boolean keep = age < MINUTE || snapshot.equals(newestFirst.getFirst());
            keep |= age <= policy.keepMinutes() * MINUTE && kept.add("minute " + at / MINUTE);
            keep |= age <= policy.keepHours() * HOUR && kept.add("hour " + at / HOUR);
            keep |= age <= policy.keepDays() * DAY && kept.add("day " + at / DAY);
            if (!keep) {
                thin.add(snapshot.id());
            }
        }
        return List.copyOf(thin);
    }
}
