package io.flocker.core.model;

import io.flocker.core.spec.VolumeSpec;
import java.util.Optional;
import org.pcollections.TreePMap;

/// Data a service keeps. Exactly one node may write it, under an epoch.
///
/// @param id unique for ever, and its directory's name in the pool
/// @param environment where its name is known
/// @param name as in the application
/// @param snapshots by [SnapshotId#position]
/// @param copies what nodes beside the primary are to do about its data, by node
/// @param nextSequence the number the next snapshot of this epoch gets
/// @param createdAtMillis by the leader's clock
/// @param replicas what is known of its replicas
public record Volume(
        String id,
        String environment,
        String name,
        VolumeSpec spec,
        Head head,
        TreePMap<String, Snapshot> snapshots,
        TreePMap<String, Copy> copies,
        long nextSequence,
        State state,
        long createdAtMillis,
        Replicas replicas) {

    /// One that has no snapshots and no copies yet.
    public static Volume fresh(
            String id, String environment, String name, VolumeSpec spec, Head head, long createdAtMillis) {
        return new Volume(
                id,
                environment,
                name,
                spec,
                head,
                TreePMap.empty(),
                TreePMap.empty(),
                1,
                State.ACTIVE,
                createdAtMillis,
                Replicas.NONE);
    }

    public enum State {
        ACTIVE,
        DELETING
    }

    /// What a node that is not the primary does about a volume.
    public enum Copy {
        /// Receives every snapshot.
        RECEIVE,
        /// Deletes what it has.
        DROP,
        /// Keeps a replica: what is needed to take over.
        REPLICA,
        /// Has what other volumes there begin with, until they have begun: [Replicas#lent].
        LENT;

        /// Whether the node may go on from what it has, if the primary is gone.
        public boolean mayTakeOver() {
            return this == RECEIVE || this == REPLICA;
        }
    }

    public Optional<Snapshot> snapshot(SnapshotId snapshot) {
        return Optional.ofNullable(snapshots.get(snapshot.position()));
    }

    /// The same volume with `snapshot` added or changed.
    public Volume with(Snapshot snapshot) {
        long next = snapshot.id().epoch() == head.epoch()
                ? Math.max(nextSequence, snapshot.id().sequence() + 1)
                : nextSequence;
        return new Volume(
                id,
                environment,
                name,
                spec,
                head,
                snapshots.plus(snapshot.id().position(), snapshot),
                copies,
                next,
                state,
                createdAtMillis,
                replicas);
    }

    public Volume without(SnapshotId snapshot) {
        return new Volume(
                id,
                environment,
                name,
                spec,
                head,
                snapshots.minus(snapshot.position()),
                copies,
                nextSequence,
                state,
                createdAtMillis,
                replicas);
    }

    /// The next epoch's head; its snapshots count from 1 again. What replicas were to get of the head before, and
    /// was not taken, is taken no more.
    public Volume with(Head newHead) {
        TreePMap<String, Snapshot> left = snapshots;
        for (Snapshot snapshot : snapshots.values()) {
            boolean due =
                    snapshot.state() == Snapshot.State.REQUESTED && snapshot.origin() == Snapshot.Origin.REPLICATION;
            left = due ? left.minus(snapshot.id().position()) : left;
        }
        return new Volume(id, environment, name, spec, newHead, left, copies, 1, state, createdAtMillis, replicas);
    }

    public Volume with(VolumeSpec newSpec) {
        boolean begins = newSpec.failsOver() && !spec.failsOver();
        return new Volume(
                id,
                environment,
                name,
                newSpec,
                head,
                snapshots,
                copies,
                nextSequence,
                state,
                createdAtMillis,
                begins ? replicas.unguarded(head.epoch()) : replicas);
    }

    /// In another state; a volume that is deleted goes everywhere, but for what others still begin with.
    public Volume in(State newState) {
        TreePMap<String, Copy> copies = this.copies;
        if (newState == State.DELETING) {
            for (String node : this.copies.keySet()) {
                copies = copies.plus(node, replicas.lent().containsKey(node) ? Copy.LENT : Copy.DROP);
            }
        }
        return new Volume(
                id,
                environment,
                name,
                spec,
                head,
                snapshots,
                copies,
                nextSequence,
                newState,
                createdAtMillis,
                replicas);
    }

    public Volume with(String node, Copy copy) {
        return withCopies(copies.plus(node, copy));
    }

    /// Nothing is to be done about it on `node` any more.
    public Volume withoutCopy(String node) {
        return withCopies(copies.minus(node));
    }

    private Volume withCopies(TreePMap<String, Copy> newCopies) {
        return new Volume(
                id,
                environment,
                name,
                spec,
                head,
                snapshots,
                newCopies,
                nextSequence,
                state,
                createdAtMillis,
                replicas);
    }

    public Volume with(Replicas newReplicas) {
        return new Volume(
                id,
                environment,
                name,
                spec,
                head,
                snapshots,
                copies,
                nextSequence,
                state,
                createdAtMillis,
                newReplicas);
    }

    /// Whether it may fail over by itself, and nothing writes it that would not end with its primary's lease.
    public boolean armed() {
        return spec.failsOver() && replicas.unguarded() != head.epoch();
    }

    /// Whether it is what a former primary wrote after others went on without it.
    public boolean diverges() {
        return replicas.divergedFrom().isPresent();
    }

    /// Whether a snapshot of the present head is asked for and not yet taken.
    public boolean awaitsSnapshot() {
        return snapshots.values().stream()
                .anyMatch(snapshot -> snapshot.state() == Snapshot.State.REQUESTED
                        && snapshot.id().epoch() == head.epoch());
    }

    /// What the next snapshot of this head will be called.
    public SnapshotId nextSnapshot() {
        return new SnapshotId(id, head.epoch(), nextSequence);
    }
}
