package io.flocker.core.model;

import io.flocker.core.spec.ApplicationSpec;
import java.util.Optional;
import org.pcollections.TreePMap;

/// An environment at one moment: one snapshot of each of its volumes, taken together, plus what its services were.
///
/// @param volumes snapshots by the volume's name in the environment
/// @param application what the services were
/// @param releases release numbers by service, for people to read
/// @param state a checkpoint is of use only when COMPLETE: all its snapshots were taken
/// @param automatic whether an operation took it, and newer ones of its kind will replace it
/// @param pauseMicros the longest time its containers were frozen
/// @param attempts how often its snapshots were asked for anew
/// @param problem why it has FAILED; empty if it has not
public record Checkpoint(
        String name,
        TreePMap<String, SnapshotId> volumes,
        ApplicationSpec application,
        TreePMap<String, Integer> releases,
        State state,
        boolean automatic,
        long createdAtMillis,
        long pauseMicros,
        int attempts,
        String problem) {

    /// The name of the one that a branch has of how it was made. It stays for as long as the branch.
    public static final String ORIGIN = "origin";

    public enum State {
        REQUESTED,
        COMPLETE,
        /// It could not be taken, and has no volumes. One of the same name may take its place.
        FAILED
    }

    /// Why nothing can be made of it, in words; empty if something can.
    public Optional<String> objection() {
        return switch (state) {
            case COMPLETE -> Optional.empty();
            case REQUESTED -> Optional.of("is not complete: not all of its snapshots are taken; try again in a moment");
            case FAILED -> Optional.of("could not be taken: " + problem + "; take another one");
        };
    }

    public Checkpoint completed(long pause) {
        return new Checkpoint(
                name,
                volumes,
                application,
                releases,
                State.COMPLETE,
                automatic,
                createdAtMillis,
                pause,
                attempts,
                problem);
    }

    /// The same with other snapshots to take.
    public Checkpoint again(TreePMap<String, SnapshotId> snapshots) {
        return new Checkpoint(
                name,
                snapshots,
                application,
                releases,
                State.REQUESTED,
                automatic,
                createdAtMillis,
                0,
                attempts + 1,
                problem);
    }

    public Checkpoint failed(String why) {
        return new Checkpoint(
                name,
                TreePMap.empty(),
                application,
                releases,
                State.FAILED,
                automatic,
                createdAtMillis,
                0,
                attempts,
                why);
    }

    /// The same, as somebody named it.
    public Checkpoint named(String newName) {
        return new Checkpoint(
                newName, volumes, application, releases, state, false, createdAtMillis, pauseMicros, attempts, problem);
    }

    /// For showing: without the application, which may hold secrets.
    public Checkpoint outline() {
        return new Checkpoint(
                name,
                volumes,
                ApplicationSpec.EMPTY,
                releases,
                state,
                automatic,
                createdAtMillis,
                pauseMicros,
                attempts,
                problem);
    }

    /// Whether it is what a branch begins with, and is still to be taken.
    public boolean begins() {
        return name.equals(ORIGIN) && state == State.REQUESTED;
    }
}
