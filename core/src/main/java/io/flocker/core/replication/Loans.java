package io.flocker.core.replication;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.cluster.Planned;
import io.flocker.core.model.Operation;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.model.Volume;
import io.flocker.core.plan.Sighting;
import io.flocker.core.plan.StoredVolume;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.pcollections.TreePMap;

/// Snapshots that a node without the volume gets only because a volume there begins with them: a branch's, elsewhere
/// than its origin. Nothing deletes them before that is done; then the node gives them back.
public final class Loans {
    private Loans() {}

    /// With `snapshot` on its way to `node`, or as it is if that node has it anyway.
    public static ClusterState lend(ClusterState state, SnapshotId snapshot, String node) {
        return state.volume(snapshot.volume())
                .filter(volume -> !has(volume, node))
                .map(volume -> state.with(
                        borrowing(volume, node).with(volume.replicas().lending(node, snapshot))))
                .orElse(state);
    }

    /// A volume on its way to the node stays on its way.
    private static Volume borrowing(Volume volume, String node) {
        return volume.copies().get(node) == Volume.Copy.RECEIVE ? volume : volume.with(node, Volume.Copy.LENT);
    }

    /// Whether a node has, or soon has, all snapshots of a volume.
    public static boolean has(Volume volume, String node) {
        return volume.head().primary().equals(node) || volume.copies().get(node) == Volume.Copy.REPLICA;
    }

    /// Whether a node has, or soon has, that snapshot.
    public static boolean comes(Volume volume, SnapshotId snapshot, String node) {
        return has(volume, node)
                || volume.replicas().lent().getOrDefault(node, List.of()).contains(snapshot);
    }

    /// What is not needed any more where it was lent.
    public static List<Command> due(ClusterState state, TreePMap<String, Sighting> sightings, long nowMillis) {
        List<Command> commands = new ArrayList<>();
        for (Volume volume : state.volumes().values()) {
            volume.replicas().lent().forEach((node, lent) -> {
                List<SnapshotId> done = lent.stream()
                        .filter(snapshot -> !isNeeded(state, sightings, snapshot, node))
                        .toList();
                if (!done.isEmpty()) {
                    commands.add(new Planned.TakeBack(nowMillis, volume.id(), node, done));
                }
            });
        }
        return commands;
    }

    /// Whether something on `node` is still to begin with a snapshot.
    private static boolean isNeeded(
            ClusterState state, TreePMap<String, Sighting> sightings, SnapshotId snapshot, String node) {
        if (!state.nodes().containsKey(node)) {
            return false;
        }
        Stream<Volume> begun = state.volumes().values().stream()
                .filter(volume -> volume.head().base().filter(snapshot::equals).isPresent())
                .filter(volume -> !isMade(volume, sightings));
        Stream<Volume> planned = state.operations().values().stream()
                .filter(Operation::running)
                .filter(operation -> operation.kind() instanceof Operation.Kind.RollBack)
                .flatMap(operation -> ((Operation.Kind.RollBack) operation.kind()).targets().entrySet().stream())
                .filter(target -> target.getValue().equals(snapshot))
                .flatMap(target -> state.volume(target.getKey()).stream());
        return Stream.concat(begun, planned)
                .anyMatch(volume -> volume.state() == Volume.State.ACTIVE
                        && volume.head().primary().equals(node));
    }

    private static boolean isMade(Volume volume, TreePMap<String, Sighting> sightings) {
        Sighting sighting = sightings.get(volume.head().primary());
        StoredVolume stored =
                sighting == null ? null : sighting.observed().volumes().get(volume.id());
        return stored != null && stored.headEpoch() >= volume.head().epoch();
    }

    static Outcome takeBack(ClusterState state, Planned.TakeBack command) {
        Volume volume = state.volumes().get(command.volume());
        if (volume == null || !volume.replicas().lent().containsKey(command.node())) {
            return ReplicationChanges.stale(command);
        }
        Volume next = volume.with(volume.replicas().takingBack(command.node(), command.snapshots()));
        boolean over = !next.replicas().lent().containsKey(command.node())
                && next.copies().get(command.node()) == Volume.Copy.LENT;
        return new Outcome.Accepted(state.with(over ? next.with(command.node(), Volume.Copy.DROP) : next));
    }
}
