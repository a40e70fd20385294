package io.flocker.core.spec;

/// How instances are replaced by those of another release: Compose's `deploy.update_config` and `rollback_config`.
///
/// @param parallelism how many instances at once; 0 for one
/// @param delayMillis how long to wait after some before the next ones
/// @param monitorMillis how long a new instance must serve before it counts as good, and the old one stops
/// @param maxFailurePerMille how many of a thousand new instances may fail before `failureAction` is due
public record UpdatePolicy(
        int parallelism,
        long delayMillis,
        Order order,
        FailureAction failureAction,
        long monitorMillis,
        int maxFailurePerMille) {
    public static final UpdatePolicy DEFAULT =
            new UpdatePolicy(1, 0, Order.AUTOMATIC, FailureAction.ROLLBACK, 5_000, 0);

    /// Which goes first.
    public enum Order {
        /// The new one, if both can be there at once ([ServiceSpec#runsTwice]).
        AUTOMATIC,
        START_FIRST,
        STOP_FIRST
    }

    /// What to do once too many have failed.
    public enum FailureAction {
        /// What was before comes back.
        ROLLBACK,
        /// Everything stays as it is.
        PAUSE,
        /// The others are replaced as well.
        CONTINUE
    }

    public int atOnce() {
        return Math.max(1, parallelism);
    }
}
