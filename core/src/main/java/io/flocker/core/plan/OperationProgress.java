package io.flocker.core.plan;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Forecast;
import io.flocker.core.cluster.Vacancy;
import io.flocker.core.cut.Cut;
import io.flocker.core.model.Checkpoint;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Instance;
import io.flocker.core.model.Instance.Desired;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Operation.Phase;
import io.flocker.core.model.Service;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.model.Volume;
import io.flocker.core.spec.ServiceSpec;
import io.flocker.core.spec.UpdatePolicy;
import io.flocker.core.spec.UpgradeSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.pcollections.TreePMap;

/// How far an operation's present phase is: what it still waits for, and what makes it fail.
///
/// @param waiting what is missing, in words, most telling first; empty when the phase is complete
/// @param failure why it cannot succeed any more
/// @param lost why it gives up where it is: a node that it waits for has not been heard for too long
/// @param returns whether what it has started goes back if it fails: not what is only scaled, or is to stay as it is
/// @param unused the volumes of a move that goes back whose new heads were never made
public record OperationProgress(
        Operation operation,
        List<String> waiting,
        Optional<String> failure,
        Optional<String> lost,
        boolean returns,
        List<String> unused) {
    /// How much longer than its own time an operation may take to bring back what was before.
    static final long WAY_BACK_MILLIS = 600_000;

    /// An operation waits so long for a node that is not heard: a machine starts again in less.
    static final long PATIENCE_MILLIS = 120_000;

    /// Judges `operation` by what nodes report.
    public static OperationProgress of(
            ClusterState state, TreePMap<String, Sighting> sightings, Operation operation, long nowMillis) {
        return of(state, sightings, operation, Forecast::of, nowMillis);
    }

    /// The same by the forecasts that assignments go by.
    static OperationProgress of(
            ClusterState state,
            TreePMap<String, Sighting> sightings,
            Operation operation,
            Forecast.Maker forecasts,
            long nowMillis) {
        Environment environment = state.environments().get(operation.environment());
        if (environment == null) {
            return new OperationProgress(operation, List.of(), Optional.empty(), Optional.empty(), false, List.of());
        }
        return new Judge(state, sightings, operation, environment, forecasts, nowMillis).judge();
    }

    /// The command that takes the operation on, if one is due.
    Optional<Command> command(long nowMillis) {
        String timeIsUp = "Time is up while waiting for " + String.join(", ", waiting);
        if (lost.isPresent()) {
            return Optional.of(finish(nowMillis, lost.get()));
        }
        boolean late = !waiting.isEmpty() && nowMillis > operation.givesUpAtMillis(nowMillis);
        if (returns && (late || failure.isPresent())) {
            return Optional.of(new Command.Undo(nowMillis, operation.id(), failure.orElse(timeIsUp)));
        }
        if (failure.isPresent()) {
            return Optional.of(finish(nowMillis, failure.get()));
        }
        if (waiting.isEmpty() && !unused.isEmpty()) {
            return Optional.of(new Command.ReturnUnused(nowMillis, operation.id(), unused));
        }
        if (waiting.isEmpty()) {
            boolean last = operation.phase() == Phase.START || operation.phase() == Phase.CLEAN_UP;
            return Optional.of(
                    last ? finish(nowMillis, "") : new Command.Advance(nowMillis, operation.id(), operation.phase()));
        }
        boolean back = operation.phase() == Phase.UNDO || !operation.error().isEmpty();
        return nowMillis > operation.givesUpAtMillis(nowMillis) + (back ? WAY_BACK_MILLIS : 0)
                ? Optional.of(finish(nowMillis, timeIsUp))
                : Optional.empty();
    }

    /// With why it went back, if it did, and what went wrong in the end, if something did.
    private Command finish(long nowMillis, String why) {
        List<String> errors = Stream.of(operation.error(), why)
                .filter(error -> !error.isEmpty())
                .toList();
        Operation.State how = operation.state() == Operation.State.CANCELLING
                ? Operation.State.CANCELLED
                : errors.isEmpty() ? Operation.State.DONE : Operation.State.FAILED;
        return new Command.Finish(nowMillis, operation.id(), how, String.join(". ", errors));
    }

    /// One look at one operation.
    private static final class Judge {
        private final ClusterState state;
        private final TreePMap<String, Sighting> sightings;
        private final Operation operation;
        private final Environment environment;
        private final Forecast.Maker forecasts;
        private final InstanceGates gates;
        private final Rollout rollout;
        private final Waits waits;
        private final Optional<MoveProgress> moving;
        private final long nowMillis;
        private final boolean changesReleases;
        private boolean pauses;
        private List<String> unused = List.of();

        Judge(
                ClusterState state,
                TreePMap<String, Sighting> sightings,
                Operation operation,
                Environment environment,
                Forecast.Maker forecasts,
                long nowMillis) {
            this.state = state;
            this.sightings = sightings;
            this.operation = operation;
            this.environment = environment;
            this.forecasts = forecasts;
            gates = new InstanceGates(state, environment, sightings);
            rollout = new Rollout(state, environment, sightings, gates, nowMillis);
            this.nowMillis = nowMillis;
            waits = new Waits(sightings, nowMillis);
            changesReleases = environment.services().values().stream()
                    .anyMatch(service -> service.release().operation().equals(operation.id()));
            moving = operation
                    .move()
                    .map(move -> new MoveProgress(state, environment, operation, move, waits, nowMillis));
        }

        OperationProgress judge() {
            operation
                    .pause()
                    .filter(_ -> operation.pauses())
                    .ifPresent(pause ->
                            waits.add("flocker op resume " + operation.id() + ", as " + pause.by() + " paused it"));
            if (operation.kind() instanceof Operation.Kind.Run run) {
                waits.run(operation, run, gates);
            }
            switch (operation.phase()) {
                case PREPARE -> prepare();
                case STOP -> stop();
                case SWITCH -> {
                    if (operation.kind() instanceof Operation.Kind.Move move) {
                        moving.ifPresent(progress -> progress.copied(move.to()));
                    } else {
                        heads();
                        checkpoint();
                    }
                }
                case START -> start();
                case UNDO -> {
                    suspended();
                    unused = moving.map(MoveProgress::back).orElse(List.of());
                }
                case CLEAN_UP -> {
                    if (operation.kind() instanceof Operation.Kind.Remove) {
                        waits.removal(state, environment);
                    } else {
                        start();
                    }
                }
                case END -> {}
            }
            return new OperationProgress(operation, waits.list(), waits.failure(), lost(), returns(), unused);
        }

        private boolean returns() {
            return operation.hasWayBack() && (moving.isPresent() || (changesReleases && !pauses));
        }

        /// A service that stands still for a move that can be given up waits less long. A removal waits for as long as
        /// it may: what is on a node is gone only when the node says so.
        private Optional<String> lost() {
            if (operation.kind() instanceof Operation.Kind.Remove || operation.pauses()) {
                return Optional.empty();
            }
            boolean takesData = moving.isPresent() || operation.kind() instanceof Operation.Kind.Deploy;
            boolean standsStill = takesData && (operation.phase() == Phase.STOP || operation.phase() == Phase.SWITCH);
            return waits.longerThan(standsStill ? MoveProgress.STANDSTILL_MILLIS : PATIENCE_MILLIS)
                    .map(silence ->
                            "Gave up waiting for " + silence + ": " + Waits.consequence(operation, silence.node())
                                    + "; see whether its machine, its network and flocker daemon run");
        }

        private void prepare() {
            boolean withData = !(operation.kind() instanceof Operation.Kind.Replace);
            if (withData) {
                heads();
                checkpoint();
            }
            moving.ifPresent(MoveProgress::prepare);
            if (operation.kind() instanceof Operation.Kind.RollBack rollBack) {
                rollBack.targets()
                        .forEach((id, target) -> state.volume(id)
                                .ifPresent(volume -> waits.arrival(volume.head().primary(), target, volume.name())));
            }
            TreePMap<String, List<ServiceSpec>> coming = forecasts.of(state, operation);
            for (String node : withData ? nodes(coming.keySet()) : coming.keySet()) {
                waits.preparation(environment, operation, node, coming.getOrDefault(node, List.of()));
            }
        }

        private void problem(String node, String subject) {
            waits.failFor(node, subject, Problem::lasting);
        }

        /// The nodes that the operation needs an answer from.
        private List<String> nodes(Set<String> coming) {
            List<String> nodes = new ArrayList<>(coming);
            nodes.addAll(environment.instances().values().stream()
                    .map(Instance::node)
                    .toList());
            environment.volumes().values().stream()
                    .flatMap(id -> state.volume(id).stream())
                    .map(volume -> volume.head().primary())
                    .forEach(nodes::add);
            return nodes.stream().distinct().sorted().toList();
        }

        /// Every volume's head is at its epoch.
        private void heads() {
            for (String id : environment.volumes().values()) {
                Volume volume = state.volumes().get(id);
                if (volume == null || volume.state() == Volume.State.DELETING) {
                    continue;
                }
                String primary = volume.head().primary();
                Sighting sighting = sightings.get(primary);
                StoredVolume stored =
                        sighting == null ? null : sighting.observed().volumes().get(id);
                boolean untouched = operation.kind() instanceof Operation.Kind.Deploy
                        && waits.isSilent(primary)
                        && volume.createdAtMillis() < operation.startedAtMillis();
                if (!untouched
                        && (stored == null
                                || stored.headEpoch() != volume.head().epoch())) {
                    waits.on(primary, "volume " + volume.name());
                    problem(primary, "volume " + id);
                    volume.head().base().ifPresent(base -> waits.arrival(primary, base, volume.name()));
                }
            }
        }

        private void stop() {
            if (operation.kind() instanceof Operation.Kind.Move || operation.kind() instanceof Operation.Kind.Deploy) {
                suspended();
            } else if (operation.kind() instanceof Operation.Kind.RollBack rollBack) {
                suspended();
                for (SnapshotId target : rollBack.targets().values()) {
                    state.volume(target.volume())
                            .filter(Volume::awaitsSnapshot)
                            .ifPresent(volume ->
                                    waits.on(volume.head().primary(), "the last snapshot of " + volume.name()));
                }
            } else {
                environment
                        .instances()
                        .values()
                        .forEach(instance -> waits.on(instance.node(), instance.name() + " to stop"));
            }
        }

        private void checkpoint() {
            environment.checkpoints().values().stream()
                    .filter(checkpoint -> checkpoint.name().equals(operation.checkpoint()) || checkpoint.begins())
                    .forEach(this::taken);
        }

        /// Services stand still meanwhile: a snapshot that cannot be taken is not waited for.
        private void taken(Checkpoint checkpoint) {
            if (checkpoint.state() == Checkpoint.State.FAILED) {
                waits.fail("Checkpoint " + checkpoint.name() + " could not be taken: " + checkpoint.problem());
            }
            String group = Cut.subject(environment.name(), checkpoint.name());
            for (SnapshotId snapshot : checkpoint.volumes().values()) {
                Volume volume = state.volume(snapshot.volume()).orElse(null);
                if (volume != null && volume.awaitsSnapshot()) {
                    waits.on(volume.head().primary(), "a snapshot of " + volume.name());
                    waits.failFor(volume.head().primary(), "volume " + volume.id(), Problem::hopeless);
                    waits.failFor(volume.head().primary(), group, Problem::hopeless);
                }
            }
        }

        /// None of its containers is left: one that is could be started late, and write after the last snapshot.
        private void suspended() {
            for (Instance instance : environment.instances().values()) {
                Service service = environment.services().get(instance.service());
                if (service == null || !service.suspended().equals(operation.id())) {
                    continue;
                }
                if (!gates.isGone(instance)) {
                    waits.on(instance.node(), instance.name() + " to stop");
                }
            }
        }

        private void start() {
            moving.ifPresent(MoveProgress::started);
            vacancies();
            for (Instance instance : environment.instances().values()) {
                if (!concerns(instance)) {
                    continue;
                }
                if (instance.desired() == Desired.STOP) {
                    waits.on(instance.node(), instance.name() + " to stop");
                } else if (givesWay(instance)) {
                    waits.on(instance.node(), instance.name() + " to give way");
                } else {
                    started(instance);
                }
            }
        }

        private boolean givesWay(Instance instance) {
            return operation.kind() instanceof Operation.Kind.Deploy && rollout.givesWay(instance);
        }

        private void vacancies() {
            boolean places = operation.kind() instanceof Operation.Kind.Deploy
                    || operation.kind() instanceof Operation.Kind.RollBack;
            for (Service service : places ? environment.services().values() : List.<Service>of()) {
                Vacancy.of(state, environment, service.name())
                        .filter(vacancy -> !vacancy.later())
                        .ifPresent(vacancy -> waits.add(service.name() + " to get " + vacancy.why()));
            }
        }

        private boolean concerns(Instance instance) {
            return switch (operation.kind()) {
                case Operation.Kind.Restart restart -> restart.services().contains(instance.service());
                case Operation.Kind.Move _, Operation.Kind.FailOver _ -> operation.brings(instance.service());
                case Operation.Kind.Replace replace ->
                    replace.service().equals(instance.service())
                            && replace.instances().values().stream().anyMatch(fresh -> fresh.slot() == instance.slot());
                case Operation.Kind.Deploy _ ->
                    rollout.isOf(operation, instance) || (!waits.isSilent(instance.node()) && !isAsBefore(instance));
                case Operation.Kind.Remove _, Operation.Kind.RollBack _ -> true;
                case Operation.Kind.Run _ -> false;
            };
        }

        /// Whether it runs what it ran before, so that a release that others get is not given up because of it.
        private boolean isAsBefore(Instance instance) {
            return operation.hasWayBack()
                    && changesReleases
                    && instance.desired() == Desired.RUN
                    && !instance.held()
                    && !givesWay(instance)
                    && gates.found(instance).isPresent();
        }

        private void started(Instance instance) {
            if (instance.desired() == Desired.PREPARE && rollout.isHeldUp(instance.service())) {
                return;
            }
            InstanceGates.Start start = gates.start(instance);
            start.waiting().ifPresent(what -> waits.on(instance.node(), what));
            if (start.complete()
                    && rollout.isOf(operation, instance)
                    && operation.hasWayBack()
                    && !rollout.isSettled(instance)) {
                waits.on(instance.node(), instance.name() + rollout.goal(instance));
            }
            if (gates.found(instance).isEmpty()) {
                problem(instance.node(), environment.name() + "/" + instance.name());
            }
            Optional<String> failure = start.failure()
                    .filter(_ -> !isTolerated(instance))
                    .or(() -> rollout.objection(instance))
                    .or(() -> start.waiting()
                            .filter(_ -> isTooSlow(instance))
                            .map(what -> "Waited " + UpgradeSpec.HEALTHY_WITHIN_MILLIS / 1_000 + " s in vain for "
                                    + what
                                    + waits.reason(instance.node(), environment.name() + "/" + instance.name())));
            failure.ifPresent(waits::fail);
            UpdatePolicy.FailureAction action =
                    environment.upgrade(instance.service()).update().failureAction();
            pauses |= failure.isPresent() && action == UpdatePolicy.FailureAction.PAUSE;
        }

        /// Whether so few instances of a release fail that the others are to go on.
        private boolean isTolerated(Instance instance) {
            return operation.kind() instanceof Operation.Kind.Deploy
                    && operation.hasWayBack()
                    && rollout.tolerates(instance.service());
        }

        /// Whether an instance that could go back to what was before takes too long.
        private boolean isTooSlow(Instance instance) {
            return operation.hasWayBack()
                    && operation.kind() instanceof Operation.Kind.Deploy
                    && rollout.isOf(operation, instance)
                    && gates.found(instance).filter(Found::running).isPresent()
                    && nowMillis - operation.changedAtMillis() > UpgradeSpec.HEALTHY_WITHIN_MILLIS;
        }
    }
}
