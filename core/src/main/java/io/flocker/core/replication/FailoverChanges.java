package io.flocker.core.replication;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.InstanceChanges;
import io.flocker.core.cluster.OperationChanges;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.cluster.SnapshotChanges;
import io.flocker.core.model.Checkpoint;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Head;
import io.flocker.core.model.Instance;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Service;
import io.flocker.core.model.Snapshot;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.model.Volume;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pcollections.TreePMap;

/// Services that go on from replicas: from (epoch, the node that is gone) to (epoch + 1, the replica's node, the newest
/// snapshot there) in one change, which is refused if anybody was faster.
final class FailoverChanges {
    private FailoverChanges() {}

    static Outcome start(ClusterState state, Command.FailOver command) {
        Environment known = state.environments().get(command.environment());
        if (known == null || !state.nodes().containsKey(command.to())) {
            return ReplicationChanges.stale(command);
        }
        Optional<Operation> running = state.running(known.name());
        if (running.filter(it -> it.kind() instanceof Operation.Kind.Remove).isPresent()) {
            return new Outcome.Refused(
                    Outcome.Reason.CONFLICT, "Environment " + known.name() + " is being removed; nothing fails over");
        }
        String why = "node " + command.from() + " is gone, and failover " + command.operation() + " goes on without it";
        ClusterState next = running.map(operation ->
                        OperationChanges.end(state, operation, Operation.State.FAILED, why, command.atMillis()))
                .orElse(state);
        TreePMap<String, SnapshotId> bases = TreePMap.empty();
        TreePMap<String, Snapshot> found = Moments.bases(
                command.volumes().stream()
                        .flatMap(id -> state.volume(id).stream())
                        .toList(),
                command.held());
        for (String id : command.volumes()) {
            Volume volume = next.volumes().get(id);
            Optional<Snapshot> base = state.volume(id)
                    .filter(before -> fits(before, command))
                    .flatMap(_ -> Optional.ofNullable(found.get(id)));
            if (volume == null || volume.state() != Volume.State.ACTIVE || base.isEmpty()) {
                return ReplicationChanges.stale(command);
            }
            bases = bases.plus(id, base.get().id());
            // What a move that ends with this took is not thrown away if others go on from it.
            boolean ofMove = base.get().origin() == Snapshot.Origin.MOVE;
            next = handOver(
                    next,
                    ofMove ? volume.with(base.get().forReplicas()) : volume,
                    base.get().id(),
                    command);
        }
        Operation.Kind.Move move =
                new Operation.Kind.Move(command.services(), command.volumes(), command.from(), command.to());
        Operation operation = new Operation(
                command.operation(),
                new Operation.Kind.FailOver(move, bases, command.story()),
                known.name(),
                command.by(),
                Operation.Phase.START,
                command.atMillis(),
                command.deadlineMillis());
        return new Outcome.Accepted(elsewhere(next, command)
                .with(operation)
                .telling(command.atMillis(), known.name(), known.name(), command.story()));
    }

    private static boolean fits(Volume volume, Command.FailOver command) {
        return volume.state() == Volume.State.ACTIVE
                && volume.head().primary().equals(command.from())
                && volume.copies().containsKey(command.to())
                && volume.copies().get(command.to()).mayTakeOver()
                && !volume.replicas().rejoining().containsKey(command.to())
                && (volume.armed() || !command.by().equals(FailoverPlanner.BY));
    }

    private static ClusterState handOver(ClusterState state, Volume volume, SnapshotId base, Command.FailOver command) {
        List<String> held = command.held().getOrDefault(volume.id(), List.of());
        Volume next = volume;
        List<Snapshot> lost = new ArrayList<>();
        for (Snapshot snapshot : volume.snapshots().values()) {
            boolean there = snapshot.state() == Snapshot.State.READY
                    && held.contains(snapshot.id().position());
            if (!there) {
                next = next.without(snapshot.id());
                lost.add(snapshot);
            }
        }
        next = next.with(new Head(volume.head().epoch() + 1, command.to(), Optional.of(base), Optional.empty()))
                .withoutCopy(command.to())
                .with(command.from(), Volume.Copy.REPLICA)
                .with(next.replicas()
                        .withTip(command.to(), base)
                        .handedOver(command.from(), command.to())
                        .leaving(command.from(), base, volume.head().epoch()));
        return withoutCheckpoints(state.with(next), volume, lost, command);
    }

    /// A checkpoint has every volume or does not exist: one whose snapshot is lost goes, and it is told.
    private static ClusterState withoutCheckpoints(
            ClusterState state, Volume volume, List<Snapshot> lost, Command.FailOver command) {
        ClusterState next = state;
        for (Snapshot snapshot : lost) {
            Environment environment = next.environments().get(volume.environment());
            Checkpoint checkpoint =
                    environment == null ? null : environment.checkpoints().get(snapshot.checkpoint());
            String subject = volume.environment() + "/" + volume.name();
            if (environment != null && checkpoint != null) {
                next = SnapshotChanges.without(next, environment, checkpoint)
                        .telling(
                                command.atMillis(),
                                volume.environment(),
                                volume.environment(),
                                "Checkpoint " + checkpoint.name() + " is lost: its snapshot of " + volume.name()
                                        + " had not reached " + command.to());
            } else if (!snapshot.name().isEmpty()) {
                next = next.telling(
                        command.atMillis(),
                        volume.environment(),
                        subject,
                        "Snapshot " + snapshot.name() + " is lost: it had not reached " + command.to());
            }
        }
        return next;
    }

    private static ClusterState elsewhere(ClusterState state, Command.FailOver command) {
        Environment next = state.environment(command.environment()).orElseThrow();
        for (String name : command.services()) {
            Service service = next.services().get(name);
            if (service != null) {
                next = next.with(service.restarted().suspendedBy(""));
            }
        }
        for (Instance instance : List.copyOf(next.instances().values())) {
            if (command.services().contains(instance.service())
                    && instance.node().equals(command.from())) {
                next = next.with(
                        instance.on(command.to(), "failed over from " + command.from() + " by " + command.by()));
            }
        }
        return state.with(InstanceChanges.follow(state, next));
    }
}
