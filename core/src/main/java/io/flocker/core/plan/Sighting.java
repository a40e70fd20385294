package io.flocker.core.plan;

import io.flocker.core.cluster.Command;
import java.util.List;
import org.pcollections.TreePMap;

/// What the leader last heard from a node. Not durable: a new leader learns it within one report interval.
///
/// @param upToDate whether the node had adopted its present assignment when it looked
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
        long atMillis) {}
