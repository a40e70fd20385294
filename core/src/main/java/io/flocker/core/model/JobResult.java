package io.flocker.core.model;

/// What became of a job's run so far.
///
/// @param startedAtMillis of its container, by its node's clock; 0 if it was not seen to have started
/// @param endedAtMillis likewise; 0 if it was not seen to have ended
/// @param exitCode of its container; 0 while it has not ended
/// @param log the end of what it printed, at most [#MAX_LOG] characters
/// @param kept whether its container is still kept, so that its log can be read
public record JobResult(long startedAtMillis, long endedAtMillis, int exitCode, String log, boolean kept) {
    public static final int MAX_LOG = 8_000;

    public static final JobResult NONE = new JobResult(0, 0, 0, "", false);

    /// Whether its container has started once: it is never started again.
    public boolean started() {
        return startedAtMillis > 0;
    }

    public boolean ended() {
        return endedAtMillis > 0;
    }

    public JobResult startedAt(long atMillis) {
        return new JobResult(atMillis, endedAtMillis, exitCode, log, kept);
    }

    /// The same, over; of the log, the end is kept.
    public JobResult endedAt(long atMillis, int newExitCode, String newLog) {
        String end = newLog.length() > MAX_LOG ? newLog.substring(newLog.length() - MAX_LOG) : newLog;
        return new JobResult(startedAtMillis, atMillis, newExitCode, end, true);
    }

    public JobResult released() {
        return new JobResult(startedAtMillis, endedAtMillis, exitCode, log, false);
    }
}
