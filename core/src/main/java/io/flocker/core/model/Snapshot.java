package io.flocker.core.model;

/// A volume at one moment, read-only.
///
/// @param name what a user calls it; empty for none
/// @param origin why it was taken
/// @param checkpoint the checkpoint it belongs to; empty for none
/// @param state how far it is
/// @param requestedAtMillis when it was asked for
/// @param takenAtMillis when it was taken, by the clock of the node that took it; 0 until then
/// @param pauseMicros how long the containers were frozen for it
public record Snapshot(
        SnapshotId id,
        String name,
        Origin origin,
        String checkpoint,
        State state,
        long requestedAtMillis,
        long takenAtMillis,
        long pauseMicros) {

    public enum Origin {
        USER,
        POLICY,
        CHECKPOINT,
        BEFORE_ROLLBACK,
        /// On its way to another node; goes when the move is over.
        MOVE,
        /// For the replicas; goes when there are later ones and none of them needs it for the next difference.
        REPLICATION
    }

    public enum State {
        REQUESTED,
        READY,
        DELETING
    }

    public Snapshot taken(long atMillis, long pause) {
        return new Snapshot(id, name, origin, checkpoint, State.READY, requestedAtMillis, atMillis, pause);
    }

    /// Of another checkpoint.
    public Snapshot of(String newCheckpoint) {
        return new Snapshot(id, name, origin, newCheckpoint, state, requestedAtMillis, takenAtMillis, pauseMicros);
    }

    /// One that is there, and only for the replicas.
    public Snapshot forReplicas() {
        return new Snapshot(
                id, name, Origin.REPLICATION, checkpoint, State.READY, requestedAtMillis, takenAtMillis, pauseMicros);
    }

    public Snapshot in(State newState) {
        return new Snapshot(id, name, origin, checkpoint, newState, requestedAtMillis, takenAtMillis, pauseMicros);
    }
}
