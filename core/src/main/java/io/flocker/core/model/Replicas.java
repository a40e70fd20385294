package io.flocker.core.model;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.pcollections.TreePMap;

/// What is known of a volume's replicas and must not be forgotten.
///
/// @param tips the newest snapshot for replication that each node has said it durably has; it is kept for the
///     next difference
/// @param rejoining former primaries that others went on without, and that have not given up their head yet: the
///     snapshot others went on from
/// @param home the node it was on before it failed over; empty if it is where it belongs
/// @param blocked why no replica takes over although the primary is gone, in words; empty if nothing keeps one
/// @param unguarded the epoch under which it was first allowed to fail over by itself, until its primary has said that
///     what writes it is guarded; else 0
/// @param divergedFrom for what a former primary wrote after others went on without it: the snapshot they went on
///     from
public record Replicas(
        TreePMap<String, SnapshotId> tips,
        TreePMap<String, SnapshotId> rejoining,
        String home,
        String blocked,
        long unguarded,
        Optional<SnapshotId> divergedFrom,
        TreePMap<String, Long> leftUnder,
        TreePMap<String, List<SnapshotId>> lent) {
    public static final Replicas NONE = new Replicas(
            TreePMap.empty(), TreePMap.empty(), "", "", 0, Optional.empty(), TreePMap.empty(), TreePMap.empty());

    /// Of what a former primary wrote.
    public static Replicas diverged(SnapshotId from) {
        return new Replicas(
                TreePMap.empty(), TreePMap.empty(), "", "", 0, Optional.of(from), TreePMap.empty(), TreePMap.empty());
    }

    public Replicas withTip(String node, SnapshotId tip) {
        return new Replicas(tips.plus(node, tip), rejoining, home, blocked, unguarded, divergedFrom, leftUnder, lent);
    }

    /// Nothing is kept for the next difference to `node`.
    public Replicas withoutTip(String node) {
        return new Replicas(tips.minus(node), rejoining, home, blocked, unguarded, divergedFrom, leftUnder, lent);
    }

    /// Nothing of it is on `node` any more.
    public Replicas without(String node) {
        return new Replicas(
                tips.minus(node),
                rejoining.minus(node),
                home,
                blocked,
                unguarded,
                divergedFrom,
                leftUnder.minus(node),
                lent);
    }

    /// Others went on from `base`, without `node`.
    ///
    /// @param epoch of the head that it is to give up
    public Replicas leaving(String node, SnapshotId base, long epoch) {
        SnapshotId first = rejoining.getOrDefault(node, base);
        long under = leftUnder.getOrDefault(node, epoch);
        return new Replicas(
                tips.plus(node, base),
                rejoining.plus(node, first),
                home,
                blocked,
                unguarded,
                divergedFrom,
                leftUnder.plus(node, under),
                lent);
    }

    public Replicas rejoined(String node) {
        return new Replicas(
                tips, rejoining.minus(node), home, blocked, unguarded, divergedFrom, leftUnder.minus(node), lent);
    }

    /// The primary is on another node now. If that one had a replica, it is only a guest there.
    public Replicas handedOver(String from, String to) {
        String before = home.isEmpty() ? from : home;
        boolean guest = tips.containsKey(to) && !to.equals(before);
        return new Replicas(
                tips.minus(to), rejoining, guest ? before : "", "", unguarded, divergedFrom, leftUnder, lent);
    }

    /// Without the tips that are not there any more.
    public Replicas withoutTips(Collection<SnapshotId> gone) {
        TreePMap<String, SnapshotId> left = tips;
        for (var tip : tips.entrySet()) {
            left = gone.contains(tip.getValue()) ? left.minus(tip.getKey()) : left;
        }
        return new Replicas(left, rejoining, home, blocked, unguarded, divergedFrom, leftUnder, lent);
    }

    public Replicas unguarded(long epoch) {
        return new Replicas(tips, rejoining, home, blocked, epoch, divergedFrom, leftUnder, lent);
    }

    public Replicas blocked(String why) {
        return new Replicas(tips, rejoining, home, why, unguarded, divergedFrom, leftUnder, lent);
    }

    public Replicas lending(String node, SnapshotId snapshot) {
        List<SnapshotId> all = Stream.concat(lent.getOrDefault(node, List.of()).stream(), Stream.of(snapshot))
                .distinct()
                .sorted()
                .toList();
        return withLent(lent.plus(node, all));
    }

    public Replicas takingBack(String node, Collection<SnapshotId> snapshots) {
        List<SnapshotId> left = lent.getOrDefault(node, List.of()).stream()
                .filter(snapshot -> !snapshots.contains(snapshot))
                .toList();
        return withLent(left.isEmpty() ? lent.minus(node) : lent.plus(node, left));
    }

    private Replicas withLent(TreePMap<String, List<SnapshotId>> newLent) {
        return new Replicas(tips, rejoining, home, blocked, unguarded, divergedFrom, leftUnder, newLent);
    }

    /// The node that a snapshot is lent to, if there is one.
    public Optional<String> borrower(SnapshotId snapshot) {
        return lent.entrySet().stream()
                .filter(entry -> entry.getValue().contains(snapshot))
                .map(Map.Entry::getKey)
                .findFirst();
    }
}
