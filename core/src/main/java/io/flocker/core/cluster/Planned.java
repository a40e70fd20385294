package io.flocker.core.cluster;

import io.flocker.core.model.SnapshotId;
import java.util.List;
import java.util.Optional;
import org.pcollections.TreePMap;

/// Commands that nobody asks for: what the leader decides by itself about schedules, replicas and load.
public interface Planned {
    sealed interface OfSchedules extends Command.OfSchedules {}

    sealed interface OfReplication extends Command.OfReplication {}

    sealed interface OfBalance extends Command.OfBalance {}

    /// When a schedule is due next.
    ///
    /// @param cron of what that was worked out, as is `zone`
    record PlanSchedule(long atMillis, String environment, String schedule, String cron, String zone, long dueMillis)
            implements OfSchedules {}

    /// A schedule is due: its run begins, or waits, or is skipped.
    ///
    /// @param fromMillis the due time that was decided; refused if another run has taken it
    /// @param dueMillis the same, or a later one if several have passed
    /// @param nextMillis the next one
    record StartSchedule(
            long atMillis, String environment, String schedule, long fromMillis, long dueMillis, long nextMillis)
            implements OfSchedules {}

    /// A schedule's run gets on: its present step has ended, or the next one begins.
    ///
    /// @param run its number
    /// @param steps how many it has begun
    record FollowSchedule(long atMillis, String environment, String schedule, long run, int steps)
            implements OfSchedules {}

    /// Somebody was told that a run failed, or cannot be.
    ///
    /// @param error why not; empty if they were
    record ToldSchedule(long atMillis, String environment, String schedule, long run, String error)
            implements OfSchedules {}

    /// A schedule that is declared no longer, and runs no longer.
    record ForgetSchedule(long atMillis, String environment, String schedule) implements OfSchedules {}

    /// These nodes, and no others, are to keep replicas of a volume.
    record KeepReplicas(long atMillis, String volume, List<String> nodes) implements OfReplication {}

    /// A round of a volume's replication.
    ///
    /// @param take whether a snapshot is due, of this volume alone
    /// @param tips the newest snapshot that each node has durably, of those for replication, where that has changed
    /// @param late nodes that are away for so long that what their next difference would begin with is kept no more
    /// @param thin snapshots that no replica needs any more
    /// @param missing snapshots that the primary does not have: they were left behind when it moved
    record Replicate(
            long atMillis,
            String volume,
            boolean take,
            TreePMap<String, SnapshotId> tips,
            List<String> late,
            List<SnapshotId> thin,
            List<SnapshotId> missing)
            implements OfReplication {}

    /// A round of the replication of volumes that belong together: of each a snapshot, all of one moment.
    ///
    /// @param volumes their ids
    record TakeRound(long atMillis, List<String> volumes) implements OfReplication {}

    /// A former primary has given up its head.
    ///
    /// @param tail what it wrote after others went on without it, if it did; becomes a volume of its own
    record Rejoin(long atMillis, String volume, String node, Optional<SnapshotId> tail) implements OfReplication {}

    /// Snapshots that were lent to a node are not needed there any more.
    record TakeBack(long atMillis, String volume, String node, List<SnapshotId> snapshots) implements OfReplication {}

    /// A volume whose node is gone does not fail over by itself, or may again.
    ///
    /// @param why not, in words; empty if nothing keeps it
    record Block(long atMillis, String volume, String why) implements OfReplication {}

    /// A volume's primary has what writes it guarded, so that it may fail over by itself.
    ///
    /// @param epoch of its head
    record Guarded(long atMillis, String volume, long epoch) implements OfReplication {}

    /// Something moves so that load gets more even.
    ///
    /// @param instance only this one of a service without volumes; empty for what has some
    /// @param why in words, with what it costs
    record Shift(long atMillis, Command.Move move, String instance, String why) implements OfBalance {}

    /// Load was to be spread once, and that is over.
    ///
    /// @param why in words
    record Rest(long atMillis, String why) implements OfBalance {}

    /// How busy nodes are has changed.
    ///
    /// @param busy as in [io.flocker.core.balance.Balance#busy]
    record Notice(long atMillis, TreePMap<String, Integer> busy) implements OfBalance {}
}
