package io.flocker.core.model;

import io.flocker.core.spec.StepSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One run of a schedule.
///
/// @param number within the schedule
/// @param by who began it
/// @param dueMillis the due time it is for; 0 if a user asked for it
/// @param endedAtMillis 0 while it goes on
/// @param error why it failed or was skipped; empty for nothing
/// @param plan its steps, as they were declared when it began
/// @param steps those it has begun, in order
/// @param notifyUrl who is still to be told that it failed; empty for nobody
public record ScheduleRun(
        long number,
        String by,
        long dueMillis,
        long startedAtMillis,
        long endedAtMillis,
        State state,
        String error,
        List<StepSpec> plan,
        List<Step> steps,
        String notifyUrl) {
    public enum State {
        RUNNING,
        DONE,
        FAILED,
        /// The one before still went on.
        SKIPPED
    }

    /// A step that has begun.
    ///
    /// @param operations that it started, by id
    /// @param error why it failed; empty for nothing
    /// @param exitCode of the job it ran, once that has ended
    /// @param log the end of what that job printed
    public record Step(
            String what,
            State state,
            long startedAtMillis,
            long endedAtMillis,
            List<String> operations,
            String error,
            Optional<Integer> exitCode,
            String log) {
        /// Characters of a step's log that a schedule's history keeps.
        public static final int MAX_LOG = 2_000;

        public static Step begun(StepSpec spec, long atMillis, List<String> operations, String error) {
            return new Step(spec.toString(), State.RUNNING, atMillis, 0, operations, error, Optional.empty(), "");
        }

        public Step ended(String why, long atMillis) {
            return new Step(
                    what,
                    why.isEmpty() ? State.DONE : State.FAILED,
                    startedAtMillis,
                    atMillis,
                    operations,
                    why,
                    exitCode,
                    log);
        }

        public Step with(JobResult result) {
            String end = result.log().substring(Math.max(0, result.log().length() - MAX_LOG));
            Optional<Integer> code = result.ended() ? Optional.of(result.exitCode()) : Optional.empty();
            return new Step(what, state, startedAtMillis, endedAtMillis, operations, error, code, end);
        }
    }

    public boolean running() {
        return state == State.RUNNING;
    }

    /// The step that goes on.
    public Optional<Step> current() {
        return steps.isEmpty() || steps.getLast().state() != State.RUNNING
                ? Optional.empty()
                : Optional.of(steps.getLast());
    }

    /// When it last got on.
    public long changedAtMillis() {
        return steps.isEmpty()
                ? startedAtMillis
                : Math.max(steps.getLast().startedAtMillis(), steps.getLast().endedAtMillis());
    }

    /// With one more step.
    public ScheduleRun plus(Step step) {
        List<Step> more = new ArrayList<>(steps);
        more.add(step);
        return withSteps(more);
    }

    /// With another last step.
    public ScheduleRun with(Step step) {
        List<Step> changed = new ArrayList<>(steps);
        changed.set(changed.size() - 1, step);
        return withSteps(changed);
    }

    private ScheduleRun withSteps(List<Step> newSteps) {
        return new ScheduleRun(
                number,
                by,
                dueMillis,
                startedAtMillis,
                endedAtMillis,
                state,
                error,
                plan,
                List.copyOf(newSteps),
                notifyUrl);
    }

    /// The same, over.
    ///
    /// @param why it failed; empty if it did not
    /// @param tell who is to be told of it
    public ScheduleRun ended(String why, long atMillis, String tell) {
        return new ScheduleRun(
                number,
                by,
                dueMillis,
                startedAtMillis,
                atMillis,
                why.isEmpty() ? State.DONE : State.FAILED,
                why,
                plan,
                steps,
                tell);
    }

    public ScheduleRun told() {
        return new ScheduleRun(number, by, dueMillis, startedAtMillis, endedAtMillis, state, error, plan, steps, "");
    }
}
