package io.flocker.core.spec;

import java.util.Optional;
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
    public static final int MOST_INSTANCES = 1_000;

    public static final int MOST_REQUESTS = 1_000_000;

    public static final int MOST_CPU_PERCENT = 10_000;
    public static final long MIN_DOWN_AFTER_MILLIS = 5_000;
    public static final long MAX_DOWN_AFTER_MILLIS = 24 * 3_600_000L;

    /// The first of its numbers that is out of bounds, in words; empty if none is.
    Optional<String> objection() {
        if (min < 1) {
            return Optional.of("min must be 1 or more: with no instance there is no load to follow");
        }
        if (max < min) {
            return Optional.of("min " + min + " is more than max " + max);
        }
        if (max > MOST_INSTANCES) {
            return Optional.of("max must be a whole number from 1 to " + MOST_INSTANCES + ", not " + max);
        }
        if (requestsPerSecond.isEmpty() && cpuPercent.isEmpty()) {
            return Optional.of("it has no target: say requests_per_second, cpu or both");
        }
        int requests = requestsPerSecond.orElse(1);
        if (requests < 1 || requests > MOST_REQUESTS) {
            return Optional.of("target.requests_per_second must be a whole number from 1 to " + MOST_REQUESTS + ", not "
                    + requests);
        }
        int cpu = cpuPercent.orElse(1);
        if (cpu < 1 || cpu > MOST_CPU_PERCENT) {
            return Optional.of(
                    "target.cpu must be a share of a core, or of the service's cpus, such as 60% (from 1% to "
                            + MOST_CPU_PERCENT + "%), not " + cpu + "%");
        }
        return downAfterMillis < MIN_DOWN_AFTER_MILLIS || downAfterMillis > MAX_DOWN_AFTER_MILLIS
                ? Optional.of("down_after must be from 5s to 1d, not " + downAfterMillis + " ms")
                : Optional.empty();
    }

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
