package io.flocker.core.model;

import org.pcollections.TreePMap;

/// An environment at one moment: one snapshot of each of its volumes, taken together, and every service's release.
///
/// @param volumes snapshots by the volume's name in the environment
/// @param releases release numbers by service
/// @param state a checkpoint is of use only when COMPLETE: all its snapshots were taken
/// @param pauseMicros the longest time its containers were frozen
public record Checkpoint(
        String name,
        TreePMap<String, SnapshotId> volumes,
        TreePMap<String, Integer> releases,
        State state,
        long createdAtMillis,
        long pauseMicros) {

    public enum State {
        REQUESTED,
        COMPLETE
    }

    public Checkpoint completed(long pause) {
        return new Checkpoint(name, volumes, releases, State.COMPLETE, createdAtMillis, pause);
    }
}
