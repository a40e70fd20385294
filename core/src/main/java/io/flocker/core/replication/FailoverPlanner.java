package io.flocker.core.replication;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.MoveChanges;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.cluster.Planned;
import io.flocker.core.lease.LeaseTerms;
import io.flocker.core.lease.Tenure;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Operation.Phase;
import io.flocker.core.model.Volume;
import io.flocker.core.plan.Sighting;
import io.flocker.core.spec.ReplicationSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.pcollections.TreePMap;

/// Which services fail over by themselves: those whose data may, and whose node has certainly stopped writing.
public final class FailoverPlanner {
    /// Who asks for it if nobody does.
    public static final String BY = "failover";

    /// A replica that is known to be ahead of all that can be reached is waited for so long.
    static final long WAIT_MILLIS = 5_000;

    private static final long LIMIT_MILLIS = 600_000;

    private final ClusterState state;
    private final TreePMap<String, Sighting> sightings;
    private final Set<String> gone;
    private final long nowMillis;

    private FailoverPlanner(
            ClusterState state, TreePMap<String, Sighting> sightings, Set<String> gone, long nowMillis) {
        this.state = state;
        this.sightings = sightings;
        this.gone = gone;
        this.nowMillis = nowMillis;
    }

    /// The failovers that are due now, and which volumes are blocked, or no more.
    ///
    /// @param gone nodes whose lease has certainly ended
    public static List<Command> due(
            ClusterState state, TreePMap<String, Sighting> sightings, Set<String> gone, long nowMillis) {
        var planner = new FailoverPlanner(state, sightings, gone, nowMillis);
        List<Command> commands = new ArrayList<>();
        for (Volume volume : state.volumes().values()) {
            if (!volume.replicas().blocked().isEmpty() && !planner.keepsBlocked(volume)) {
                commands.add(new Planned.Block(nowMillis, volume.id(), ""));
            }
        }
        for (Environment environment : state.environments().values()) {
            commands.addAll(planner.due(environment));
        }
        return commands;
    }

    /// Whether a volume would still fail over, if it could.
    private boolean keepsBlocked(Volume volume) {
        return volume.state() == Volume.State.ACTIVE
                && volume.spec().failsOver()
                && gone.contains(volume.head().primary())
                && state.volume(volume.environment(), volume.name())
                        .filter(volume::equals)
                        .isPresent();
    }

    private List<Command> due(Environment environment) {
        List<Command> commands = new ArrayList<>();
        var seen = new TreeSet<String>();
        for (var entry : environment.volumes().entrySet()) {
            Volume volume = state.volumes().get(entry.getValue());
            if (volume == null || volume.state() != Volume.State.ACTIVE) {
                continue;
            }
            if (!volume.spec().failsOver() || !gone.contains(volume.head().primary())) {
                guarded(volume).ifPresent(commands::add);
            } else if (!seen.contains(volume.id())) {
                MoveChanges.Together together = MoveChanges.together(environment, Set.of(), Set.of(volume.name()));
                seen.addAll(together.ids(environment));
                due(environment, together, volume).ifPresent(commands::add);
            }
        }
        return commands;
    }

    /// That a primary holds the lease for a volume, so that what writes there is guarded.
    private Optional<Command> guarded(Volume volume) {
        Sighting sighting = sightings.get(volume.head().primary());
        boolean news = volume.spec().failsOver()
                && !volume.armed()
                && sighting != null
                && sighting.upToDate()
                && sighting.observed()
                        .leased()
                        .contains(new Tenure(volume.id(), volume.head().epoch()));
        return news
                ? Optional.of(new Planned.Guarded(
                        nowMillis, volume.id(), volume.head().epoch()))
                : Optional.empty();
    }

    private Optional<Command> due(Environment environment, MoveChanges.Together together, Volume volume) {
        String from = volume.head().primary();
        if (isOnItsWay(environment, from)) {
            return Optional.empty();
        }
        List<Volume> volumes = together.volumes(state, environment);
        for (Volume other : volumes) {
            if (!other.spec().failsOver()) {
                return block(
                        volume,
                        "node " + from + " is gone, but volume " + other.name() + " of " + together.names()
                                + " does not fail over by itself; flocker failover does it");
            }
        }
        for (Volume other : volumes) {
            if (!other.armed()) {
                return block(
                        volume,
                        "node " + from + " is gone, and was not heard since " + other.name()
                                + " may fail over by itself, so it may still write; flocker failover goes on without it");
            }
        }
        Candidates candidates = new Candidates(state, sightings, environment, together, from, nowMillis);
        Optional<Candidate> best = candidates.best();
        if (best.isEmpty()) {
            return block(volume, "node " + from + " is gone, and no replica can take over: " + candidates.objections());
        }
        Optional<String> ahead = candidates.ahead(best.get());
        long silence = candidates.silenceMillis();
        if (ahead.isPresent() && silence < LeaseTerms.USUAL.leaseMillis() + WAIT_MILLIS) {
            return Optional.empty();
        }
        long most = volumes.stream()
                .flatMap(other -> other.spec().replication().stream())
                .mapToLong(ReplicationSpec::maxLossMillis)
                .min()
                .orElse(0);
        if (best.get().lossMillis() > most) {
            return block(
                    volume,
                    "would lose " + Candidate.seconds(best.get().lossMillis()) + " of " + together.names() + " on "
                            + best.get().node() + ahead.map(it -> "; " + it).orElse("")
                            + "; flocker failover --accept-loss goes on with that");
        }
        Command.FailOver command = best.get()
                .command(
                        BY,
                        nowMillis,
                        "f" + Long.toString(state.version(), 36),
                        nowMillis + LIMIT_MILLIS,
                        "Node " + from + " was silent for " + Candidate.seconds(silence));
        // A deploy that has only begun takes the volumes that it made with it.
        return state.after(command) instanceof Outcome.Accepted ? Optional.of(command) : Optional.empty();
    }

    /// Whether what is under way brings it elsewhere without that node.
    private boolean isOnItsWay(Environment environment, String from) {
        Operation running = state.running(environment.name()).orElse(null);
        if (running == null) {
            return false;
        }
        return switch (running.kind()) {
            case Operation.Kind.Remove _ -> true;
            case Operation.Kind.Move move ->
                move.from().equals(from)
                        && !gone.contains(move.to())
                        && running.phase().compareTo(Phase.SWITCH) >= 0;
            default -> false;
        };
    }

    private Optional<Command> block(Volume volume, String why) {
        // Seconds pass: what is blocked for the same reason is not told again for that.
        boolean known = withoutNumbers(volume.replicas().blocked()).equals(withoutNumbers(why));
        return known ? Optional.empty() : Optional.of(new Planned.Block(nowMillis, volume.id(), why));
    }

    private static String withoutNumbers(String text) {
        return text.replaceAll("[0-9.]+", "");
    }
}
