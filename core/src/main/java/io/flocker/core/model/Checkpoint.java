package io.flocker.core.model;

import io.flocker.core.spec.ApplicationSpec;
import org.pcollections.TreePMap;

/// An environment at one moment: one snapshot of each of its volumes, taken together, plus what its services were.
///
/// @param volumes snapshots by the volume's name in the environment
/// @param application what the services were
/// @param releases release numbers by service, for people to read
/// @param state a checkpoint is of use only when COMPLETE: all its snapshots were taken
/// @param automatic whether an operation took it, and newer ones of its kind will replace it
/// @param pauseMicros the longest time its containers were frozen
public record Checkpoint(
        String name,
        TreePMap<String, SnapshotId> volumes,
        ApplicationSpec application,
        TreePMap<String, Integer> releases,
        State state,
        boolean automatic,
        long createdAtMillis,
        long pauseMicros) {

    /// The name of the one that a branch has of how it was made. It stays for as long as the branch.
    public static final String ORIGIN = "origin";

    public enum State {
        REQUESTED,
        COMPLETE
    }

    public Checkpoint completed(long pause) {
        return new Checkpoint(name, volumes, application, releases, State.COMPLETE, automatic, createdAtMillis, pause);
    }

    /// The same, as somebody named it.
    public Checkpoint named(String newName) {
        return new Checkpoint(newName, volumes, application, releases, state, false, createdAtMillis, pauseMicros);
    }

    /// For showing: without the application, which may hold secrets.
    public Checkpoint outline() {
        return new Checkpoint(
                name, volumes, ApplicationSpec.EMPTY, releases, state, automatic, createdAtMillis, pauseMicros);
    }
}
