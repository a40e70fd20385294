package io.flocker.core.lease;

import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.pcollections.TreePMap;

/// A node's side of the lease: until when it may write what. All times are nanoseconds of its CLOCK_BOOTTIME, which
/// goes on while the machine is suspended.
///
/// A grant covers what the report said the node has, and nothing that it took up after it sent that report: a late
/// assignment of a leader that is gone may name a volume that is another node's by now.
///
/// @param fencingMillis this node's F: what stopping its writers takes at most
/// @param boot the machine's boot, whose times these are
/// @param term the highest term heard of; what leaders of lower ones grant is not believed
/// @param until exclusive, by tenure
public record LeaseHolder(LeaseTerms terms, long fencingMillis, String boot, long term, TreePMap<Tenure, Long> until) {
    /// One that may write nothing yet: how every agent starts.
    public static LeaseHolder empty(LeaseTerms terms, String boot) {
        return new LeaseHolder(terms, terms.fencingMillis(), boot, 0, TreePMap.empty());
    }

    /// The same, if stopping takes longer; never shorter than the terms say. What was granted before keeps its end.
    public LeaseHolder fencing(long millis) {
        return new LeaseHolder(terms, Math.max(millis, terms.fencingMillis()), boot, term, until);
    }

    /// What a node notes before it sends a report.
    ///
    /// @param nanos no later than when the report leaves
    /// @param held what the report says: what is assigned, and also what still runs
    public record Stamp(String boot, long nanos, List<Tenure> held) {}

    public Stamp stamp(long nowNanos, Collection<Tenure> held) {
        return new Stamp(boot, nowNanos, List.copyOf(new TreeSet<>(held)));
    }

    /// After the answer to a report. Never shortens what was granted: each answer is true by itself.
    public LeaseHolder hear(Stamp stamp, LeaseGrant grant) {
        if (!stamp.boot().equals(boot) || grant.term() < term) {
            return this;
        }
        TreePMap<Tenure, Long> next = until;
        long end = stamp.nanos() + terms.holdNanos(grant.millis(), fencingMillis);
        if (grant.millis() > 0) {
            for (Tenure tenure : stamp.held()) {
                next = next.plus(tenure, Math.max(end, next.getOrDefault(tenure, end)));
            }
        }
        return new LeaseHolder(terms, fencingMillis, boot, grant.term(), next);
    }

    /// Forgets what the node has no longer.
    public LeaseHolder keeping(Collection<Tenure> held) {
        TreePMap<Tenure, Long> kept = until;
        for (Tenure tenure : until.keySet()) {
            kept = held.contains(tenure) ? kept : kept.minus(tenure);
        }
        return new LeaseHolder(terms, fencingMillis, boot, term, kept);
    }

    public boolean mayWrite(Tenure tenure, long nowNanos) {
        Long end = until.get(tenure);
        return end != null && nowNanos < end;
    }

    /// When all of `running` must have begun to be fenced; empty if something in it was never granted.
    public OptionalLong deadline(Collection<Tenure> running) {
        return running.stream().allMatch(until::containsKey)
                ? running.stream().mapToLong(until::get).min()
                : OptionalLong.empty();
    }
}
