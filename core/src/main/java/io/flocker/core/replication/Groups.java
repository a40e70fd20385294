package io.flocker.core.replication;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.model.Snapshot;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.model.Volume;
import io.flocker.core.plan.Sighting;
import io.flocker.core.plan.StoredVolume;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/// Volumes that go on from one moment, and what nodes have of them. What concerns a whole group is found once, however
/// many of its volumes are asked about. Of one state; one thread's.
public final class Groups {
    private final ClusterState state;
    private final TreePMap<String, Sighting> sightings;
    /// By each of their volumes' ids.
    private final Map<String, List<Volume>> groups = new HashMap<>();
    /// By the first volume's id, then by node.
    private final Map<String, Map<String, OptionalLong>> moments = new HashMap<>();
    /// By the first volume's id.
    private final Map<String, Boolean> roundsDue = new HashMap<>();

    public Groups(ClusterState state, TreePMap<String, Sighting> sightings) {
        this.state = state;
        this.sightings = sightings;
    }

    ClusterState state() {
        return state;
    }

    TreePMap<String, Sighting> sightings() {
        return sightings;
    }

    /// As [Replication#group]; of a volume that is not replicated, itself.
    List<Volume> of(Volume volume) {
        List<Volume> known = groups.get(volume.id());
        if (known != null) {
            return known;
        }
        List<Volume> group = state.environment(volume.environment())
                .filter(_ -> volume.spec().replication().isPresent())
                .map(environment -> Replication.group(environment, state.volumes(), volume))
                .orElse(List.of(volume));
        group.forEach(other -> groups.put(other.id(), group));
        return group;
    }

    /// Whether a group's next snapshots are to be asked for, as `question` says, which is asked once.
    boolean isRoundDue(List<Volume> group, BooleanSupplier question) {
        return roundsDue.computeIfAbsent(group.getFirst().id(), _ -> question.getAsBoolean());
    }

    /// The newest moment of which a node has snapshots of the whole group.
    private OptionalLong newestMoment(List<Volume> group, String node) {
        return moments.computeIfAbsent(group.getFirst().id(), _ -> new HashMap<>())
                .computeIfAbsent(
                        node,
                        _ -> Moments.newest(
                                group.stream().map(other -> held(node, other)).toList()));
    }

    /// The snapshots for replication that a node has of a volume.
    private Stream<Snapshot> held(String node, Volume volume) {
        StoredVolume stored = stored(node, volume);
        return stored == null
                ? Stream.empty()
                : Replication.ofReplication(volume)
                        .filter(snapshot ->
                                stored.snapshots().contains(snapshot.id().position()));
    }

    /// The snapshots for replication that a node has of a volume and that are of the newest moment of which it has the
    /// whole group, or that may become so.
    List<SnapshotId> ofCommonMoments(String node, Volume volume) {
        OptionalLong common = newestMoment(of(volume), node);
        return common.isEmpty()
                ? List.of()
                : held(node, volume)
                        .filter(snapshot -> Moments.of(snapshot)
                                .filter(moment -> moment >= common.getAsLong())
                                .isPresent())
                        .map(Snapshot::id)
                        .toList();
    }

    @Nullable
    StoredVolume stored(String node, Volume volume) {
        Sighting sighting = sightings.get(node);
        return sighting == null ? null : sighting.observed().volumes().get(volume.id());
    }
}
