package io.flocker.core.cut;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.model.Checkpoint;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Snapshot;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.model.Volume;
import io.flocker.core.plan.Problem;
import io.flocker.core.plan.Sighting;
import io.flocker.core.spec.QuiesceSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.pcollections.TreePMap;

/// What becomes of checkpoints whose snapshots are not there in time: they are taken anew, all of them, and after a few
/// attempts the checkpoint fails and says why. Part of what was taken at one moment is never completed at another.
public final class CutPlanner {
    /// How often a checkpoint is begun.
    public static final int ATTEMPTS = 3;

    private CutPlanner() {}

    /// The cut that a checkpoint's snapshots are taken with.
    public static Cut cut(Environment environment, Checkpoint checkpoint, List<Volume> volumes) {
        var nodes = new TreeSet<String>();
        for (Volume volume : volumes) {
            if (checkpoint.volumes().values().stream()
                    .anyMatch(id -> id.volume().equals(volume.id()))) {
                nodes.add(volume.head().primary());
            }
        }
        if (isBeginning(environment, checkpoint)) {
            nodes.clear();
        }
        String attempt = checkpoint.volumes().isEmpty()
                ? ""
                : checkpoint.volumes().values().iterator().next().toString();
        return new Cut(environment.name(), checkpoint.name(), attempt, List.copyOf(nodes), patienceMillis(environment));
    }

    /// Whether it is what a branch begins with: nothing of the branch runs before it is taken, on any node, and the
    /// operation that makes the branch gives up by itself.
    private static boolean isBeginning(Environment environment, Checkpoint checkpoint) {
        return environment.origin().isPresent() && checkpoint.name().equals(Checkpoint.ORIGIN);
    }

    /// Services' commands run side by side.
    private static long patienceMillis(Environment environment) {
        return Cut.GATHER_MILLIS
                + environment.application().services().values().stream()
                        .mapToLong(spec ->
                                spec.quiesce().map(QuiesceSpec::timeoutMillis).orElse(0L))
                        .max()
                        .orElse(0);
    }

    /// How long one attempt may take before the next one begins: commands before it and after it, and the meeting.
    public static long attemptMillis(Environment environment) {
        return 2 * patienceMillis(environment);
    }

    /// What is due for an environment's checkpoints that are not complete.
    public static List<Command> due(
            ClusterState state, Environment environment, TreePMap<String, Sighting> sightings, long nowMillis) {
        List<Command> commands = new ArrayList<>();
        for (Checkpoint checkpoint : environment.checkpoints().values()) {
            if (checkpoint.state() != Checkpoint.State.REQUESTED || isKept(state, checkpoint)) {
                continue;
            }
            if (isOfNothing(state, checkpoint)) {
                commands.add(end(environment, checkpoint, "its volumes are gone", nowMillis));
            } else if (isOfSomething(state, checkpoint)) {
                due(state, environment, checkpoint, sightings, nowMillis).ifPresent(commands::add);
            }
        }
        return commands;
    }

    /// Whether a roll back keeps it: its snapshots are what the heads before were, and are never taken anew.
    private static boolean isKept(ClusterState state, Checkpoint checkpoint) {
        return checkpoint.volumes().values().stream()
                .flatMap(id -> state.volume(id.volume()).flatMap(volume -> volume.snapshot(id)).stream())
                .anyMatch(snapshot -> snapshot.origin() != Snapshot.Origin.CHECKPOINT);
    }

    /// Whether a volume went on elsewhere after its snapshot was taken, while others' are still to be: these would be
    /// of another moment.
    public static boolean isTorn(Environment environment, Checkpoint checkpoint, List<Volume> volumes) {
        return checkpoint.state() == Checkpoint.State.REQUESTED
                && !isBeginning(environment, checkpoint)
                && volumes.stream()
                        .flatMap(volume -> checkpoint.volumes().values().stream()
                                .filter(id -> id.epoch() < volume.head().epoch())
                                .flatMap(id -> volume.snapshot(id).stream()))
                        .anyMatch(snapshot -> snapshot.origin() == Snapshot.Origin.CHECKPOINT
                                && snapshot.state() == Snapshot.State.READY);
    }

    /// Whether none of its volumes is left, as of a branch that was given up before it was made.
    private static boolean isOfNothing(ClusterState state, Checkpoint checkpoint) {
        return checkpoint.volumes().values().stream()
                .noneMatch(id -> state.volume(id.volume()).isPresent());
    }

    /// Whether any of its volumes stays: that of an environment on its way out cannot be taken anew.
    private static boolean isOfSomething(ClusterState state, Checkpoint checkpoint) {
        return checkpoint.volumes().values().stream()
                .flatMap(id -> state.volume(id.volume()).stream())
                .anyMatch(volume -> volume.state() == Volume.State.ACTIVE);
    }

    private static Optional<Command> due(
            ClusterState state,
            Environment environment,
            Checkpoint checkpoint,
            TreePMap<String, Sighting> sightings,
            long nowMillis) {
        String subject = Cut.subject(environment.name(), checkpoint.name());
        Optional<Problem> refused = problems(state, checkpoint, sightings, subject).stream()
                .filter(Problem::lasting)
                .findFirst();
        boolean mayFail = !isBeginning(environment, checkpoint);
        if (refused.isPresent() && mayFail) {
            return Optional.of(end(environment, checkpoint, refused.get().message(), nowMillis));
        }
        long since = checkpoint.volumes().values().stream()
                .map(id -> state.volume(id.volume()).flatMap(volume -> volume.snapshot(id)))
                .flatMap(Optional::stream)
                .mapToLong(Snapshot::requestedAtMillis)
                .max()
                .orElse(checkpoint.createdAtMillis());
        List<Volume> volumes = checkpoint.volumes().values().stream()
                .flatMap(id -> state.volume(id.volume()).stream())
                .toList();
        boolean torn = isTorn(environment, checkpoint, volumes);
        // A clock that was set back is no reason to wait until it shows the same again.
        if (!torn && Math.abs(nowMillis - since) < attemptMillis(environment)) {
            return Optional.empty();
        }
        boolean last = checkpoint.attempts() + 1 >= ATTEMPTS && mayFail;
        String failure = "";
        if (last) {
            failure = torn
                    ? "a volume went on on another node meanwhile; take another one once it serves there"
                    : why(state, checkpoint, sightings, subject);
        }
        return Optional.of(end(environment, checkpoint, failure, nowMillis));
    }

    private static Command end(Environment environment, Checkpoint checkpoint, String failure, long nowMillis) {
        return new Command.EndAttempt(nowMillis, environment.name(), checkpoint.name(), checkpoint.attempts(), failure);
    }

    private static String why(
            ClusterState state, Checkpoint checkpoint, TreePMap<String, Sighting> sightings, String subject) {
        List<Problem> problems = problems(state, checkpoint, sightings, subject);
        if (!problems.isEmpty()) {
            return problems.getFirst().message();
        }
        List<String> waiting = checkpoint.volumes().values().stream()
                .flatMap(id -> state.volume(id.volume()).stream())
                .filter(Volume::awaitsSnapshot)
                .map(volume -> volume.name() + " on node " + volume.head().primary())
                .toList();
        return "no snapshot of " + String.join(", ", waiting) + " within " + ATTEMPTS
                + " attempts; see whether its machine, its network and flocker daemon run";
    }

    private static List<Problem> problems(
            ClusterState state, Checkpoint checkpoint, TreePMap<String, Sighting> sightings, String subject) {
        List<Problem> problems = new ArrayList<>();
        for (SnapshotId id : checkpoint.volumes().values()) {
            Sighting sighting = state.volume(id.volume())
                    .map(volume -> sightings.get(volume.head().primary()))
                    .orElse(null);
            // What a node says that has not heard of this attempt is about an earlier one.
            if (sighting != null && sighting.upToDate()) {
                sighting.problems().stream()
                        .filter(problem -> problem.subject().equals(subject)
                                || problem.subject().equals("volume " + id.volume()))
                        .forEach(problems::add);
            }
        }
        return problems;
    }
}
