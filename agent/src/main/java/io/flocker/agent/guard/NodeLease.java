package io.flocker.agent.guard;

import io.flocker.core.lease.LeaseGrant;
import io.flocker.core.lease.LeaseHolder;
import io.flocker.core.lease.LeaseTerms;
import io.flocker.core.lease.Tenure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// This node's lease: counts it by the [BootClock] and tells the [Guard] when it ends.
///
/// What may fail over runs in a control group of its own, named after its tenures, that is guarded before it starts.
public final class NodeLease implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(NodeLease.class);

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Guard guard;
    private final String name;
    private LeaseHolder holder;
    private TreeMap<Path, List<Tenure>> groups = new TreeMap<>();
    /// Whether the guard has been told of `groups`.
    private boolean told;

    private FencingTime fencing;

    /// @param guardFiles a directory on a tmpfs, this agent's alone
    public NodeLease(LeaseTerms terms, Path guardFiles) throws IOException {
        holder = LeaseHolder.empty(terms, BootClock.boot());
        fencing = FencingTime.usual(terms);
        guard = new Guard(guardFiles);
        name = "flocker-"
                + Integer.toHexString(guardFiles.toAbsolutePath().normalize().hashCode());
    }

    /// The control group that all guarded ones of this agent are in: several agents may share a machine.
    public String name() {
        return name;
    }

    /// Notes the time; to be called before the report that says `held` is sent.
    public synchronized LeaseHolder.Stamp stamp(List<Tenure> held) {
        var kept = new TreeSet<>(held);
        kept.addAll(tenures());
        holder = holder.keeping(kept);
        return holder.stamp(BootClock.nanos(), held);
    }

    /// Takes the answer to a report.
    ///
    /// @return whether something may be written now that might not be before
    /// @throws IOException if the guard cannot be told: it fences at the deadline it knows
    public synchronized boolean hear(LeaseHolder.Stamp stamp, LeaseGrant grant) throws IOException {
        List<Tenure> before = writable(stamp.held());
        holder = holder.hear(stamp, grant);
        boolean more = !before.containsAll(writable(stamp.held()));
        renew();
        measure();
        return more;
    }

    /// What stopping takes here at most.
    private void measure() {
        long longest = guard.said().map(Guard.Said::longestNanos).orElse(0L);
        fencing = fencing.hear(longest, BootClock.nanos(), holder.terms());
        if (fencing.millis() != holder.fencingMillis()) {
            log.atWarn()
                    .addKeyValue("longestMillis", longest / NANOS_PER_MILLI)
                    .addKeyValue("fencingMillis", fencing.millis())
                    .addKeyValue("beforeMillis", holder.fencingMillis())
                    .log("Leases end earlier or later on this node from now on, by how long stopping containers took");
            holder = holder.fencing(fencing.millis());
        }
    }

    /// Why this node's lease may lapse although every report arrives in time; empty if it cannot.
    public synchronized Optional<String> objection() {
        return holder.terms().objection(holder.fencingMillis());
    }

    /// Whether the leader has granted this, and it is not over.
    public synchronized boolean mayWrite(Tenure tenure) {
        return holder.mayWrite(tenure, BootClock.nanos());
    }

    /// Those that may be written now, sorted.
    public synchronized List<Tenure> writable(Collection<Tenure> some) {
        long now = BootClock.nanos();
        return some.stream()
                .filter(tenure -> holder.mayWrite(tenure, now))
                .sorted()
                .toList();
    }

    /// Guards these and no others; what was guarded before stands still from now on. Only after this returns may
    /// something start in one of the groups.
    ///
    /// @param running what runs or is about to start: each control group and the tenures of what is in it
    /// @throws IOException if the guard does not take it: nothing may start
    public synchronized void guard(Map<Path, List<Tenure>> running) throws IOException {
        if (told && groups.equals(running)) {
            return;
        }
        groups = new TreeMap<>(running);
        told = false;
        // Both at once: what runs already is not to stand still in between.
        guard.fence(List.copyOf(groups.keySet()), holder.deadline(tenures()).orElse(0));
        told = true;
    }

    /// The control groups that are guarded: at the start, those that the agent before this one has left.
    public Set<Path> guarded() {
        return new TreeSet<>(guard.groups());
    }

    /// Lets go on what no lease is needed for any more.
    public synchronized void free(Path group) throws IOException {
        guard.free(List.of(group));
        groups.remove(group);
    }

    /// Ends what has no right to write, at once.
    public synchronized void kill(Path group) throws IOException {
        guard.kill(List.of(group));
        groups.remove(group);
    }

    private Set<Tenure> tenures() {
        var tenures = new TreeSet<Tenure>();
        groups.values().forEach(tenures::addAll);
        return tenures;
    }

    private void renew() throws IOException {
        OptionalLong deadline = holder.deadline(tenures());
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
