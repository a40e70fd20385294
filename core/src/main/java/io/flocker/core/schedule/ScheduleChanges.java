package io.flocker.core.schedule;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.EnvironmentChanges;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.cluster.Planned;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Schedule;
import io.flocker.core.model.ScheduleRun;
import io.flocker.core.model.ScheduleRun.State;
import io.flocker.core.spec.ScheduleSpec;
import io.flocker.core.spec.StepSpec;
import java.util.List;
import java.util.Optional;
import org.pcollections.TreePMap;

/// Commands about schedules. A due time is taken once, whoever leads: the command that begins its run says which due
/// time it takes, and is refused if another one took it.
public final class ScheduleChanges {
    private ScheduleChanges() {}

    public static Outcome after(ClusterState state, Command.OfSchedules command) {
        return switch (command) {
            case Command.RunSchedule c -> run(state, c);
            case Command.PauseSchedule c -> pause(state, c);
            case Planned.PlanSchedule c -> plan(state, c);
            case Planned.StartSchedule c -> start(state, c);
            case Planned.FollowSchedule c -> follow(state, c);
            case Planned.ToldSchedule c -> told(state, c);
            case Planned.ForgetSchedule c -> forget(state, c);
        };
    }

    private static Outcome plan(ClusterState state, Planned.PlanSchedule command) {
        Optional<ScheduleSpec> spec = spec(state, command.environment(), command.schedule());
        if (spec.filter(it -> it.cron().equals(command.cron()) && it.zone().equals(command.zone()))
                .isEmpty()) {
            return stale(command);
        }
        Schedule known = state.schedules()
                .getOrDefault(
                        Schedule.key(command.environment(), command.schedule()),
                        fresh(command.environment(), command.schedule()));
        return new Outcome.Accepted(state.with(known.planned(command.cron(), command.zone(), command.dueMillis())));
    }

    private static Outcome start(ClusterState state, Planned.StartSchedule command) {
        Schedule schedule = state.schedules().get(Schedule.key(command.environment(), command.schedule()));
        Optional<ScheduleSpec> spec = spec(state, command.environment(), command.schedule());
        if (schedule == null
                || spec.isEmpty()
                || schedule.paused()
                || schedule.dueMillis() == 0
                || schedule.dueMillis() != command.fromMillis()) {
            return stale(command);
        }
        Schedule next = schedule.planned(schedule.cron(), schedule.zone(), command.nextMillis());
        ClusterState told = command.dueMillis() == command.fromMillis()
                ? state
                : telling(
                        state,
                        next,
                        command.atMillis(),
                        "Due times were missed while nobody led; it is run once, late");
        if (schedule.running().isEmpty()) {
            return new Outcome.Accepted(
                    begun(told, next, spec.get(), "schedule", command.dueMillis(), command.atMillis()));
        }
        if (spec.get().overlap() == ScheduleSpec.Overlap.QUEUE) {
            return new Outcome.Accepted(told.with(next.queued(command.dueMillis())));
        }
        String why = "run " + schedule.running().get().number() + " still went on";
        var skipped = new ScheduleRun(
                next.nextNumber(),
                "schedule",
                command.dueMillis(),
                command.atMillis(),
                command.atMillis(),
                State.SKIPPED,
                why,
                List.of(),
                List.of(),
                "");
        return new Outcome.Accepted(telling(told, next, command.atMillis(), "A due time is skipped: " + why)
                .with(next.with(skipped)));
    }

    /// Somebody asks for a run.
    private static Outcome run(ClusterState state, Command.RunSchedule command) {
        Environment environment = state.environments().get(command.environment());
        if (environment == null) {
            return EnvironmentChanges.missing(state, command.environment());
        }
        Schedule schedule = state.schedules().get(Schedule.key(command.environment(), command.schedule()));
        Optional<ScheduleSpec> spec = spec(state, command.environment(), command.schedule());
        if (schedule == null || spec.isEmpty()) {
            return missing(environment, command.schedule());
        }
        Optional<ScheduleRun> running = schedule.running();
        return running.isPresent()
                ? conflict("Schedule " + schedule.key() + " is running already: run "
                        + running.get().number() + ", begun by " + running.get().by()
                        + "; flocker schedule history " + schedule.name() + " shows it")
                : new Outcome.Accepted(begun(state, schedule, spec.get(), command.by(), 0, command.atMillis()));
    }

    private static Outcome pause(ClusterState state, Command.PauseSchedule command) {
        Environment environment = state.environments().get(command.environment());
        if (environment == null) {
            return EnvironmentChanges.missing(state, command.environment());
        }
        Schedule schedule = state.schedules().get(Schedule.key(command.environment(), command.schedule()));
        if (schedule == null
                || spec(state, command.environment(), command.schedule()).isEmpty()) {
            return missing(environment, command.schedule());
        }
        return new Outcome.Accepted(telling(
                        state,
                        schedule,
                        command.atMillis(),
                        (command.paused() ? "Paused by " : "Resumed by ") + command.by())
                .with(schedule.paused(command.paused())));
    }

    /// What an environment's schedules do to other environments they do with its owner's rights: what was written by
    /// somebody who has fewer must not go on with the new owner's until that one says so.
    public static ClusterState given(ClusterState state, Environment environment, String owner, long atMillis) {
        ClusterState next = state;
        for (Schedule schedule : state.schedules().values()) {
            Optional<ScheduleRun> run = schedule.running().filter(it -> refreshes(it.plan()));
            if (schedule.environment().equals(environment.name()) && run.isPresent()) {
                String why = "the environment was given to " + owner + " meanwhile";
                next = ended(next, schedule.queued(0), run.get(), why, atMillis);
            }
        }
        for (var entry : environment.application().schedules().entrySet()) {
            String key = Schedule.key(environment.name(), entry.getKey());
            Schedule known = next.schedules().getOrDefault(key, fresh(environment.name(), entry.getKey()));
            if (refreshes(entry.getValue().steps()) && !known.paused()) {
                String why = "Paused, as the environment was given to " + owner + ", with whose rights it would refresh"
                        + " others; flocker schedule resume " + known.key() + " has it go on";
                next = telling(next, known, atMillis, why).with(known.paused(true));
            }
        }
        return next;
    }

    private static boolean refreshes(List<StepSpec> steps) {
        return steps.stream().anyMatch(step -> step instanceof StepSpec.Refresh);
    }

    private static Schedule fresh(String environment, String name) {
        return new Schedule(environment, name, "", "", 0, false, 0, TreePMap.empty());
    }

    private static ClusterState begun(
            ClusterState state, Schedule schedule, ScheduleSpec spec, String by, long dueMillis, long atMillis) {
        var run = new ScheduleRun(
                schedule.nextNumber(), by, dueMillis, atMillis, 0, State.RUNNING, "", spec.steps(), List.of(), "");
        return telling(state, schedule, atMillis, "Run " + run.number() + " started by " + by)
                .with(schedule.with(run));
    }

    /// Takes a run's present step to its end, or begins the next one.
    private static Outcome follow(ClusterState state, Planned.FollowSchedule command) {
        Schedule schedule = state.schedules().get(Schedule.key(command.environment(), command.schedule()));
        ScheduleRun run = schedule == null ? null : schedule.runs().get(command.run());
        if (schedule == null || run == null || !run.running() || run.steps().size() != command.steps()) {
            return stale(command);
        }
        Environment environment = state.environments().get(command.environment());
        if (environment == null) {
            return new Outcome.Accepted(ended(state, schedule, run, "the environment is gone", command.atMillis()));
        }
        var steps = new ScheduleSteps(state, environment, schedule, command.atMillis());
        Optional<ScheduleSteps.Changed> changed =
                run.current().isPresent() ? steps.end(run, run.current().get()) : steps.begin(run);
        if (changed.isEmpty()) {
            return stale(command);
        }
        ScheduleRun next = changed.get().run();
        String error = next.steps().isEmpty() ? "" : next.steps().getLast().error();
        boolean failed = !next.steps().isEmpty() && next.steps().getLast().state() == State.FAILED;
        boolean over =
                next.current().isEmpty() && next.steps().size() == next.plan().size();
        ClusterState after = changed.get().state();
        return new Outcome.Accepted(
                failed
                        ? ended(after, schedule, next, next.steps().getLast().what() + ": " + error, command.atMillis())
                        : over
                                ? ended(after, schedule, next, "", command.atMillis())
                                : after.with(schedule.with(next)));
    }

    /// @param why empty if it went well
    private static ClusterState ended(
            ClusterState state, Schedule schedule, ScheduleRun run, String why, long atMillis) {
        Optional<ScheduleSpec> spec = spec(state, schedule.environment(), schedule.name());
        String notifyUrl =
                why.isEmpty() ? "" : spec.map(ScheduleSpec::notifyUrl).orElse("");
        Schedule next = schedule.with(run.ended(why, atMillis, notifyUrl));
        ClusterState told = telling(
                state, next, atMillis, "Run " + run.number() + (why.isEmpty() ? " is done" : " failed: " + why));
        if (next.queuedMillis() != 0 && spec.isPresent() && !next.paused()) {
            return begun(told, next.queued(0), spec.get(), "schedule", next.queuedMillis(), atMillis);
        }
        return told.with(next.queued(0));
    }

    private static Outcome told(ClusterState state, Planned.ToldSchedule command) {
        Schedule schedule = state.schedules().get(Schedule.key(command.environment(), command.schedule()));
        ScheduleRun run = schedule == null ? null : schedule.runs().get(command.run());
        if (schedule == null || run == null || run.notifyUrl().isEmpty()) {
            return stale(command);
        }
        ClusterState told = command.error().isEmpty()
                ? state
                : telling(
                        state,
                        schedule,
                        command.atMillis(),
                        "Nobody could be told that run " + run.number() + " failed: " + command.error());
        return new Outcome.Accepted(told.with(schedule.with(run.told())));
    }

    private static Outcome forget(ClusterState state, Planned.ForgetSchedule command) {
        Schedule schedule = state.schedules().get(Schedule.key(command.environment(), command.schedule()));
        if (schedule == null
                || schedule.running().isPresent()
                || spec(state, command.environment(), command.schedule()).isPresent()) {
            return stale(command);
        }
        return new Outcome.Accepted(state.without(schedule));
    }

    static Optional<ScheduleSpec> spec(ClusterState state, String environment, String name) {
        return state.environment(environment)
                .flatMap(found ->
                        Optional.ofNullable(found.application().schedules().get(name)));
    }

    private static ClusterState telling(ClusterState state, Schedule schedule, long atMillis, String text) {
        return state.telling(atMillis, schedule.environment(), "schedule " + schedule.key(), text);
    }

    private static Outcome.Refused missing(Environment environment, String name) {
        String there = environment.application().schedules().isEmpty()
                ? "it has none: x-flocker: {schedules: ...} in its file makes them"
                : "it has "
                        + String.join(
                                ", ", environment.application().schedules().keySet());
        return new Outcome.Refused(
                Outcome.Reason.NOT_FOUND,
                "Environment " + environment.name() + " has no schedule \"" + name + "\"; " + there);
    }

    private static Outcome.Refused conflict(String message) {
        return new Outcome.Refused(Outcome.Reason.CONFLICT, message);
    }

    private static Outcome.Refused stale(Command command) {
        return new Outcome.Refused(Outcome.Reason.CONFLICT, "The plan is out of date: " + command);
    }
}
