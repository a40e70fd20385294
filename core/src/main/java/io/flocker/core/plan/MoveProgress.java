package io.flocker.core.plan;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.WayBack;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Instance;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Operation.Kind.Move;
import io.flocker.core.model.Operation.Phase;
import io.flocker.core.model.Snapshot;
import io.flocker.core.model.Volume;
import io.flocker.core.replication.Replication;
import java.util.List;

/// How far a move's data is, there or back.
final class MoveProgress {
    /// What failed so often in a row on the way there is not going to succeed: it takes about four seconds.
    static final int HOPELESS_ATTEMPTS = 5;

    /// A node that could not be looked at so often in a row has no engine or no pool: it takes about five seconds.
    static final int HOPELESS_LOOKS = 25;

    /// On the way back there is less to choose from, so that it takes about half a minute.
    static final int HOPELESS_WAY_BACK = 8;

    /// A service stands still for a move no longer than this because something does not go on before the hand-over:
    /// requests are held for a minute.
    static final long STANDSTILL_MILLIS = 20_000;

    private final ClusterState state;
    private final Environment environment;
    private final Operation operation;
    private final Move move;
    private final Waits waits;
    private final long nowMillis;

    MoveProgress(ClusterState state, Environment environment, Operation operation, Move move, Waits waits, long now) {
        this.state = state;
        this.environment = environment;
        this.operation = operation;
        this.move = move;
        this.waits = waits;
        nowMillis = now;
    }

    private List<Volume> volumes() {
        return move.volumes().stream().flatMap(id -> state.volume(id).stream()).toList();
    }

    /// Both nodes are to be heard before the service stops for the move.
    void prepare() {
        waits.hear(move.from());
        waits.hear(move.to());
        waits.problem(move.to(), Problem.NODE, problem -> problem.attempts() >= HOPELESS_LOOKS)
                .ifPresent(problem -> waits.fail("Node " + move.to() + " cannot take anything, so that it stays on "
                        + move.from() + ": " + problem.message() + "; mend that, or choose another node"));
        copied(move.to());
    }

    /// `node` has every snapshot of the move's volumes.
    void copied(String node) {
        volumes().forEach(volume -> copied(volume, node));
    }

    private void copied(Volume volume, String node) {
        boolean awaits = volume.snapshots().values().stream()
                .anyMatch(snapshot -> snapshot.state() == Snapshot.State.REQUESTED
                        && snapshot.id().epoch() == volume.head().epoch()
                        && isWaitedFor(snapshot));
        if (awaits) {
            snapshot(volume);
        } else if (!volume.head().primary().equals(node)) {
            received(volume, node);
        }
    }

    /// While the service runs, rounds of replication go on, maybe faster than their snapshots reach the other node.
    private boolean isWaitedFor(Snapshot snapshot) {
        return operation.phase() != Phase.PREPARE || snapshot.origin() != Snapshot.Origin.REPLICATION;
    }

    private void snapshot(Volume volume) {
        String primary = volume.head().primary();
        waits.on(primary, "a snapshot of " + volume.name());
        int hopeless = operation.phase() == Phase.UNDO ? HOPELESS_WAY_BACK : HOPELESS_ATTEMPTS;
        waits.problem(primary, "volume " + volume.id(), problem -> problem.attempts() >= hopeless)
                .ifPresent(problem -> waits.fail("There can be no snapshot of " + volume.name() + " on " + primary
                        + ": " + problem.message() + "; it stays there: mend that and move it again"));
    }

    private void received(Volume volume, String node) {
        Sighting sighting = waits.sighting(node);
        StoredVolume stored =
                sighting == null ? null : sighting.observed().volumes().get(volume.id());
        long missing = Replication.wanted(volume).stream()
                .filter(id -> volume.snapshot(id).filter(this::isWaitedFor).isPresent())
                .filter(snapshot -> stored == null || !stored.snapshots().contains(snapshot.position()))
                .count();
        if (missing > 0) {
            String progress = sighting == null ? "" : Waits.progress(sighting, volume.id());
            waits.on(
                    node,
                    volume.name() + " to reach " + node + progress + ", " + missing
                            + (missing == 1 ? " snapshot left" : " snapshots left"));
        }
        String here = volume.head().primary();
        waits.problem(node, "volume " + volume.id(), this::isHopeless)
                .ifPresent(problem -> waits.fail(volume.name() + " did not reach " + node + ", so it stays on " + here
                        + ": " + problem.message() + "; mend that, or choose another node"));
    }

    private boolean isHopeless(Problem problem) {
        long millis = nowMillis - operation.changedAtMillis();
        return switch (operation.phase()) {
            case SWITCH -> problem.attempts() >= HOPELESS_ATTEMPTS || millis > STANDSTILL_MILLIS;
            case UNDO -> problem.attempts() >= HOPELESS_WAY_BACK && millis > OperationProgress.PATIENCE_MILLIS;
            case PREPARE, STOP, START, CLEAN_UP, END -> problem.attempts() >= HOPELESS_ATTEMPTS;
        };
    }

    /// What keeps the node, the new one or on the way back the old one, from making the heads or the containers.
    void started() {
        volumes().forEach(volume -> startable("volume " + volume.id(), volume.name()));
        environment.instances().values().stream()
                .filter(instance -> move.services().contains(instance.service()))
                .map(Instance::name)
                .forEach(name -> startable(environment.name() + "/" + name, name));
    }

    private void startable(String subject, String name) {
        boolean back = operation.phase() == Phase.CLEAN_UP;
        String node = back ? move.from() : move.to();
        int hopeless = back ? HOPELESS_WAY_BACK : HOPELESS_ATTEMPTS;
        waits.problem(node, subject, problem -> problem.attempts() >= hopeless)
                .ifPresent(problem -> waits.fail(name + " could not " + problem.step() + " on " + node + " in "
                        + problem.attempts() + " attempts: " + problem.message() + "; mend that and move it again"));
    }

    /// What may have been written on the new node is kept before it goes back: first all of it, then it is copied.
    ///
    /// @return the volumes whose heads were never made there, so that nothing was written, once they can come back
    /// together with the others
    List<String> back() {
        List<Volume> away = volumes().stream()
                .filter(volume -> volume.head().primary().equals(move.to()))
                .toList();
        List<Volume> unused = away.stream().filter(this::isUnused).toList();
        List<Volume> used =
                away.stream().filter(volume -> !unused.contains(volume)).toList();
        if (!used.stream().allMatch(WayBack::isKept)) {
            return List.of();
        }
        used.forEach(volume -> copied(volume, move.from()));
        return unused.stream().map(Volume::id).toList();
    }

    /// Whether the new node, which knows that nothing is to start there any more, has no head of a volume.
    private boolean isUnused(Volume volume) {
        if (WayBack.isTaken(volume)) {
            return false;
        }
        Sighting there = waits.sighting(move.to());
        if (there == null || !there.upToDate() || there.busy().contains("volume " + volume.id())) {
            waits.on(move.to(), move.to() + " to say what it has of " + volume.name());
            return false;
        }
        StoredVolume stored = there.observed().volumes().get(volume.id());
        return stored == null || stored.headEpoch() != volume.head().epoch();
    }
}
