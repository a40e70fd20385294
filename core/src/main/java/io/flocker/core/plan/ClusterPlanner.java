package io.flocker.core.plan;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cut.CutPlanner;
import io.flocker.core.job.JobPlanner;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Volume;
import io.flocker.core.schedule.SchedulePlanner;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pcollections.TreePMap;

/// What the leader decides next, from what was decided and what nodes report. Pure; a cluster that has what it should
/// have gets no commands. A command may be out of date when it arrives: [ClusterState#after] refuses it then.
public final class ClusterPlanner {
    private ClusterPlanner() {}

    /// The commands due now.
    ///
    /// @param sightings by node
    /// @param nowMillis by the leader's clock
    public static List<Command> plan(ClusterState state, TreePMap<String, Sighting> sightings, long nowMillis) {
        List<Command> commands = new ArrayList<>();
        for (Volume volume : state.volumes().values()) {
            Bookkeeping.of(volume, sightings.get(volume.head().primary()), nowMillis)
                    .ifPresent(commands::add);
            SnapshotSchedule.due(state, volume, nowMillis).ifPresent(commands::add);
        }
        commands.addAll(Bookkeeping.copies(state, sightings, nowMillis));
        Bookkeeping.leftovers(state, sightings, nowMillis).ifPresent(commands::add);
        for (Environment environment : state.environments().values()) {
            InstanceGates gates = new InstanceGates(state, environment, sightings);
            commands.addAll(gates.commands(nowMillis));
            commands.addAll(new Rollout(state, environment, sightings, gates, nowMillis).commands());
            commands.addAll(CutPlanner.due(state, environment, sightings, nowMillis));
            Vacancies.due(state, environment, nowMillis).ifPresent(commands::add);
            Relocation.due(state, environment, sightings, nowMillis).ifPresent(commands::add);
        }
        for (Operation operation : state.operations().values()) {
            Optional<Command> run = JobPlanner.due(sightings, operation, nowMillis);
            if (run.isPresent()) {
                commands.add(run.get());
            } else if (operation.running()) {
                OperationProgress progress = OperationProgress.of(state, sightings, operation, nowMillis);
                progress.command(nowMillis).ifPresent(commands::add);
            }
        }
        commands.addAll(SchedulePlanner.due(state, nowMillis));
        return List.copyOf(commands);
    }
}
