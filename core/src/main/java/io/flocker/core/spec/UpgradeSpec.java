package io.flocker.core.spec;

import java.util.Optional;

/// How a service gets from one release to another. Not part of a release.
///
/// @param update how the next release replaces the present one
/// @param rollback how the present one comes back if that fails: always some at a time
/// @param strategy how the next release replaces the present one, if not some at a time
public record UpgradeSpec(UpdatePolicy update, UpdatePolicy rollback, Optional<Strategy> strategy) {
    public static final UpgradeSpec DEFAULT =
            new UpgradeSpec(UpdatePolicy.DEFAULT, UpdatePolicy.DEFAULT, Optional.empty());

    /// How long a new instance may take until it is healthy, when there is a release to go back to.
    public static final long HEALTHY_WITHIN_MILLIS = 120_000;

    /// The same with another strategy.
    public UpgradeSpec by(Strategy other) {
        return new UpgradeSpec(update, rollback, Optional.of(other));
    }
}
