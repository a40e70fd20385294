package io.flocker.agent.guard;

import io.flocker.core.lease.LeaseGrant;
import io.flocker.core.lease.LeaseHolder;
import io.flocker.core.lease.LeaseTerms;
import io.flocker.core.lease.Tenure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;

/// This node's lease: counts it by the [BootClock] and tells the [Guard] when it ends.
///
/// What may fail over runs in a control group of its own, named after its tenure, that is guarded before it starts.
public final class NodeLease implements AutoCloseable {
    private final Guard guard;
    private LeaseHolder holder;
    private TreeMap<Tenure, Path> groups = new TreeMap<>();

    /// @param guardFiles a directory on a tmpfs, this agent's alone
    public NodeLease(LeaseTerms terms, Path guardFiles) throws IOException {
        holder = LeaseHolder.empty(terms, BootClock.boot());
        guard = new Guard(guardFiles);
    }

    /// Notes the time; to be called before the report that says `held` is sent.
    public synchronized LeaseHolder.Stamp stamp(List<Tenure> held) {
        var kept = new TreeSet<>(held);
        kept.addAll(groups.keySet());
        holder = holder.keeping(kept);
        return holder.stamp(BootClock.nanos(), held);
    }

    /// Takes the answer to a report.
    ///
    /// @throws IOException if the guard cannot be told: it fences at the deadline it knows
    public synchronized void hear(LeaseHolder.Stamp stamp, LeaseGrant grant) throws IOException {
        holder = holder.hear(stamp, grant);
        renew();
    }

    /// Whether the leader has granted this, and it is not over.
    public synchronized boolean mayWrite(Tenure tenure) {
        return holder.mayWrite(tenure, BootClock.nanos());
    }

    /// Guards these and no others. Only after this returns may something start in one of the groups.
    ///
    /// @param running what runs or is about to start, and each one's control group
    /// @throws IOException if the guard does not take it: nothing may start
    public synchronized void guard(Map<Tenure, Path> running) throws IOException {
        groups = new TreeMap<>(running);
        guard.fence(List.copyOf(groups.values()));
        renew();
    }

    private void renew() throws IOException {
        OptionalLong deadline = holder.deadline(groups.keySet());
        if (deadline.isPresent()) {
            guard.renew(deadline.getAsLong());
        }
    }

    /// Lets go of the guard, which goes on.
    @Override
    public synchronized void close() throws IOException {
        guard.close();
    }
}
