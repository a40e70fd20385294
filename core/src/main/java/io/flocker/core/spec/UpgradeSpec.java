package io.flocker.core.spec;

/// How a service gets from one release to another. Not part of a release.
///
/// @param update how the next release replaces the present one
/// @param rollback how the present one comes back if that fails
public record UpgradeSpec(UpdatePolicy update, UpdatePolicy rollback) {
    public static final UpgradeSpec DEFAULT = new UpgradeSpec(UpdatePolicy.DEFAULT, UpdatePolicy.DEFAULT);

    /// How long a new instance may take until it is healthy, when there is a release to go back to.
    public static final long HEALTHY_WITHIN_MILLIS = 120_000;
}
