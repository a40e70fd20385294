package io.flocker.core.cluster;

import io.flocker.core.model.Checkpoint;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Instance;
import io.flocker.core.model.Instance.Desired;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Operation.Kind.Deploy;
import io.flocker.core.model.Operation.Phase;
import io.flocker.core.model.Release;
import io.flocker.core.model.Service;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.model.Volume;
import io.flocker.core.spec.ServiceSpec;
import io.flocker.core.spec.Strategy;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Deployments, there and back. Services without data are replaced instance by instance. Those with data whose release
/// changes stop, a checkpoint is taken, and no request reaches the new release before it is healthy: until then the
/// data of the checkpoint can come back, and nothing that anybody was told is lost.
final class DeployChanges {
    private DeployChanges() {}

    static ClusterState advance(
            ClusterState state, Environment environment, Operation operation, Deploy deploy, long atMillis) {
        return switch (operation.phase()) {
            case PREPARE -> {
                Set<String> stopping = withData(environment, deploy);
                yield stopping.isEmpty()
                        ? started(state, environment, operation, deploy, atMillis)
                        : state.with(suspended(environment, operation, stopping))
                                .with(operation.to(Phase.STOP, atMillis));
            }
            case STOP ->
                SnapshotChanges.checkpoint(
                                state,
                                environment,
                                operation.checkpoint(),
                                volumes(environment, operation, deploy),
                                deploy.before(),
                                true,
                                atMillis)
                        .with(operation.to(Phase.SWITCH, atMillis));
            case SWITCH -> started(state, environment, operation, deploy, atMillis);
            case UNDO -> returned(state, environment, operation, atMillis);
            case START, CLEAN_UP, END -> state;
        };
    }

    /// The services that have data and are to get another release, with those that share it.
    private static Set<String> withData(Environment environment, Deploy deploy) {
        var services = new TreeSet<String>();
        for (Service service : environment.services().values()) {
            ServiceSpec target = deploy.target().services().get(service.name());
            boolean changes = target != null
                    && !(service.release().has(deploy.digests(), service.name())
                            && service.release().sameAs(target, deploy.target().filesOf(target)));
            if (changes
                    && !service.spec().volumeNames().isEmpty()
                    && !environment.present(service.name()).isEmpty()) {
                services.add(service.name());
            }
        }
        return sharing(environment, services);
    }

    private static Set<String> sharing(Environment environment, Set<String> services) {
        var all = new TreeSet<>(services);
        var volumes = new TreeSet<String>();
        int before;
        do {
            before = all.size();
            for (Service service : environment.services().values()) {
                List<String> its = service.spec().volumeNames();
                if (all.contains(service.name()) || its.stream().anyMatch(volumes::contains)) {
                    all.add(service.name());
                    volumes.addAll(its);
                }
            }
        } while (all.size() > before);
        return all;
    }

    private static Environment suspended(Environment environment, Operation operation, Collection<String> services) {
        Environment next = environment;
        for (Service service : environment.services().values()) {
            next = services.contains(service.name()) ? next.with(service.suspendedBy(operation.id())) : next;
        }
        return next;
    }

    private static List<Service> suspendedBy(Environment environment, Operation operation) {
        return environment.services().values().stream()
                .filter(service -> service.suspended().equals(operation.id()))
                .toList();
    }

    /// The volumes of the services that stand still for it, by name.
    private static Set<String> volumes(Environment environment, Operation operation, Deploy deploy) {
        var names = new TreeSet<String>();
        for (Service service : suspendedBy(environment, operation)) {
            names.addAll(service.spec().volumeNames());
            ServiceSpec target = deploy.target().services().get(service.name());
            names.addAll(target == null ? List.of() : target.volumeNames());
        }
        return names;
    }

    /// Volumes, by id, whose snapshots of the checkpoint the operation waits for or goes back to.
    static Collection<String> checkpointed(ClusterState state, Operation operation) {
        return checkpoint(state, operation).stream()
                .flatMap(checkpoint -> checkpoint.volumes().values().stream())
                .map(SnapshotId::volume)
                .toList();
    }

    private static Optional<Checkpoint> checkpoint(ClusterState state, Operation operation) {
        return state.environment(operation.environment())
                .flatMap(environment ->
                        Optional.ofNullable(environment.checkpoints().get(operation.checkpoint())));
    }

    private static ClusterState started(
            ClusterState state, Environment environment, Operation operation, Deploy deploy, long atMillis) {
        List<Service> stood = suspendedBy(environment, operation);
        Environment deployed = OperationChanges.apply(
                OperationChanges.resume(environment, operation.id()),
                deploy.target(),
                deploy.digests(),
                operation,
                atMillis);
        Environment next = InstanceChanges.held(InstanceChanges.follow(state, deployed));
        for (Service service : stood) {
            for (Instance instance : next.living(service.name())) {
                next = next.with(instance.asHeld());
            }
        }
        return SnapshotChanges.withoutOldest(
                state.with(next).with(operation.to(Phase.START, atMillis)),
                environment.name(),
                Operation.MAX_CHECKPOINTS);
    }

    /// Instances of an earlier release give way. Whoever has data is not among them.
    static Outcome replace(ClusterState state, Command.ReplaceInstances command) {
        Operation operation = state.operations().get(command.operation());
        Environment environment =
                operation == null ? null : state.environments().get(operation.environment());
        if (operation == null || environment == null || !operation.running() || operation.pauses()) {
            return stale(command);
        }
        Environment next = environment;
        var canaries = new TreeMap<String, Strategy.Canary>();
        for (String name : command.instances()) {
            Instance instance = environment.instances().get(name);
            Service service = instance == null ? null : environment.services().get(instance.service());
            if (instance == null || service == null || !waits(environment, service, instance)) {
                continue;
            }
            // One that is to succeed another is not known to serve: it begins anew, and the other one waits for it.
            boolean beside =
                    command.newFirst() && environment.predecessor(instance).isEmpty();
            Instance coming =
                    beside ? instance.successor(service, next.freeSlot(service.name())) : instance.following(service);
            Optional<Strategy> strategy =
                    operation.phase() == Phase.START ? environment.strategy(service) : Optional.empty();
            if (strategy.orElse(null) instanceof Strategy.BlueGreen) {
                coming = coming.asHeld();
            } else if (strategy.orElse(null) instanceof Strategy.Canary canary
                    && command.newFirst()
                    && !environment.isAccepted(service)) {
                coming = coming.asCanary();
                canaries.put(coming.name(), canary);
            }
            next = next.with(coming);
        }
        long longest = canaries.values().stream()
                .mapToLong(Strategy.Canary::forMillis)
                .max()
                .orElse(0);
        return next.equals(environment)
                ? stale(command)
                : new Outcome.Accepted(tellCanaries(state.with(next), environment, canaries, command.atMillis())
                        .with(operation.progressed(command.atMillis(), longest)));
    }

    private static ClusterState tellCanaries(
            ClusterState state, Environment environment, Map<String, Strategy.Canary> canaries, long atMillis) {
        ClusterState told = state;
        for (var entry : canaries.entrySet()) {
            told = told.telling(
                    atMillis,
                    environment.name(),
                    environment.name(),
                    "Canary " + entry.getKey() + " starts: its release gets about "
                            + entry.getValue().weightPercent() + " % of the requests for "
                            + entry.getValue().forMillis() / 1_000 + " s before the others follow");
        }
        return told;
    }

    private static boolean waits(Environment environment, Service service, Instance instance) {
        return instance.isBehind(service) && environment.living(service.name()).contains(instance);
    }

    /// What was declared before is declared again. Services that got a new release have the one before, and those with
    /// data stop.
    ///
    /// @param back the operation, in phase UNDO and with its reason
    static ClusterState goBack(ClusterState state, Environment environment, Operation back, Deploy deploy) {
        Environment next = environment.next(deploy.before());
        var withData = new TreeSet<String>();
        for (Service service : environment.services().values()) {
            boolean changed = service.release().operation().equals(back.id());
            Optional<Release> previous = changed ? service.previous() : Optional.empty();
            if (previous.isPresent()) {
                next = withoutSuccessors(next.with(service.backTo(previous.get())), service);
                if (!service.spec().volumeNames().isEmpty()) {
                    withData.add(service.name());
                }
            }
        }
        Environment before = OperationChanges.apply(
                suspended(next, back, sharing(environment, withData)), deploy.before(), back, back.changedAtMillis());
        return state.with(InstanceChanges.follow(state, before))
                .with(back)
                .telling(
                        back.changedAtMillis(),
                        environment.name(),
                        environment.name(),
                        "Deploy " + back.id() + " goes back to what was there before: " + back.error());
    }

    /// Those that were to be succeeded stay, and their successors go.
    private static Environment withoutSuccessors(Environment environment, Service service) {
        Environment next = environment;
        for (Instance instance : environment.present(service.name())) {
            if (environment.predecessor(instance).isPresent()) {
                next = next.with(instance.to(Desired.STOP));
            }
        }
        return next;
    }

    /// What stands still starts again as it was: with the data of the checkpoint if no request reached the release that
    /// is given up, else with the data there is.
    private static ClusterState returned(
            ClusterState state, Environment environment, Operation operation, long atMillis) {
        ClusterState next = state;
        for (SnapshotId before : unserved(state, environment, operation)) {
            next = VolumeChanges.handOver(next, before.volume(), before, atMillis)
                    .telling(
                            atMillis,
                            environment.name(),
                            environment.name(),
                            "Volume "
                                    + state.volume(before.volume())
                                            .map(Volume::name)
                                            .orElse("")
                                    + " goes back to checkpoint " + operation.checkpoint()
                                    + ": no request had reached the release that is given up");
        }
        Environment resumed = OperationChanges.resume(environment, operation.id());
        return next.with(InstanceChanges.follow(next, resumed)).with(operation.to(Phase.CLEAN_UP, atMillis));
    }

    /// The snapshots of the checkpoint of volumes that no instance has written for anybody since.
    private static List<SnapshotId> unserved(ClusterState state, Environment environment, Operation operation) {
        return checkpoint(state, operation).stream()
                .flatMap(checkpoint -> checkpoint.volumes().entrySet().stream())
                .filter(entry -> environment.services().values().stream()
                        .filter(service -> service.releases().values().stream()
                                .anyMatch(
                                        release -> release.spec().volumeNames().contains(entry.getKey())))
                        .flatMap(service -> environment.present(service.name()).stream())
                        .allMatch(Instance::held))
                .map(Map.Entry::getValue)
                .filter(snapshot -> state.volume(snapshot.volume())
                        .filter(volume -> volume.state() == Volume.State.ACTIVE)
                        .isPresent())
                .toList();
    }

    private static Outcome.Refused stale(Command command) {
        return new Outcome.Refused(Outcome.Reason.CONFLICT, "The plan is out of date: " + command);
    }
}
