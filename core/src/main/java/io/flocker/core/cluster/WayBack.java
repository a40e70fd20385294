package io.flocker.core.cluster;

import io.flocker.core.model.Environment;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Operation.Kind.Move;
import io.flocker.core.model.Operation.Phase;
import io.flocker.core.model.Snapshot;
import io.flocker.core.model.Volume;
import java.util.Collection;
import java.util.List;

/// Moves that go back, with whatever was written where they went, and what moves leave behind.
public final class WayBack {
    private WayBack() {}

    /// Stops what a move has started on the new node, so that it can go back.
    ///
    /// @param back the operation, in phase UNDO and with its reason
    static ClusterState begin(ClusterState state, Environment environment, Operation back, Move move) {
        return state.with(MoveChanges.suspended(environment, back, move))
                .with(back)
                .telling(
                        back.changedAtMillis(),
                        environment.name(),
                        environment.name(),
                        "Move " + back.id() + " goes back to " + move.from() + ": " + back.error());
    }

    /// Whether a move that goes back has kept what was written where it went to: a service that did not stay up there
    /// may have acknowledged something all the same.
    static boolean isKept(ClusterState state, Move move) {
        return move.volumes().stream()
                .flatMap(id -> state.volume(id).stream())
                .filter(volume -> volume.head().primary().equals(move.to()))
                .allMatch(WayBack::isKept);
    }

    /// Whether a snapshot of the present head was asked for, so that it goes back with what is in it.
    public static boolean isKept(Volume volume) {
        return volume.snapshots().values().stream()
                .anyMatch(snapshot -> snapshot.origin() == Snapshot.Origin.MOVE
                        && snapshot.id().epoch() == volume.head().epoch());
    }

    /// A volume whose new head was never made comes back as it went: to the snapshot that the head was to begin with.
    static Outcome returnUnused(ClusterState state, Command.ReturnUnused command) {
        Operation operation = state.operations().get(command.operation());
        if (operation == null
                || operation.phase() != Phase.UNDO
                || !(operation.kind() instanceof Move move)
                || !move.volumes().containsAll(command.volumes())) {
            return stale(command);
        }
        ClusterState next = state;
        for (String id : command.volumes()) {
            Volume volume = next.volumes().get(id);
            if (volume == null || !volume.head().primary().equals(move.to()) || isTaken(volume)) {
                return stale(command);
            }
            next = next.with(MoveChanges.handedOver(
                    withoutRequests(volume), volume.head().base(), move.from()));
        }
        return new Outcome.Accepted(next);
    }

    /// Whether a snapshot of the present head is there, so that the head is or was.
    public static boolean isTaken(Volume volume) {
        return volume.snapshots().values().stream()
                .anyMatch(snapshot ->
                        snapshot.id().epoch() == volume.head().epoch() && snapshot.state() == Snapshot.State.READY);
    }

    /// Of a head that never was, no snapshot will be.
    private static Volume withoutRequests(Volume volume) {
        Volume next = volume;
        for (Snapshot snapshot : volume.snapshots().values()) {
            if (snapshot.id().epoch() == volume.head().epoch()) {
                next = next.without(snapshot.id());
            }
        }
        return next;
    }

    static Outcome settle(ClusterState state, Command.Settle command) {
        return command.volumes().stream()
                        .flatMap(id -> state.volume(id).stream())
                        .allMatch(volume -> isLeft(state, volume))
                ? new Outcome.Accepted(settled(state, command.volumes()))
                : stale(command);
    }

    /// Whether there is something of a move left that [#settled] ends: nothing that an operation may need now.
    public static boolean isLeft(ClusterState state, Volume volume) {
        return state.running(volume.environment()).isEmpty() && isLeft(volume);
    }

    private static boolean isLeft(Volume volume) {
        return volume.copies().containsValue(Volume.Copy.RECEIVE)
                || volume.snapshots().values().stream().anyMatch(WayBack::isOfMove);
    }

    private static boolean isOfMove(Snapshot snapshot) {
        return snapshot.origin() == Snapshot.Origin.MOVE && snapshot.state() != Snapshot.State.DELETING;
    }

    /// What becomes of a copy that was only for a move, or of any other one.
    private static Volume.Copy left(Volume volume, String node) {
        if (volume.replicas().lent().containsKey(node)) {
            return Volume.Copy.LENT;
        }
        boolean kept = volume.copies().get(node) != Volume.Copy.DROP
                && volume.state() == Volume.State.ACTIVE
                && volume.spec().replication().isPresent();
        return kept ? Volume.Copy.REPLICA : Volume.Copy.DROP;
    }

    /// Only the primary and replicas keep data, and the snapshots that were only for moves go.
    static ClusterState settled(ClusterState state, Collection<String> volumes) {
        ClusterState next = state;
        for (String id : volumes) {
            Volume volume = next.volumes().get(id);
            if (volume == null) {
                continue;
            }
            for (String node : List.copyOf(volume.copies().keySet())) {
                volume = volume.with(node, left(volume, node));
            }
            for (Snapshot snapshot : List.copyOf(volume.snapshots().values())) {
                if (isOfMove(snapshot)) {
                    volume = volume.with(snapshot.in(Snapshot.State.DELETING));
                }
            }
            next = next.with(volume);
        }
        return next;
    }

    private static Outcome.Refused stale(Command command) {
        return new Outcome.Refused(Outcome.Reason.CONFLICT, "The plan is out of date: " + command);
    }
}
