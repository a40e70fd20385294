package io.flocker.core.spec;

import java.util.Optional;

/// How a service gets from one release to another. Not part of a release.
///
/// @param update how the next release replaces the present one
/// @param rollback how the present one comes back if that fails: always some at a time
/// @param watchMillis how often the registry is asked whether its image's name stands for something new, which then
///     becomes the next release; 0 for never
/// @param strategy how the next release replaces the present one, if not some at a time
public record UpgradeSpec(UpdatePolicy update, UpdatePolicy rollback, long watchMillis, Optional<Strategy> strategy) {
    public static final UpgradeSpec DEFAULT =
            new UpgradeSpec(UpdatePolicy.DEFAULT, UpdatePolicy.DEFAULT, 0, Optional.empty());

    /// How long a new instance may take until it is healthy, when there is a release to go back to.
    public static final long HEALTHY_WITHIN_MILLIS = 120_000;

    /// How often a registry is asked unless the user says otherwise.
    public static final long WATCH_MILLIS = 60_000;

    /// The bounds of what the user may say.
    public static final long MIN_WATCH_MILLIS = 5_000;

    public static final long MAX_WATCH_MILLIS = 24 * 3_600_000L;

    /// Who starts the upgrade of a service that follows its image's name.
    public static final String WATCHER = "watch";

    public boolean watches() {
        return watchMillis > 0;
    }

    /// The same with another strategy.
    public UpgradeSpec by(Strategy other) {
        return new UpgradeSpec(update, rollback, watchMillis, Optional.of(other));
    }
}
