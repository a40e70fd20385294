package io.flocker.core.spec;

/// What makes a service a job: nothing runs it but a user or a schedule, each time once.
///
/// @param timeoutMillis when a run is given up, if whoever asks for it says nothing else
public record JobSpec(long timeoutMillis) {
    /// Six hours.
    public static final long TIMEOUT_MILLIS = 21_600_000;

    /// A week.
    public static final long MAX_TIMEOUT_MILLIS = 604_800_000;

    public static final JobSpec PLAIN = new JobSpec(TIMEOUT_MILLIS);
}
