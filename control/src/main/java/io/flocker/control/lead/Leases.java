package io.flocker.control.lead;

import io.flocker.control.log.ClusterLog;
import io.flocker.core.lease.LeaseGrant;
import io.flocker.core.lease.LeaseGranter;
import io.flocker.core.lease.LeaseTerms;
import io.flocker.core.lease.Tenure;
import java.io.IOException;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The leases of one term of office, by this machine's clock.
final class Leases {
    private LeaseGranter granter = granter(ClusterLog.NOT);

    private static LeaseGranter granter(long term) {
        return new LeaseGranter(LeaseTerms.USUAL, term, System.nanoTime());
    }

    /// Forgets what was granted in another term: whatever it was is waited for from now on.
    synchronized void begin(long term) {
        granter = granter(term);
    }

    /// What a node's report is answered; it holds only if a majority confirms after this that the term goes on.
    synchronized LeaseGrant hear(String node, Collection<Tenure> held, Predicate<Tenure> inForce) {
        return granter.answer(granter.grants(node, held, inForce, System.nanoTime()));
    }

    /// Those of `nodes` that certainly write nothing any more that only a lease allows to write.
    synchronized Set<String> gone(Set<String> nodes) {
        Set<String> gone = new TreeSet<>();
        for (String node : nodes) {
            if (granter.mayRaise(node, System.nanoTime())) {
                gone.add(node);
            }
        }
        return gone;
    }

    /// Makes a decision that takes volumes from a node: until the log has answered, that one gets no lease. If it does
    /// not answer, it gets none in this term.
    ///
    /// @return whether it was made; not if it is too early, or the term is over
    boolean taking(String node, long term, Leader.Decision decision) throws IOException, InterruptedException {
        LeaseGranter present = raise(node, term);
        if (present == null) {
            return false;
        }
        decision.make();
        synchronized (this) {
            present.settled(node);
        }
        return true;
    }

    private synchronized @Nullable LeaseGranter raise(String node, long term) {
        return granter.term() == term && granter.raise(node, System.nanoTime()) ? granter : null;
    }
}
