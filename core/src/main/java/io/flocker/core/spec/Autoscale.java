package io.flocker.core.spec;

import java.util.OptionalInt;

/// How many instances a service has, if that follows its load. Not part of a release.
///
/// @param min the fewest instances, 1 or more
/// @param max the most
/// @param requestsPerSecond what an instance is to get on average: requests for HTTP, else connections; empty if that
///     does not matter
/// @param cpuPercent how much of a core an instance is to use on average, or of the CPUs that it may use at most;
///     empty if that does not matter
/// @param downAfterMillis for how long fewer instances must have been enough before some stop
public record Autoscale(int min, int max, OptionalInt requestsPerSecond, OptionalInt cpuPercent, long downAfterMillis) {
    /// As in Kubernetes' HorizontalPodAutoscaler.
    public static final long DOWN_AFTER_MILLIS = 300_000;

    /// The bounds of what the user may say.
    public static final int MOST_REQUESTS = 1_000_000;

    public static final int MOST_CPU_PERCENT = 10_000;
    public static final long MIN_DOWN_AFTER_MILLIS = 5_000;
    public static final long MAX_DOWN_AFTER_MILLIS = 24 * 3_600_000L;

    /// The nearest count that it allows.
    public int within(int count) {
        return Math.clamp(count, min, max);
    }

    public boolean allows(int count) {
        return within(count) == count;
    }

    /// `2 to 10`
    public String bounds() {
        return min + " to " + max;
    }
}
