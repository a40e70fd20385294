package io.flocker.core.schedule;

import io.flocker.core.access.Reach;
import io.flocker.core.access.Right;
import io.flocker.core.access.User;
import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.cut.CutPlanner;
import io.flocker.core.model.Checkpoint;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Schedule;
import io.flocker.core.model.ScheduleRun;
import io.flocker.core.model.ScheduleRun.Step;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.JobSpec;
import io.flocker.core.spec.StepSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pcollections.TreePMap;

/// Begins and ends the steps of a schedule's run: each begins as if somebody had asked for it, in the
/// same decision that notes that it has begun.
public final class ScheduleSteps {
    /// How long a step waits for what changes its environment just now.
    static final long BUSY_MILLIS = 600_000;

    /// How long a checkpoint may take.
    static final long CHECKPOINT_MILLIS = 120_000;

    private static final long REFRESH_MILLIS = 600_000;

    /// What the name of a checkpoint ends with until it is complete.
    public static final String NEXT = ".next";

    private final ClusterState state;
    private final Environment environment;
    private final Schedule schedule;
    private final long atMillis;

    public ScheduleSteps(ClusterState state, Environment environment, Schedule schedule, long atMillis) {
        this.state = state;
        this.environment = environment;
        this.schedule = schedule;
        this.atMillis = atMillis;
    }

    /// A step that got on.
    public record Changed(ClusterState state, ScheduleRun run) {}

    /// The next step, begun or failed at once; empty if it has to wait.
    public Optional<Changed> begin(ScheduleRun run) {
        StepSpec spec = run.plan().get(run.steps().size());
        return switch (spec) {
            case StepSpec.Run it -> begin(run, it, job(it), List.of(id(0)));
            case StepSpec.Checkpoint it -> begin(run, it, checkpoint(it), List.of());
            case StepSpec.Refresh it -> refresh(run, it);
        };
    }

    private Optional<Changed> begin(ScheduleRun run, StepSpec spec, Command command, List<String> operations) {
        return switch (ready(spec).after(command)) {
            case Outcome.Accepted accepted ->
                Optional.of(new Changed(accepted.state(), run.plus(Step.begun(spec, atMillis, operations, ""))));
            case Outcome.Refused refused ->
                waits(run, List.of(environment.name()))
                        ? Optional.empty()
                        : Optional.of(new Changed(
                                state,
                                run.plus(Step.begun(spec, atMillis, List.of(), "")
                                        .ended(refused.message(), atMillis))));
        };
    }

    /// Without what an earlier run left of a checkpoint that was not completed.
    private ClusterState ready(StepSpec spec) {
        boolean left = spec instanceof StepSpec.Checkpoint it
                && environment.checkpoints().containsKey(it.name() + NEXT);
        return left && spec instanceof StepSpec.Checkpoint it ? without(state, it.name() + NEXT) : state;
    }

    private ClusterState without(ClusterState from, String checkpoint) {
        var delete = new Command.DeleteCheckpoint(by(), atMillis, environment.name(), checkpoint);
        return from.after(delete) instanceof Outcome.Accepted accepted ? accepted.state() : from;
    }

    private Command job(StepSpec.Run spec) {
        long timeout = Optional.ofNullable(environment.application().services().get(spec.service()))
                .flatMap(service -> service.job())
                .orElse(JobSpec.PLAIN)
                .timeoutMillis();
        return new Command.Run(
                by(),
                atMillis,
                id(0),
                atMillis + timeout,
                environment.name(),
                spec.service(),
                spec.command(),
                TreePMap.empty());
    }

    private Command checkpoint(StepSpec.Checkpoint spec) {
        return new Command.CreateCheckpoint(by(), atMillis, environment.name(), spec.name() + NEXT, true);
    }

    /// Branches that cannot be refreshed do not keep the others from it.
    private Optional<Changed> refresh(ScheduleRun run, StepSpec.Refresh spec) {
        if (waits(run, spec.environments())) {
            return Optional.empty();
        }
        ClusterState next = state;
        List<String> operations = new ArrayList<>();
        List<String> errors = new ArrayList<>();
        for (String name : spec.environments()) {
            if (!isTheirs(name)) {
                errors.add(name + ": it is not " + environment.owner() + "'s, whose schedule this is");
                continue;
            }
            String id = id(operations.size());
            var refresh = new Command.Refresh(by(), atMillis, id, atMillis + REFRESH_MILLIS, name, checkpoint(run));
            switch (next.after(refresh)) {
                case Outcome.Accepted accepted -> {
                    Optional<String> reach = reach(name, accepted.state(), id);
                    if (reach.isPresent()) {
                        errors.add(name + ": it would have " + reach.get() + ", which takes an operator: flocker env"
                                + " refresh " + name);
                    } else {
                        next = accepted.state();
                        operations.add(id);
                    }
                }
                case Outcome.Refused refused -> errors.add(name + ": " + refused.message());
            }
        }
        Step begun = Step.begun(spec, atMillis, List.copyOf(operations), String.join("; ", errors));
        return Optional.of(
                new Changed(next, run.plus(operations.isEmpty() ? begun.ended(begun.error(), atMillis) : begun)));
    }

    /// Whether the environment's owner may change another one: a schedule may do no more than whoever wrote it.
    private boolean isTheirs(String other) {
        User owner = state.access().users().get(environment.owner());
        String owned = state.environment(other).map(Environment::owner).orElse(environment.owner());
        return owner == null || owner.role().may(Right.CHANGE, owned.equals(environment.owner()));
    }

    /// What a refresh would let the owner get at that is not theirs; empty for nothing.
    private Optional<String> reach(String branch, ClusterState next, String operation) {
        User owner = state.access().users().get(environment.owner());
        if (owner == null || owner.role().may(Right.CHANGE, false)) {
            return Optional.empty();
        }
        ApplicationSpec before =
                state.environment(branch).map(Environment::application).orElse(ApplicationSpec.EMPTY);
        return next.operation(operation)
                .filter(it -> it.kind() instanceof Operation.Kind.RollBack)
                .flatMap(it -> ((Operation.Kind.RollBack) it.kind()).application())
                .flatMap(application -> Reach.added(application, before));
    }

    /// The one that the run took last; empty for the newest with a name.
    private static String checkpoint(ScheduleRun run) {
        String last = "";
        for (StepSpec spec : run.plan().subList(0, run.steps().size())) {
            last = spec instanceof StepSpec.Checkpoint it ? it.name() : last;
        }
        return last;
    }

    /// Whether something changes one of these environments that will come to an end.
    private boolean waits(ScheduleRun run, List<String> environments) {
        return atMillis - run.changedAtMillis() < BUSY_MILLIS
                && environments.stream().anyMatch(name -> state.running(name).isPresent());
    }

    /// The step ended, well or not; empty if it still goes on.
    public Optional<Changed> end(ScheduleRun run, Step step) {
        return switch (run.plan().get(run.steps().size() - 1)) {
            case StepSpec.Run _, StepSpec.Refresh _ -> operations(run, step);
            case StepSpec.Checkpoint it -> completed(run, step, it.name());
        };
    }

    private Optional<Changed> operations(ScheduleRun run, Step step) {
        Step ended = step;
        List<String> errors = new ArrayList<>();
        if (!step.error().isEmpty()) {
            errors.add(step.error());
        }
        for (String id : step.operations()) {
            Operation operation = state.operations().get(id);
            if (operation == null) {
                errors.add("operation " + id + " is not remembered any more");
                continue;
            }
            if (operation.running()) {
                return Optional.empty();
            }
            if (operation.kind() instanceof Operation.Kind.Run job) {
                ended = ended.with(job.result());
            }
            if (operation.state() != Operation.State.DONE) {
                errors.add(operation.environment() + ": " + operation.error());
            }
        }
        return Optional.of(new Changed(state, run.with(ended.ended(String.join("; ", errors), atMillis))));
    }

    private Optional<Changed> completed(ScheduleRun run, Step step, String name) {
        String next = name + NEXT;
        Checkpoint taken = environment.checkpoints().get(next);
        if (taken == null) {
            return Optional.of(new Changed(state, run.with(step.ended("somebody deleted it", atMillis))));
        }
        if (taken.state() == Checkpoint.State.FAILED) {
            return Optional.of(new Changed(without(state, next), run.with(step.ended(taken.problem(), atMillis))));
        }
        if (taken.state() != Checkpoint.State.COMPLETE) {
            long patience = Math.max(CHECKPOINT_MILLIS, CutPlanner.attemptMillis(environment));
            String late = "it was not complete within " + patience / 1_000 + " s; flocker status " + environment.name()
                    + " tells what kept it";
            return atMillis - step.startedAtMillis() < patience
                    ? Optional.empty()
                    : Optional.of(new Changed(without(state, next), run.with(step.ended(late, atMillis))));
        }
        return Optional.of(
                switch (state.after(new Command.RenameCheckpoint(atMillis, environment.name(), next, name))) {
                    case Outcome.Accepted accepted -> new Changed(accepted.state(), run.with(step.ended("", atMillis)));
                    case Outcome.Refused refused ->
                        new Changed(without(state, next), run.with(step.ended(refused.message(), atMillis)));
                });
    }

    private String id(int part) {
        return "s" + Long.toString(state.version(), 36) + (part == 0 ? "" : "-" + part);
    }

    private String by() {
        return "schedule " + schedule.name();
    }
}
