package io.flocker.core.model;

import java.util.Optional;
import org.pcollections.TreePMap;

/// How an environment's schedule stands.
///
/// @param cron of what `dueMillis` was worked out, as is `zone`
/// @param dueMillis when it is due next; 0 if that is still to be worked out
/// @param queuedMillis a due time that waits for the present run's end; 0 for none
/// @param runs by number, from 1; the newest [#MAX_RUNS]
public record Schedule(
        String environment,
        String name,
        String cron,
        String zone,
        long dueMillis,
        boolean paused,
        long queuedMillis,
        TreePMap<Long, ScheduleRun> runs) {
    public static final int MAX_RUNS = 20;

    public static String key(String environment, String name) {
        return environment + "/" + name;
    }

    public String key() {
        return key(environment, name);
    }

    /// The run that goes on.
    public Optional<ScheduleRun> running() {
        return runs.values().stream().filter(ScheduleRun::running).findFirst();
    }

    /// The last due time that a run was begun, queued or skipped for, as far as is remembered; 0 for none.
    public long lastDueMillis() {
        return Math.max(
                queuedMillis,
                runs.values().stream().mapToLong(ScheduleRun::dueMillis).max().orElse(0));
    }

    public long nextNumber() {
        return runs.isEmpty() ? 1 : runs.lastKey() + 1;
    }

    public Schedule planned(String newCron, String newZone, long newDueMillis) {
        return new Schedule(environment, name, newCron, newZone, newDueMillis, paused, queuedMillis, runs);
    }

    public Schedule paused(boolean nowPaused) {
        return new Schedule(environment, name, cron, zone, 0, nowPaused, nowPaused ? 0 : queuedMillis, runs);
    }

    public Schedule queued(long newQueuedMillis) {
        return new Schedule(environment, name, cron, zone, dueMillis, paused, newQueuedMillis, runs);
    }

    /// With one of its runs as it is now, and without those too many.
    public Schedule with(ScheduleRun run) {
        TreePMap<Long, ScheduleRun> kept = runs.plus(run.number(), run);
        while (kept.size() > MAX_RUNS) {
            kept = kept.minusFirstEntry();
        }
        return new Schedule(environment, name, cron, zone, dueMillis, paused, queuedMillis, kept);
    }
}
