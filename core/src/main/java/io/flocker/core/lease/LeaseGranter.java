package io.flocker.core.lease;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/// The leader's side of the lease, for one term of office. Its owner's lock guards it.
///
/// Times are nanoseconds of any clock of the leader's that is never set; one that stands still while the machine is
/// suspended only makes the leader wait longer.
///
/// Two things it cannot know, and its owner must see to:
///
/// * That it still leads. Between [#grants] and the answer a majority must have confirmed it; otherwise a leader that
///   was deposed without noticing grants what its successor is not waiting for.
/// * That the epoch is raised by compare-and-set in the log of this term, between [#raise] and [#settled].
public final class LeaseGranter {
    private final LeaseTerms terms;
    private final long term;
    private final long sinceNanos;
    private final Map<String, Long> granted = new TreeMap<>();
    private final Set<String> raising = new TreeSet<>();

    /// @param sinceNanos when this leader was elected, or later
    public LeaseGranter(LeaseTerms terms, long term, long sinceNanos) {
        this.terms = terms;
        this.term = term;
        this.sinceNanos = sinceNanos;
    }

    public LeaseTerms terms() {
        return terms;
    }

    public long term() {
        return term;
    }

    /// Whether a node that reports gets a lease, and if so remembers it.
    ///
    /// A node that has, or still runs, what is not (or no more) its own gets none until it reports that it has
    /// adopted its assignment; nor does one from which a volume is being taken.
    ///
    /// @param held what the node says it has
    /// @param inForce whether the log says that it is this node's
    public boolean grants(String node, Collection<Tenure> held, Predicate<Tenure> inForce, long nowNanos) {
        if (raising.contains(node) || !held.stream().allMatch(inForce)) {
            return false;
        }
        granted.merge(node, nowNanos, Math::max);
        return true;
    }

    /// The answer that goes with [#grants].
    public LeaseGrant answer(boolean grants) {
        return grants ? new LeaseGrant(term, terms.leaseMillis()) : LeaseGrant.refused(term);
    }

    /// Whether every lease that a node may have from this leader, or from one before it, has certainly ended: T(1+ρ)
    /// after the last grant, and for a node not heard of, after this leader began.
    public boolean mayRaise(String node, long nowNanos) {
        return nowNanos - granted.getOrDefault(node, sinceNanos) >= terms.waitNanos();
    }

    /// Begins to take a volume from a node that may hold a lease no more; from now on it gets none.
    ///
    /// @return false if it is too early
    public boolean raise(String node, long nowNanos) {
        return mayRaise(node, nowNanos) && raising.add(node);
    }

    /// The log has answered: the epoch is raised and in force, or certainly never will be by this leader's command. An
    /// answer that does not come is no answer.
    public void settled(String node) {
        raising.remove(node);
    }
}
