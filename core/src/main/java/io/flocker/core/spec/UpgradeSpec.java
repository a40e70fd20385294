package io.flocker.core.spec;

import java.util.Optional;

/// How a service gets from one release to another. Not part of a release.
///
/// @param update how the next release replaces the present one
/// @param rollback how the present one comes back if that fails
/// @param canary of the strategy of that name
/// @param watch whether a new image under the same name in the registry is an upgrade
/// @param healthyWithinMillis how long a new instance may take until it is healthy; 0 for [#HEALTHY_WITHIN_MILLIS]
public record UpgradeSpec(
        UpdatePolicy update,
        UpdatePolicy rollback,
        Strategy strategy,
        Optional<Canary> canary,
        boolean watch,
        long healthyWithinMillis) {
    public static final long HEALTHY_WITHIN_MILLIS = 120_000;

    public static final UpgradeSpec DEFAULT =
            new UpgradeSpec(UpdatePolicy.DEFAULT, UpdatePolicy.DEFAULT, Strategy.ROLLING, Optional.empty(), false, 0);

    public enum Strategy {
        /// Some instances at a time.
        ROLLING,
        /// All new instances beside all old ones, then the traffic at once.
        BLUE_GREEN,
        /// A new instance gets a part of the traffic, and is judged by it before the others follow.
        CANARY
    }

    /// How a canary is judged against the present release.
    ///
    /// @param weightPercent its part of the traffic
    /// @param forMillis how long
    /// @param maxErrorsPerMille how many of a thousand requests may fail (5xx, no connection) more than before
    public record Canary(int weightPercent, long forMillis, int maxErrorsPerMille) {}

    /// How long a new instance may take until it is healthy.
    public long patienceMillis() {
        return healthyWithinMillis == 0 ? HEALTHY_WITHIN_MILLIS : healthyWithinMillis;
    }
}
