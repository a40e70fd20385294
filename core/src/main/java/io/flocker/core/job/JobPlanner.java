package io.flocker.core.job;

import io.flocker.core.cluster.Command;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Operation.Kind.Run;
import io.flocker.core.model.Operation.Phase;
import io.flocker.core.model.Operation.State;
import io.flocker.core.plan.Found;
import io.flocker.core.plan.Problem;
import io.flocker.core.plan.Sighting;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/// Takes runs of jobs on by what their nodes report: started, ended, lost, too slow. A container that was seen to have
/// started is never started again, whatever becomes of it.
public final class JobPlanner {
    /// How long the container of a run that has ended is kept, so that its log can be read to the end.
    static final long KEEP_MILLIS = 60_000;

    private JobPlanner() {}

    /// The command that takes an operation on, if it is a run and one is due.
    public static Optional<Command> due(TreePMap<String, Sighting> sightings, Operation operation, long nowMillis) {
        if (!(operation.kind() instanceof Run run)) {
            return Optional.empty();
        }
        if (!operation.running()) {
            // Somebody may have set the clock back.
            long since = nowMillis - operation.changedAtMillis();
            boolean over = since < 0 || since > KEEP_MILLIS;
            return run.result().kept() && over
                    ? Optional.of(new Command.ReleaseRun(nowMillis, operation.id()))
                    : Optional.empty();
        }
        if (operation.phase() == Phase.PREPARE) {
            return Optional.empty();
        }
        Sighting sighting = sightings.get(run.node());
        Optional<Command> news = seen(operation, run, sighting, nowMillis);
        if (news.isPresent()) {
            return news;
        }
        if (operation.phase() == Phase.START && nowMillis > operation.deadlineMillis()) {
            return Optional.of(new Command.StopRun(nowMillis, operation.id(), "Time is up: it was stopped"));
        }
        return Optional.empty();
    }

    private static Optional<Command> seen(Operation operation, Run run, @Nullable Sighting sighting, long nowMillis) {
        if (sighting == null) {
            return Optional.empty();
        }
        String key = run.key(operation.environment());
        Optional<Found> found = found(operation, run, sighting);
        String log = sighting.observed().logs().get(key);
        boolean started = found.filter(it -> it.startedAtMillis() > 0).isPresent();
        if (started && found.get().state() == Found.State.EXITED && log != null) {
            return Optional.of(new Command.RecordRun(
                    nowMillis,
                    operation.id(),
                    run.result()
                            .startedAt(found.get().startedAtMillis())
                            .endedAt(
                                    Math.max(1, found.get().endedAtMillis()),
                                    found.get().exitCode(),
                                    log)));
        }
        if (started && !run.result().started()) {
            return Optional.of(new Command.RecordRun(
                    nowMillis,
                    operation.id(),
                    run.result().startedAt(found.get().startedAtMillis())));
        }
        boolean gone =
                found.isEmpty() && sighting.upToDate() && !sighting.busy().contains(key);
        if (gone && run.result().started() && operation.phase() == Phase.START) {
            return Optional.of(new Command.Finish(
                    nowMillis,
                    operation.id(),
                    State.FAILED,
                    "The container of " + run.service() + " on " + run.node()
                            + " is gone, so that nobody knows how it ended; it is not run again by itself"));
        }
        return Optional.empty();
    }

    private static Optional<Found> found(Operation operation, Run run, Sighting sighting) {
        return Optional.ofNullable(sighting.observed().containers().get(run.key(operation.environment())))
                .filter(it -> it.release() == run.release() && it.restarts() == run.number());
    }

    /// What a run whose image and volumes are there waits for, in words; empty for nothing.
    public static Optional<String> waiting(TreePMap<String, Sighting> sightings, Operation operation, Run run) {
        Sighting sighting = sightings.get(run.node());
        if (operation.phase() == Phase.START) {
            return Optional.of(run.service() + (run.result().started() ? " to end" : " to start"));
        }
        boolean gone = sighting != null
                && sighting.upToDate()
                && !sighting.busy().contains(run.key(operation.environment()))
                && found(operation, run, sighting).isEmpty();
        return gone ? Optional.empty() : Optional.of(run.service() + " to stop");
    }

    /// Why a run is not going to start; empty if it may.
    public static Optional<String> failure(TreePMap<String, Sighting> sightings, Operation operation, Run run) {
        Sighting sighting = sightings.get(run.node());
        if (sighting == null || run.result().started() || operation.phase() != Phase.START) {
            return Optional.empty();
        }
        String key = run.key(operation.environment());
        return sighting.problems().stream()
                .filter(problem -> problem.subject().equals(key))
                .filter(Problem::hopeless)
                .map(Problem::message)
                .findFirst();
    }
}
