package io.flocker.core.spec;

import java.util.List;

/// Steps that an environment takes at certain times, one after the other; the first that fails ends it.
///
/// @param cron when, as [io.flocker.core.cron.Cron] reads it
/// @param zone the time zone that `cron` is in, such as `Europe/Paris`
/// @param overlap what happens if the last run still goes on
/// @param notifyUrl a URL that is told when a run fails; empty for none
public record ScheduleSpec(String cron, String zone, List<StepSpec> steps, Overlap overlap, String notifyUrl) {
    public static final int MAX_STEPS = 50;
    public static final int MAX_SCHEDULES = 50;

    /// What becomes of a due time while the last run still goes on.
    public enum Overlap {
        /// Nothing is run for it.
        SKIP,
        /// It is run once that one has ended; of several, once.
        QUEUE
    }
}
