package io.flocker.agent.guard;

import io.flocker.core.lease.LeaseTerms;
import java.time.Duration;

/// How long stopping its writers takes on this node at most, by what the [Guard] has seen: more than the longest so
/// far,
/// and less again once that is long ago.
///
/// @param millis F of [LeaseTerms]
/// @param slowAtNanos when the guard last said something that is as long, by [BootClock]
record FencingTime(long millis, long slowAtNanos) {
    /// A fencing takes at most so many times the longest one seen.
    private static final long MARGIN = 3;

    private static final long NANOS_PER_MILLI = 1_000_000;

    /// For so long it counts after the guard, which remembers up to an hour itself, said it last.
    private static final long MEMORY_NANOS = Duration.ofHours(1).toNanos();

    /// Before anything was seen.
    static FencingTime usual(LeaseTerms terms) {
        return new FencingTime(terms.fencingMillis(), 0);
    }

    /// @param longestNanos what the guard says it took at worst lately
    /// @param nowNanos by [BootClock]
    FencingTime hear(long longestNanos, long nowNanos, LeaseTerms terms) {
        long heard = Math.max(Math.ceilDiv(MARGIN * longestNanos, NANOS_PER_MILLI), terms.fencingMillis());
        if (heard >= millis) {
            return new FencingTime(heard, nowNanos);
        }
        return nowNanos - slowAtNanos > MEMORY_NANOS ? new FencingTime(heard, nowNanos) : this;
    }
}
