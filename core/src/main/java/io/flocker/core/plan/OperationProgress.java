package io.flocker.core.plan;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Forecast;
import io.flocker.core.cluster.MoveChanges;
import io.flocker.core.cluster.Vacancy;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Instance;
import io.flocker.core.model.Instance.Desired;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Operation.Phase;
import io.flocker.core.model.Service;
import io.flocker.core.model.ServiceSpec;
import io.flocker.core.model.Snapshot;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.model.Volume;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pcollections.TreePMap;

/// How far an operation's present phase is: what it still waits for, and what makes it fail.
///
/// @param waiting what is missing, in words, most telling first; empty when the phase is complete
/// @param failure why it cannot succeed any more
public record OperationProgress(Operation operation, List<String> waiting, Optional<String> failure) {
    /// A container that ended so often in a row is not going to stay up.
    static final int HOPELESS_FAILURES = 3;

    /// How much longer than its own time an operation may take to bring back what was before.
    static final long WAY_BACK_MILLIS = 600_000;

    /// A transfer that failed so often in a row is not going to succeed.
    static final int HOPELESS_TRANSFERS = 5;

    /// Judges `operation` by what nodes report.
    public static OperationProgress of(ClusterState state, TreePMap<String, Sighting> sightings, Operation operation) {
        Environment environment = state.environments().get(operation.environment());
        if (environment == null) {
            return new OperationProgress(operation, List.of(), Optional.empty());
        }
        return new Judge(state, sightings, operation, environment).judge();
    }

    /// The command that takes the operation on, if one is due.
    Optional<Command> command(long nowMillis) {
        boolean handedOver = operation.kind() instanceof Operation.Kind.Move && operation.phase() == Phase.START;
        if (handedOver && (failure.isPresent() || nowMillis > operation.deadlineMillis())) {
            String late = "Time is up while waiting for " + String.join(", ", waiting);
            return Optional.of(new Command.Undo(nowMillis, operation.id(), failure.orElse(late)));
        }
        if (failure.isPresent()) {
            return Optional.of(new Command.Finish(nowMillis, operation.id(), Operation.State.FAILED, failure.get()));
        }
        if (waiting.isEmpty()) {
            boolean last = operation.phase() == Phase.START || operation.phase() == Phase.CLEAN_UP;
            Operation.State how = operation.error().isEmpty() ? Operation.State.DONE : Operation.State.FAILED;
            return Optional.of(
                    last
                            ? new Command.Finish(nowMillis, operation.id(), how, operation.error())
                            : new Command.Advance(nowMillis, operation.id(), operation.phase()));
        }
        boolean back = operation.phase() == Phase.UNDO || !operation.error().isEmpty();
        if (nowMillis > operation.deadlineMillis() + (back ? WAY_BACK_MILLIS : 0)) {
            return Optional.of(new Command.Finish(
                    nowMillis,
                    operation.id(),
                    Operation.State.FAILED,
                    "Time is up while waiting for " + String.join(", ", waiting)));
        }
        return Optional.empty();
    }

    /// One look at one operation.
    private static final class Judge {
        private final ClusterState state;
        private final TreePMap<String, Sighting> sightings;
        private final Operation operation;
        private final Environment environment;
        private final InstanceGates gates;
        private final List<String> waiting = new ArrayList<>();
        private Optional<String> failure = Optional.empty();

        Judge(ClusterState state, TreePMap<String, Sighting> sightings, Operation operation, Environment environment) {
            this.state = state;
            this.sightings = sightings;
            this.operation = operation;
            this.environment = environment;
            gates = new InstanceGates(state, environment, sightings);
        }

        OperationProgress judge() {
            switch (operation.phase()) {
                case PREPARE -> prepare();
                case STOP -> stop();
                case SWITCH -> {
                    if (operation.kind() instanceof Operation.Kind.Move move) {
                        copied(move, move.to());
                    } else {
                        heads();
                    }
                }
                case START -> start();
                case UNDO -> {
                    suspended();
                    if (operation.kind() instanceof Operation.Kind.Move move && MoveChanges.isKept(state, move)) {
                        copied(move, move.from());
                    }
                }
                case CLEAN_UP -> {
                    if (operation.kind() instanceof Operation.Kind.Move) {
                        start();
                    } else {
                        cleanUp();
                    }
                }
                case END -> {}
            }
            return new OperationProgress(operation, List.copyOf(waiting), failure);
        }

        /// The node that a move goes to has every snapshot of its volumes. On the way back there is nowhere else to go:
        /// only time ends it.
        private void copied(Operation.Kind.Move move, String node) {
            Sighting sighting = sightings.get(node);
            for (String id : move.volumes()) {
                Volume volume = state.volumes().get(id);
                if (volume == null) {
                    continue;
                }
                StoredVolume stored =
                        sighting == null ? null : sighting.observed().volumes().get(id);
                long missing = volume.snapshots().values().stream()
                        .filter(snapshot -> snapshot.state() == Snapshot.State.READY)
                        .filter(snapshot -> stored == null
                                || !stored.snapshots().contains(snapshot.id().position()))
                        .count();
                if (volume.awaitsSnapshot()) {
                    waiting.add("a snapshot of " + volume.name());
                } else if (missing > 0) {
                    String progress = sighting == null ? "" : progress(sighting, id);
                    waiting.add(volume.name() + " to reach " + node + progress + ", " + missing
                            + (missing == 1 ? " snapshot left" : " snapshots left"));
                }
                if (sighting != null && operation.phase() != Phase.UNDO) {
                    sighting.problems().stream()
                            .filter(problem -> problem.subject().equals("volume " + id)
                                    && problem.attempts() >= HOPELESS_TRANSFERS)
                            .findFirst()
                            .ifPresent(problem ->
                                    fail(volume.name() + " did not reach " + node + ": " + problem.message()));
                }
            }
        }

        private static String progress(Sighting sighting, String volume) {
            return sighting.transfers().stream()
                    .filter(transfer -> transfer.volume().equals(volume))
                    .findFirst()
                    .map(transfer -> ": " + transfer.progress())
                    .orElse("");
        }

        private void prepare() {
            boolean withData = !(operation.kind() instanceof Operation.Kind.Replace);
            if (withData) {
                heads();
            }
            if (operation.kind() instanceof Operation.Kind.Move move) {
                copied(move, move.to());
            }
            TreePMap<String, List<ServiceSpec>> coming = Forecast.of(state, operation);
            for (String node : withData ? nodes(coming.keySet()) : coming.keySet()) {
                Sighting sighting = sightings.get(node);
                if (sighting == null || !sighting.upToDate()) {
                    waiting.add("node " + node + " to report");
                    continue;
                }
                if (!coming.getOrDefault(node, List.of()).isEmpty()
                        && !sighting.observed().networks().containsKey(environment.name())) {
                    waiting.add("the network on " + node);
                }
                for (ServiceSpec spec : coming.getOrDefault(node, List.of())) {
                    image(sighting, spec);
                }
            }
        }

        private void image(Sighting sighting, ServiceSpec spec) {
            var wanted = new Assignment.WantedImage(
                    spec.image(), spec.pull(), spec.sandbox().platform(), operation.id());
            if (!sighting.observed().images().containsKey(Situation.key(wanted))) {
                waiting.add("image " + spec.image());
            }
            problem(sighting, "image " + spec.image());
        }

        private void problem(Sighting sighting, String subject) {
            sighting.problems().stream()
                    .filter(problem -> problem.lasting() && problem.subject().equals(subject))
                    .findFirst()
                    .ifPresent(problem -> fail(problem.message()));
        }

        private void fail(String why) {
            if (failure.isEmpty()) {
                failure = Optional.of(why);
            }
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
                Sighting sighting = sightings.get(volume.head().primary());
                StoredVolume stored =
                        sighting == null ? null : sighting.observed().volumes().get(id);
                if (stored == null || stored.headEpoch() != volume.head().epoch()) {
                    waiting.add("volume " + volume.name());
                    if (sighting != null) {
                        problem(sighting, "volume " + id);
                    }
                }
            }
        }

        private void stop() {
            if (operation.kind() instanceof Operation.Kind.Move) {
                suspended();
            } else if (operation.kind() instanceof Operation.Kind.RollBack rollBack) {
                suspended();
                for (SnapshotId target : rollBack.targets().values()) {
                    state.volume(target.volume())
                            .filter(Volume::awaitsSnapshot)
                            .ifPresent(volume -> waiting.add("the last snapshot of " + volume.name()));
                }
            } else {
                environment.instances().values().forEach(instance -> waiting.add(instance.name() + " to stop"));
            }
        }

        private void suspended() {
            for (Instance instance : environment.instances().values()) {
                Service service = environment.services().get(instance.service());
                if (service == null || !service.suspended().equals(operation.id())) {
                    continue;
                }
                Sighting sighting = sightings.get(instance.node());
                String key = environment.name() + "/" + instance.name();
                Found found = sighting == null
                        ? null
                        : sighting.observed().containers().get(key);
                boolean unsure = sighting == null
                        || !sighting.upToDate()
                        || sighting.busy().contains(key);
                if (unsure || (found != null && found.running())) {
                    waiting.add(instance.name() + " to stop");
                }
            }
        }

        private void start() {
            vacancies();
            for (Instance instance : environment.instances().values()) {
                if (!concerns(instance)) {
                    continue;
                }
                if (instance.desired() == Desired.STOP) {
                    waiting.add(instance.name() + " to stop");
                } else {
                    started(instance);
                }
            }
        }

        private void vacancies() {
            boolean places = operation.kind() instanceof Operation.Kind.Deploy
                    || operation.kind() instanceof Operation.Kind.RollBack;
            for (Service service : places ? environment.services().values() : List.<Service>of()) {
                Vacancy.of(state, environment, service.name())
                        .filter(vacancy -> !vacancy.later())
                        .ifPresent(vacancy -> waiting.add(service.name() + " to get " + vacancy.why()));
            }
        }

        private boolean concerns(Instance instance) {
            return switch (operation.kind()) {
                case Operation.Kind.Restart restart -> restart.services().contains(instance.service());
                case Operation.Kind.Move move -> move.services().contains(instance.service());
                case Operation.Kind.Replace replace ->
                    replace.service().equals(instance.service())
                            && replace.instances().values().stream().anyMatch(fresh -> fresh.slot() == instance.slot());
                case Operation.Kind.Deploy _, Operation.Kind.Remove _, Operation.Kind.RollBack _ -> true;
            };
        }

        private void started(Instance instance) {
            Optional<Found> found = gates.found(instance);
            if (instance.desired() == Desired.PREPARE && Vacancy.holdsUp(state, environment, instance.service())) {
                return;
            }
            if (instance.desired() == Desired.PREPARE || found.isEmpty()) {
                waiting.add(instance.name()
                        + gates.waitsFor(instance)
                                .map(dependency -> ", which waits for " + dependency)
                                .orElse(" to start"));
                Sighting sighting = sightings.get(instance.node());
                if (sighting != null) {
                    problem(sighting, environment.name() + "/" + instance.name());
                }
                return;
            }
            Found container = found.get();
            if (container.running()) {
                if (container.health() == Found.Health.UNHEALTHY) {
                    fail(instance.name() + " is unhealthy; flocker logs " + environment.name() + " "
                            + instance.service() + " tells more");
                } else if (!container.serving()) {
                    waiting.add(instance.name() + " to be healthy");
                }
            } else {
                ended(instance, container);
            }
            if (container.failures() >= HOPELESS_FAILURES) {
                fail(instance.name() + " ended " + container.failures() + " times in a row, last with exit code "
                        + container.exitCode() + "; flocker logs " + environment.name() + " " + instance.service()
                        + " tells more");
            }
        }

        private void ended(Instance instance, Found container) {
            boolean completed = container.state() == Found.State.EXITED && container.exitCode() == 0;
            boolean again = environment
                    .service(instance.service())
                    .filter(service -> service.spec().restart().restarts(container.exitCode(), 0))
                    .isPresent();
            if (again || container.state() == Found.State.CREATED) {
                waiting.add(instance.name() + " to start again");
            } else if (!completed) {
                fail(instance.name() + " ended with exit code " + container.exitCode() + "; flocker logs "
                        + environment.name() + " " + instance.service() + " tells more");
            }
        }

        private void cleanUp() {
            for (Volume volume : state.volumes().values()) {
                if (volume.environment().equals(environment.name()) && volume.state() == Volume.State.DELETING) {
                    waiting.add("volume " + volume.name() + " to be deleted");
                }
            }
            sightings.forEach((node, sighting) -> {
                if (sighting.upToDate() && sighting.observed().networks().containsKey(environment.name())) {
                    waiting.add("the network on " + node + " to be removed");
                }
            });
        }
    }
}
