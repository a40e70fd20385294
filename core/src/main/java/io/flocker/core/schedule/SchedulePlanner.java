package io.flocker.core.schedule;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.cluster.Planned;
import io.flocker.core.cron.Cron;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Schedule;
import io.flocker.core.model.ScheduleRun;
import io.flocker.core.spec.ScheduleSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What schedules ask of the leader: to work out when they are due, to begin their runs, and to take these on. Of due
/// times that nobody led at, the last one is run, late.
public final class SchedulePlanner {
    /// A day.
    private static final long CLOCK_MILLIS = 86_400_000;

    private SchedulePlanner() {}

    /// The commands due now.
    public static List<Command> due(ClusterState state, long nowMillis) {
        List<Command> commands = new ArrayList<>();
        for (Schedule schedule : state.schedules().values()) {
            Optional<ScheduleRun> running = schedule.running();
            boolean declared = state.environment(schedule.environment())
                    .filter(it -> it.application().schedules().containsKey(schedule.name()))
                    .isPresent();
            if (running.isPresent()) {
                var follow = new Planned.FollowSchedule(
                        nowMillis,
                        schedule.environment(),
                        schedule.name(),
                        running.get().number(),
                        running.get().steps().size());
                if (state.after(follow) instanceof Outcome.Accepted) {
                    commands.add(follow);
                }
            } else if (!declared) {
                commands.add(new Planned.ForgetSchedule(nowMillis, schedule.environment(), schedule.name()));
            }
        }
        for (Environment environment : state.environments().values()) {
            environment
                    .application()
                    .schedules()
                    .forEach((name, spec) -> timed(
                                    environment.name(),
                                    name,
                                    spec,
                                    state.schedules().get(Schedule.key(environment.name(), name)),
                                    nowMillis)
                            .ifPresent(commands::add));
        }
        return commands;
    }

    /// After a due time that was taken already: somebody may have set the clock back a little. If it was wrong by more,
    /// it is believed now.
    private static long after(@Nullable Schedule known, long nowMillis) {
        long last = known == null ? 0 : known.lastDueMillis();
        return last - nowMillis < CLOCK_MILLIS ? Math.max(last, nowMillis) : nowMillis;
    }

    private static Optional<Command> timed(
            String environment, String name, ScheduleSpec spec, @Nullable Schedule known, long nowMillis) {
        boolean planned = known != null
                && known.cron().equals(spec.cron())
                && known.zone().equals(spec.zone())
                && known.dueMillis() != 0;
        if (known != null && (known.paused() || (planned && known.dueMillis() > nowMillis))) {
            return Optional.empty();
        }
        Cron cron;
        try {
            cron = Cron.of(spec.cron(), spec.zone());
        } catch (IllegalArgumentException e) {
            // Refused when it was declared; this machine may know fewer time zones.
            return Optional.empty();
        }
        long next = cron.next(after(known, nowMillis)).orElse(Long.MAX_VALUE);
        if (known == null || !planned) {
            return Optional.of(new Planned.PlanSchedule(nowMillis, environment, name, spec.cron(), spec.zone(), next));
        }
        long due = Math.max(known.dueMillis(), cron.last(nowMillis).orElse(known.dueMillis()));
        return Optional.of(new Planned.StartSchedule(nowMillis, environment, name, known.dueMillis(), due, next));
    }
}
