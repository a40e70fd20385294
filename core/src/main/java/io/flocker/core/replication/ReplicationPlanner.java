package io.flocker.core.replication;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Planned;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Node;
import io.flocker.core.model.Snapshot;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.model.Volume;
import io.flocker.core.plan.Observed;
import io.flocker.core.plan.Sighting;
import io.flocker.core.plan.StoredVolume;
import io.flocker.core.plan.Transfer;
import io.flocker.core.spec.ReplicationSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/// What is due for a volume's replicas: where they are kept, the next snapshot for them, and which ones may go.
public final class ReplicationPlanner {
    /// A node that Flocker chose for a replica is given up after so long a silence; it may be a machine that starts
    /// again.
    static final long GRACE_MILLIS = 300_000;

    /// Nodes have so long to begin with a snapshot before it may be thinned out.
    static final long SETTLING_MILLIS = 5_000;

    /// A replica that is away has its last snapshot kept for so long; then it starts over.
    static final long PINNED_MILLIS = 6 * 3_600_000L;

    /// So many replicas of the volumes of one node may be made at a time.
    static final int MAX_SEEDS = 2;

    private final Groups groups;
    private final ClusterState state;
    private final Volume volume;
    /// Those that go on from one moment: itself, and others if its services have several.
    private final List<Volume> group;
    private final TreePMap<String, Sighting> sightings;
    private final long nowMillis;

    private ReplicationPlanner(Groups groups, Volume volume, long nowMillis) {
        this.groups = groups;
        state = groups.state();
        sightings = groups.sightings();
        this.volume = volume;
        group = groups.of(volume);
        this.nowMillis = nowMillis;
    }

    /// What is due, at most one command of each kind.
    public static List<Command> due(Groups groups, Volume volume, long nowMillis) {
        if (groups.state().isHandedOver(volume.id())) {
            return List.of();
        }
        var planner = new ReplicationPlanner(groups, volume, nowMillis);
        if (volume.state() == Volume.State.DELETING) {
            // What a former primary has is deleted once it is back, and not before.
            return planner.rejoin();
        }
        List<Command> commands = new ArrayList<>();
        planner.keep().ifPresent(commands::add);
        planner.replicate().ifPresent(commands::add);
        planner.round().ifPresent(commands::add);
        commands.addAll(planner.rejoin());
        return commands;
    }

    private Optional<Command> keep() {
        List<String> present = Replication.nodes(volume);
        List<String> wanted = volume.spec().replication().map(this::wanted).orElse(List.of());
        boolean moving = volume.copies().containsValue(Volume.Copy.RECEIVE);
        return moving || new TreeSet<>(present).equals(new TreeSet<>(wanted))
                ? Optional.empty()
                : Optional.of(new Planned.KeepReplicas(nowMillis, volume.id(), wanted));
    }

    private List<String> wanted(ReplicationSpec spec) {
        String primary = volume.head().primary();
        if (spec.to().isEmpty()) {
            return chosen(spec);
        }
        var nodes = new TreeSet<>(spec.to());
        if (!volume.replicas().home().isEmpty()) {
            nodes.add(volume.replicas().home());
        }
        nodes.remove(primary);
        nodes.retainAll(state.nodes().keySet());
        // What is on its way out goes first; then it comes anew.
        nodes.removeIf(node -> volume.copies().get(node) == Volume.Copy.DROP);
        return List.copyOf(nodes);
    }

    /// Those that keep one already as long as they can, and the best of the others for those that are missing.
    private List<String> chosen(ReplicationSpec spec) {
        List<String> chosen = new ArrayList<>(Replication.nodes(volume).stream()
                .filter(this::mayStay)
                .sorted(Comparator.comparing((String node) -> isLost(node)).thenComparing(Comparator.naturalOrder()))
                .limit(spec.copies())
                .toList());
        long lost = chosen.stream().filter(this::isLost).count();
        boolean many = state.nodes().keySet().stream().filter(this::isLost).count() * 2
                > state.nodes().size();
        if (!many) {
            chosen.removeIf(
                    node -> lost > 0 && isLost(node) && candidates(spec, chosen).size() >= lost);
        }
        while (chosen.size() < spec.copies() && seeds() < MAX_SEEDS) {
            Optional<Node> best = candidates(spec, chosen).stream().findFirst();
            if (best.isEmpty()) {
                break;
            }
            chosen.add(best.get().name());
        }
        return chosen;
    }

    /// The replicas that this node's volumes are still making.
    private long seeds() {
        return state.volumes().values().stream()
                .filter(other -> !other.id().equals(volume.id())
                        && other.head().primary().equals(volume.head().primary()))
                .mapToLong(other -> Replication.nodes(other).stream()
                        .filter(node -> !other.replicas().tips().containsKey(node) && !isLost(node))
                        .count())
                .sum();
    }

    private boolean mayStay(String name) {
        Node node = state.nodes().get(name);
        return node != null && node.availability() == Node.Availability.ACTIVE;
    }

    private boolean isLost(String node) {
        return silence(node) > GRACE_MILLIS;
    }

    private long silence(String node) {
        Sighting sighting = sightings.get(node);
        return sighting == null ? 0 : nowMillis - sighting.atMillis();
    }

    /// Nodes that could keep one more, best first: where the label has another value, then where most is free.
    private List<Node> candidates(ReplicationSpec spec, List<String> chosen) {
        Set<String> values = new HashSet<>();
        for (String name : chosen) {
            values.add(value(spec, state.nodes().get(name)));
        }
        values.add(value(spec, state.nodes().get(volume.head().primary())));
        Map<String, Long> points = new TreeMap<>();
        return state.nodes().values().stream()
                .filter(node -> node.availability() == Node.Availability.ACTIVE
                        && !node.name().equals(volume.head().primary())
                        && !chosen.contains(node.name())
                        && volume.copies().get(node.name()) != Volume.Copy.DROP
                        && isHeard(node.name())
                        && suits(node))
                .sorted(Comparator.comparing(
                                (Node node) -> !spec.spread().isEmpty() && values.contains(value(spec, node)))
                        .thenComparingLong(
                                node -> points.computeIfAbsent(node.name(), _ -> Replication.points(state, node)))
                        .thenComparing(Node::name))
                .toList();
    }

    private static String value(ReplicationSpec spec, @Nullable Node node) {
        return node == null ? "" : node.labels().getOrDefault(spec.spread(), "");
    }

    private boolean isHeard(String node) {
        return sightings.containsKey(node) && silence(node) < SETTLING_MILLIS;
    }

    /// Whether the services that use the volume could run there.
    private boolean suits(Node node) {
        return state.environment(volume.environment()).stream()
                .map(Environment::application)
                .flatMap(application -> application.usersOf(volume.name()).stream())
                .allMatch(spec -> node.objection(spec.placement()).isEmpty());
    }

    private Optional<Command> replicate() {
        Sighting primary = sightings.get(volume.head().primary());
        StoredVolume stored = groups.stored(volume.head().primary(), volume);
        if (primary == null || !isMade(volume)) {
            return Optional.empty();
        }
        boolean taking = group.size() == 1 ? isDue(volume) : groups.isRoundDue(group, this::isRoundDue);
        if (!taking && Replication.isSoonTaking(volume, nowMillis)) {
            return Optional.empty();
        }
        boolean take = taking && group.size() == 1;
        TreePMap<String, SnapshotId> tips = tips();
        List<String> late = late();
        List<SnapshotId> thin = thin(tips, late);
        List<SnapshotId> missing = isSettled(primary) ? missing(stored) : List.of();
        // What replicas have is written down together with the next round; at the end by itself.
        boolean news = !tips.isEmpty()
                && (!volume.awaitsSnapshot() && sinceLast(volume) > 2 * Replication.everyMillis(volume));
        return take || news || !thin.isEmpty() || !missing.isEmpty() || !late.isEmpty()
                ? Optional.of(new Planned.Replicate(nowMillis, volume.id(), take, tips, late, thin, missing))
                : Optional.empty();
    }

    /// Of all volumes of the group at once, asked for by the first of them.
    private Optional<Command> round() {
        return group.size() > 1 && group.getFirst().equals(volume) && groups.isRoundDue(group, this::isRoundDue)
                ? Optional.of(new Planned.TakeRound(
                        nowMillis, group.stream().map(Volume::id).toList()))
                : Optional.empty();
    }

    /// Replicas that have begun come along before the next one is taken, so that they have all volumes of one moment
    /// again and again; one that cannot is not waited for longer than half of what may be lost.
    private boolean isRoundDue() {
        return group.stream().allMatch(other -> isMade(other) && mayTake(other))
                && group.stream().anyMatch(this::isDue)
                && group.stream().allMatch(other -> haveCome(other) || sinceLast(other) >= maxLossMillis(other) / 2);
    }

    private boolean haveCome(Volume other) {
        Optional<SnapshotId> newest = Replication.newest(other);
        return other.replicas().tips().keySet().stream()
                .filter(this::isHeard)
                .allMatch(node ->
                        Replication.tip(other, groups.stored(node, other)).equals(newest));
    }

    /// Whether the primary has its head.
    private boolean isMade(Volume other) {
        StoredVolume stored = groups.stored(other.head().primary(), other);
        return stored != null && stored.headEpoch() == other.head().epoch();
    }

    private boolean isSettled(Sighting sighting) {
        return sighting.upToDate() && !sighting.busy().contains("volume " + volume.id());
    }

    private boolean isDue(Volume other) {
        return mayTake(other) && sinceLast(other) >= Replication.everyMillis(other);
    }

    private boolean mayTake(Volume other) {
        return other.spec().replication().isPresent()
                && !Replication.nodes(other).isEmpty()
                && !other.awaitsSnapshot()
                && isHeard(other.head().primary());
    }

    private static long maxLossMillis(Volume other) {
        return other.spec().replication().map(ReplicationSpec::maxLossMillis).orElse(0L);
    }

    private long sinceLast(Volume other) {
        return Replication.sinceLast(other, nowMillis);
    }

    /// Where replicas have got to since that was last written down.
    private TreePMap<String, SnapshotId> tips() {
        TreePMap<String, SnapshotId> tips = TreePMap.empty();
        for (String node : Replication.nodes(volume)) {
            Optional<SnapshotId> tip = Replication.tip(volume, groups.stored(node, volume));
            SnapshotId known = volume.replicas().tips().get(node);
            if (tip.isPresent() && !tip.get().equals(known)) {
                tips = tips.plus(node, tip.get());
            }
        }
        return tips;
    }

    /// Nodes that are away for so long that nothing is kept for them any more.
    private List<String> late() {
        return volume.replicas().tips().entrySet().stream()
                .filter(tip -> silence(tip.getKey()) > PINNED_MILLIS
                        && volume.snapshot(tip.getValue())
                                .filter(snapshot -> nowMillis - snapshot.requestedAtMillis() > PINNED_MILLIS)
                                .isPresent())
                .map(Map.Entry::getKey)
                .toList();
    }

    /// All but the newest, those that the next differences begin with, those on their way, and those that replicas of
    /// several volumes would go on from. Without replicas all.
    private List<SnapshotId> thin(TreePMap<String, SnapshotId> tips, List<String> late) {
        List<SnapshotId> old = Replication.ofReplication(volume)
                .filter(snapshot -> Math.abs(nowMillis - snapshot.requestedAtMillis()) > SETTLING_MILLIS)
                .map(Snapshot::id)
                .toList();
        boolean unknown = group.size() > 1 && Replication.nodes(volume).stream().anyMatch(this::isYetToBeHeard);
        if (old.isEmpty() || unknown) {
            return List.of();
        }
        Set<SnapshotId> kept = kept(tips, late);
        return old.stream().filter(id -> !kept.contains(id)).toList();
    }

    private Set<SnapshotId> kept(TreePMap<String, SnapshotId> tips, List<String> late) {
        Set<SnapshotId> kept = new HashSet<>(tips.values());
        if (group.size() > 1) {
            Replication.nodes(volume).forEach(node -> kept.addAll(groups.ofCommonMoments(node, volume)));
        }
        volume.replicas().tips().forEach((node, tip) -> {
            if (!tips.containsKey(node) && !late.contains(node)) {
                kept.add(tip);
            }
        });
        Replication.newest(volume)
                .filter(_ -> volume.spec().replication().isPresent())
                .ifPresent(kept::add);
        for (Sighting sighting : sightings.values()) {
            for (Transfer transfer : sighting.transfers()) {
                if (transfer.volume().equals(volume.id()) && !transfer.ended()) {
                    kept.add(SnapshotId.of(volume.id(), transfer.position()));
                }
            }
        }
        return kept;
    }

    /// Whether nobody knows what a replica has: the leader is new.
    private boolean isYetToBeHeard(String node) {
        Sighting sighting = sightings.get(node);
        return sighting != null && sighting.observed().equals(Observed.NOTHING) && silence(node) < SETTLING_MILLIS;
    }

    private List<SnapshotId> missing(StoredVolume stored) {
        return Replication.ofReplication(volume)
                .map(Snapshot::id)
                .filter(id -> !stored.snapshots().contains(id.position()))
                .toList();
    }

    private List<Command> rejoin() {
        List<Command> commands = new ArrayList<>();
        volume.replicas().rejoining().forEach((node, base) -> {
            Sighting sighting = sightings.get(node);
            if (!state.nodes().containsKey(node)) {
                commands.add(new Planned.Rejoin(nowMillis, volume.id(), node, Optional.empty()));
            } else if (sighting != null && isSettled(sighting) && isHeard(node)) {
                StoredVolume stored = sighting.observed().volumes().get(volume.id());
                if (stored == null || stored.headEpoch() == 0) {
                    commands.add(new Planned.Rejoin(nowMillis, volume.id(), node, tail(node, base, stored)));
                }
            }
        });
        return commands;
    }

    /// The newest of what a former primary wrote after the snapshot that others went on from: what
    /// nobody else has, and what it took itself though a replica has it too, as one that has more
    /// of one volume than it went on from. What it received before is not its own.
    private Optional<SnapshotId> tail(String node, SnapshotId base, @Nullable StoredVolume stored) {
        long epoch = volume.replicas().leftUnder().getOrDefault(node, base.epoch());
        return stored == null
                ? Optional.empty()
                : stored.snapshots().stream()
                        .map(position -> SnapshotId.of(volume.id(), position))
                        .filter(id -> id.compareTo(base) > 0)
                        .filter(id -> id.epoch() == epoch || volume.snapshot(id).isEmpty())
                        .max(SnapshotId::compareTo);
    }
}
