package io.flocker.core.replication;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.MoveChanges;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Node;
import io.flocker.core.model.Snapshot;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.model.Volume;
import io.flocker.core.placement.Scorer;
import io.flocker.core.plan.StoredVolume;
import io.flocker.core.spec.ReplicationSpec;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What other nodes are to have of a volume, and how far they are.
public final class Replication {
    /// What need not be written down at once is put off until the next snapshot, for no longer than this.
    static final long PUT_OFF_MILLIS = 10_000;

    private Replication() {}

    /// The snapshots that a copy is to have, oldest first: all that are there, but of those for replication only the
    /// newest. A copy that is behind goes straight to it.
    public static List<SnapshotId> wanted(Volume volume) {
        Optional<SnapshotId> newest = newest(volume);
        return ready(volume)
                .filter(snapshot -> snapshot.origin() != Snapshot.Origin.REPLICATION
                        || newest.filter(snapshot.id()::equals).isPresent())
                .map(Snapshot::id)
                .sorted()
                .toList();
    }

    /// The snapshots that a copy may have, oldest first.
    public static List<SnapshotId> kept(Volume volume) {
        return ready(volume).map(Snapshot::id).sorted().toList();
    }

    /// How little suits a node for one more replica, or to go on from the one that it has: the [Scorer]'s points.
    static long points(ClusterState state, Node node) {
        String name = node.name();
        int count = (int) state.volumes().values().stream()
                .filter(other ->
                        other.head().primary().equals(name) || other.copies().get(name) == Volume.Copy.REPLICA)
                .count();
        int taken = state.ledger().standing(name).takenPercent();
        return new Scorer(false).points(new Scorer.Facts(List.of(), 0, taken, count, true));
    }

    /// The newest snapshot for replication.
    public static Optional<SnapshotId> newest(Volume volume) {
        return ofReplication(volume).map(Snapshot::id).max(SnapshotId::compareTo);
    }

    /// The newest snapshot for replication that a node has of a volume.
    public static Optional<SnapshotId> tip(Volume volume, @Nullable StoredVolume stored) {
        return stored == null
                ? Optional.empty()
                : ofReplication(volume)
                        .map(Snapshot::id)
                        .filter(id -> stored.snapshots().contains(id.position()))
                        .max(SnapshotId::compareTo);
    }

    /// The newest of all snapshots at `positions`, whatever they were taken for, that the present head comes from: none
    /// of what a roll back has given up.
    public static Optional<Snapshot> newestOf(Volume volume, List<String> positions) {
        return ancestors(volume, positions).max(Comparator.comparing(Snapshot::id));
    }

    /// Those of them that the present head comes from.
    static Stream<Snapshot> ancestors(Volume volume, List<String> positions) {
        Optional<SnapshotId> base =
                volume.head().base().filter(id -> id.volume().equals(volume.id()));
        return ready(volume)
                .filter(snapshot -> snapshot.id().epoch() == volume.head().epoch()
                        || base.filter(id -> snapshot.id().compareTo(id) <= 0).isPresent())
                .filter(snapshot -> positions.contains(snapshot.id().position()));
    }

    /// The volumes that are replicated together with this one, itself included: those of its services, which must go on
    /// from one moment. By name.
    ///
    /// @param volumes those there are, by id
    public static List<Volume> group(Environment environment, Map<String, Volume> volumes, Volume volume) {
        List<Volume> group =
                MoveChanges.together(environment, Set.of(), Set.of(volume.name())).ids(environment).stream()
                        .flatMap(id -> Optional.ofNullable(volumes.get(id)).stream())
                        .filter(other -> other.state() == Volume.State.ACTIVE
                                && other.spec().replication().isPresent()
                                && !nodes(other).isEmpty()
                                && other.head().primary().equals(volume.head().primary()))
                        .toList();
        return group.contains(volume) ? group : List.of(volume);
    }

    static Stream<Snapshot> ofReplication(Volume volume) {
        return ready(volume).filter(snapshot -> snapshot.origin() == Snapshot.Origin.REPLICATION);
    }

    private static Stream<Snapshot> ready(Volume volume) {
        return volume.snapshots().values().stream().filter(snapshot -> snapshot.state() == Snapshot.State.READY);
    }

    /// Whether what is to be written down of a volume can wait for its next snapshot, which is soon: every change of an
    /// assignment has its nodes look at themselves and report.
    public static boolean isSoonTaking(Volume volume, long nowMillis) {
        return volume.spec().replication().isPresent()
                && !nodes(volume).isEmpty()
                && sinceLast(volume, nowMillis) <= Math.min(2 * everyMillis(volume), PUT_OFF_MILLIS);
    }

    /// How long ago the last snapshot for replication was asked for. A clock that was set back must not suspend
    /// replication until it has caught up.
    static long sinceLast(Volume volume, long nowMillis) {
        long last = volume.snapshots().values().stream()
                .filter(snapshot -> snapshot.origin() == Snapshot.Origin.REPLICATION)
                .mapToLong(Snapshot::requestedAtMillis)
                .max()
                .orElse(0);
        return nowMillis < last ? Long.MAX_VALUE : nowMillis - last;
    }

    static long everyMillis(Volume volume) {
        return volume.spec().replication().map(ReplicationSpec::everyMillis).orElse(ReplicationSpec.USUAL_EVERY_MILLIS);
    }

    /// The nodes that keep a replica, or are to keep one.
    public static List<String> nodes(Volume volume) {
        return volume.copies().entrySet().stream()
                .filter(copy -> copy.getValue() == Volume.Copy.REPLICA)
                .map(Map.Entry::getKey)
                .filter(node -> !node.equals(volume.head().primary()))
                .toList();
    }
}
