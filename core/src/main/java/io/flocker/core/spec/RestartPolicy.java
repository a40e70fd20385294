package io.flocker.core.spec;

/// When the agent starts an instance's container again. Docker's own restart policy is always `no`.
///
/// @param attempts for ON_FAILURE: give up after so many restarts in a row; 0 for never
public record RestartPolicy(When when, int attempts) {
    public enum When {
        ALWAYS,
        ON_FAILURE,
        NEVER
    }

    public static final RestartPolicy ALWAYS = new RestartPolicy(When.ALWAYS, 0);
    public static final RestartPolicy NEVER = new RestartPolicy(When.NEVER, 0);

    /// Whether a container that ended with `exitCode`, by itself and for the `failures`th time in a row, starts again.
    public boolean restarts(int exitCode, int failures) {
        return switch (when) {
            case NEVER -> false;
            case ON_FAILURE -> exitCode != 0 && (attempts == 0 || failures <= attempts);
            case ALWAYS -> true;
        };
    }
}
