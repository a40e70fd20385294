package io.flocker.control.lead;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Forecast;
import io.flocker.core.delta.Assigned;
import io.flocker.core.delta.AssignmentDelta;
import io.flocker.core.plan.Assignment;
import io.flocker.core.plan.Assignments;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.function.Supplier;

/// Every node's assignment, numbered, and who waits for another one: a change wakes the nodes that it concerns. Its
/// owner's lock guards it.
final class AssignmentBook {
    private final Supplier<Condition> conditions;
    private final Map<String, Long> revisions = new HashMap<>();
    /// The first revisions with what is in the present ones, but for rounds of replication.
    private final Map<String, Long> besidesRounds = new HashMap<>();
    /// What each node was told last, and most likely has.
    private final Map<String, Assigned> told = new HashMap<>();
    private final Map<String, Condition> waiting = new HashMap<>();
    private long lastRevision;
    private ClusterState assigned = ClusterState.EMPTY;
    private Assignments assignments;

    /// @param conditions makes one of the owner's lock
    /// @param forecasts what the planner goes by, too
    /// @param since higher than any revision of a leader before
    AssignmentBook(Supplier<Condition> conditions, Forecast.Maker forecasts, long since) {
        this.conditions = conditions;
        assignments = Assignments.none(forecasts);
        lastRevision = since;
    }

    /// Whether it is about this state.
    boolean isOf(ClusterState state) {
        return state.version() == assigned.version();
    }

    /// What it holds. Making the next ones of it takes long; nobody's lock is to be held for that.
    Assignments present() {
        return assignments;
    }

    /// From now on it holds these, which were made of [#present] for `state`.
    void turn(ClusterState state, Assignments next) {
        Assignments before = assignments;
        assignments = next;
        assigned = state;
        for (String node : state.nodes().keySet()) {
            revise(node, before.of(node), assignments.of(node));
        }
    }

    private void revise(String node, Assignment before, Assignment after) {
        boolean first = !revisions.containsKey(node);
        if (first || !after.equals(before)) {
            revisions.put(node, ++lastRevision);
            if (first || !after.besidesRounds().equals(before.besidesRounds())) {
                besidesRounds.put(node, lastRevision);
            }
            Condition waits = waiting.get(node);
            if (waits != null) {
                waits.signalAll();
            }
        }
    }

    /// A node's present assignment: how it differs from what the node was told last, if it has that.
    ///
    /// @param since the revision that it has
    AssignmentDelta tell(String node, long since) {
        var present = new Assigned(revision(node), assignments.of(node));
        Assigned before = told.getOrDefault(node, Assigned.NOTHING);
        told.put(node, present);
        return AssignmentDelta.between(before.revision() == since ? before : Assigned.NOTHING, present);
    }

    long revision(String node) {
        return revisions.getOrDefault(node, 0L);
    }

    /// Whether a node that has adopted `revision` has its present assignment, but for what changes with every round of
    /// replication. Not so of a node that has none here.
    boolean isUpToDate(String node, long revision) {
        return revision >= besidesRounds.getOrDefault(node, Long.MAX_VALUE);
    }

    /// What is signalled when a node's assignment changes.
    Condition changeOf(String node) {
        return waiting.computeIfAbsent(node, _ -> conditions.get());
    }

    /// Has everybody who waits look whether it is still this book that counts.
    void end() {
        waiting.values().forEach(Condition::signalAll);
    }
}
