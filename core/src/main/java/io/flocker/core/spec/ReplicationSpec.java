package io.flocker.core.spec;

import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// Where copies of a volume are kept, how fresh, and who decides that one takes over.
///
/// @param to the nodes that keep a replica, by name; empty if Flocker is to choose them
/// @param copies how many nodes beside the primary keep a replica, if it chooses; else 0
/// @param spread the label whose values replicas differ in as far as there are several; empty for none
/// @param everyMillis between two snapshots for replication
/// @param maxLossMillis how much of the past may be lost for a failover to go ahead by itself
/// @param rateBytes a second that one replica is sent at most; 0 for no limit
/// @param compressed whether what is sent is compressed on its way: for a link that is slower than that
public record ReplicationSpec(
        List<String> to,
        int copies,
        String spread,
        long everyMillis,
        long maxLossMillis,
        long rateBytes,
        boolean compressed,
        Failover failover) {
    /// Who decides that a replica takes over from a primary that is gone.
    public enum Failover {
        /// Somebody asks for it.
        MANUAL,
        /// The leader, as soon as the primary has certainly stopped writing.
        AUTO
    }

    public static final int MAX_COPIES = 8;
    public static final long USUAL_EVERY_MILLIS = 1_000;
    public static final long USUAL_MAX_LOSS_MILLIS = 10_000;
    public static final long MAX_EVERY_MILLIS = 86_400_000;

    /// A primary is silent for about so long before it has certainly stopped: what it wrote meanwhile may be lost.
    private static final long LEASE_MILLIS = 5_000;

    /// Why it cannot be, in words: what is wrong and what to do.
    public Optional<String> objection() {
        if (to.isEmpty() == (copies == 0)) {
            return Optional.of("must say either which nodes keep a replica (to: [node2]) or how many do (copies: 1)");
        }
        if (copies < 0 || copies > MAX_COPIES || to.size() > MAX_COPIES) {
            return Optional.of("can have 1 to " + MAX_COPIES + " replicas, not " + Math.max(copies, to.size()));
        }
        if (new TreeSet<>(to).size() < to.size()) {
            return Optional.of("names a node twice: " + String.join(", ", to));
        }
        if (everyMillis < USUAL_EVERY_MILLIS || everyMillis > MAX_EVERY_MILLIS) {
            return Optional.of("can be taken every 1s to 24h, not every " + everyMillis + " ms");
        }
        if (rateBytes < 0) {
            return Optional.of("has a rate in bytes a second, 0 for no limit; not " + rateBytes);
        }
        long least = everyMillis + (failover == Failover.AUTO ? LEASE_MILLIS : 0);
        return maxLossMillis < least
                ? Optional.of("can lose " + maxLossMillis + " ms at most, but with a snapshot every " + everyMillis
                        + " ms"
                        + (failover == Failover.AUTO
                                ? " and " + LEASE_MILLIS + " ms until a silent node has certainly stopped"
                                : "")
                        + " it may be " + least + " ms; allow more (max_loss) or take them more often (every)")
                : Optional.empty();
    }
}
