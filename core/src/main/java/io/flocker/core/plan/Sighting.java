package io.flocker.core.plan;

import io.flocker.core.cluster.Command;
import java.util.List;
import org.pcollections.TreePMap;

/// What the leader last heard from a node. Not durable: a new leader learns it within one report interval.
///
/// @param upToDate whether the node had adopted its present assignment when it looked, but for what changes with every
///     round of replication ([Assignment#besidesRounds])
/// @param busy subjects of steps under way when it looked: what it says of them may be over already
/// @param taken snapshots it took lately, by [io.flocker.core.model.SnapshotId#toString]
/// @param transfers what it was receiving from other nodes
/// @param atMillis when it arrived, by the leader's clock
public record Sighting(
        Observed observed,
        boolean upToDate,
        List<String> busy,
        List<Problem> problems,
        TreePMap<String, Command.Taken> taken,
        List<Transfer> transfers,
        long atMillis) {
    /// Of a node that the leader has not heard since it leads.
    ///
    /// @param sinceMillis when it began to lead
    public static Sighting none(long sinceMillis) {
        return new Sighting(Observed.NOTHING, false, List.of(), List.of(), TreePMap.empty(), List.of(), sinceMillis);
    }

    /// The same as it is known now.
    ///
    /// @param current whether the assignment it was made under is still the present one
    public Sighting seen(boolean current, long heardAtMillis) {
        return new Sighting(observed, current, busy, problems, taken, transfers, heardAtMillis);
    }
}
