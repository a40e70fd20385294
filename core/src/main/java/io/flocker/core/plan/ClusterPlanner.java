package io.flocker.core.plan;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Forecast;
import io.flocker.core.cut.CutPlanner;
import io.flocker.core.job.JobPlanner;
import io.flocker.core.model.Checkpoint;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Instance;
import io.flocker.core.model.Node;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Service;
import io.flocker.core.model.Volume;
import io.flocker.core.replication.Groups;
import io.flocker.core.replication.Loans;
import io.flocker.core.replication.ReplicationPlanner;
import io.flocker.core.schedule.SchedulePlanner;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.pcollections.TreePMap;

/// What the leader decides next, from what was decided and what nodes report. Pure; a cluster that has what it should
/// have gets no commands. A command may be out of date when it arrives: [ClusterState#after] refuses it then. It
/// remembers where nothing is due, so that a large cluster in which little changes costs little; one thread's.
public final class ClusterPlanner {
    private final Rest rest = new Rest();
    private final Forecast.Maker forecasts;

    public ClusterPlanner() {
        this(Forecast::of);
    }

    /// @param forecasts what assignments go by, too
    public ClusterPlanner(Forecast.Maker forecasts) {
        this.forecasts = forecasts;
    }

    /// The commands due now, for one who asks once.
    public static List<Command> plan(ClusterState state, TreePMap<String, Sighting> sightings, long nowMillis) {
        return new ClusterPlanner().due(state, sightings, nowMillis);
    }

    /// The commands due now.
    ///
    /// @param sightings by node
    /// @param nowMillis by the leader's clock
    public List<Command> due(ClusterState state, TreePMap<String, Sighting> sightings, long nowMillis) {
        List<Command> commands = new ArrayList<>(Bookkeeping.volumes(state, sightings, nowMillis));
        var groups = new Groups(state, sightings);
        for (Volume volume : state.volumes().values()) {
            SnapshotSchedule.due(state, volume, nowMillis).ifPresent(commands::add);
            commands.addAll(ReplicationPlanner.due(groups, volume, nowMillis));
        }
        commands.addAll(Bookkeeping.copies(state, sightings, nowMillis));
        commands.addAll(Loans.due(state, sightings, nowMillis));
        Bookkeeping.leftovers(state, sightings, nowMillis).ifPresent(commands::add);
        for (Environment environment : rest.restless(state)) {
            InstanceGates gates = new InstanceGates(state, environment, sightings);
            commands.addAll(gates.commands(nowMillis));
            commands.addAll(new Rollout(state, environment, sightings, gates, nowMillis).commands());
            commands.addAll(CutPlanner.due(state, environment, sightings, nowMillis));
            if (!rest.isFull(state, environment)) {
                Optional<Command> place = Vacancies.due(state, environment, nowMillis);
                place.ifPresentOrElse(commands::add, () -> rest.full(state, environment));
            }
            Relocation.due(state, environment, sightings, nowMillis).ifPresent(commands::add);
        }
        for (Operation operation : state.operations().values()) {
            Optional<Command> run = JobPlanner.due(sightings, operation, nowMillis);
            if (run.isPresent()) {
                commands.add(run.get());
            } else if (operation.running()) {
                OperationProgress progress = OperationProgress.of(state, sightings, operation, forecasts, nowMillis);
                progress.command(nowMillis).ifPresent(commands::add);
            }
        }
        commands.addAll(SchedulePlanner.due(state, nowMillis));
        return List.copyOf(commands);
    }

    /// The environments in which nothing is due whatever nodes say and however late it is: all of
    /// their instances are to run, are where they may be and are as many as there should be, and
    /// nothing changes them. It is looked at again when the environment or a node's declaration is
    /// another one. One thread's.
    private static final class Rest {
        private final Map<String, Environment> resting = new TreeMap<>();
        /// By environment, the version of the state that has no place for what it lacks.
        private final Map<String, Long> full = new TreeMap<>();

        private TreePMap<String, Node> nodes = TreePMap.empty();

        /// The environments that have to be looked at.
        List<Environment> restless(ClusterState state) {
            if (state.nodes() != nodes) {
                nodes = state.nodes();
                resting.clear();
            }
            List<Environment> restless = new ArrayList<>();
            for (Environment environment : state.environments().values()) {
                boolean idle = state.running(environment.name()).isEmpty();
                boolean known = resting.get(environment.name()) == environment;
                if (!idle || !(known || isAtRest(state, environment))) {
                    restless.add(environment);
                } else if (!known) {
                    resting.put(environment.name(), environment);
                }
            }
            forget(state);
            return restless;
        }

        private void forget(ClusterState state) {
            if (resting.size() + full.size() > 2 * state.environments().size()) {
                resting.keySet().retainAll(state.environments().keySet());
                full.keySet().retainAll(state.environments().keySet());
            }
        }

        private static boolean isAtRest(ClusterState state, Environment environment) {
            for (Instance instance : environment.instances().values()) {
                Service service = environment.services().get(instance.service());
                if (instance.desired() != Instance.Desired.RUN
                        || instance.held()
                        || service == null
                        || instance.isBehind(service)
                        || environment.predecessor(instance).isPresent()) {
                    return false;
                }
            }
            return environment.checkpoints().values().stream()
                            .noneMatch(checkpoint -> checkpoint.state() == Checkpoint.State.REQUESTED)
                    && !Vacancies.isVacant(state, environment)
                    && !Relocation.isMisplaced(state, environment);
        }

        /// Whether there was no place for what an environment lacks, and nothing has changed since.
        boolean isFull(ClusterState state, Environment environment) {
            return state.version() > 0 && full.getOrDefault(environment.name(), 0L) == state.version();
        }

        /// There is no place for what an environment lacks, if it lacks anything.
        void full(ClusterState state, Environment environment) {
            full.put(environment.name(), state.version());
        }
    }
}
