package io.flocker.core.plan;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Instance;
import io.flocker.core.model.Instance.Desired;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Operation.Phase;
import io.flocker.core.model.Release;
import io.flocker.core.model.Service;
import io.flocker.core.spec.ServiceSpec;
import io.flocker.core.spec.UpdatePolicy;
import io.flocker.core.spec.UpgradeSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.pcollections.TreePMap;

/// How instances give way to those of another release: some at a time, as the service's [UpdatePolicy] says, services
/// after what they depend on. A predecessor stops once its successor has served for a while, whatever became of the
/// operation.
final class Rollout {
    private final ClusterState state;
    private final Environment environment;
    private final TreePMap<String, Sighting> sightings;
    private final InstanceGates gates;
    private final long nowMillis;

    Rollout(
            ClusterState state,
            Environment environment,
            TreePMap<String, Sighting> sightings,
            InstanceGates gates,
            long nowMillis) {
        this.state = state;
        this.environment = environment;
        this.sightings = sightings;
        this.gates = gates;
        this.nowMillis = nowMillis;
    }

    List<Command> commands() {
        List<Command> commands = new ArrayList<>();
        List<String> stop = new ArrayList<>();
        List<String> serving = new ArrayList<>();
        for (Instance instance : environment.instances().values()) {
            if (instance.held() && instance.desired() == Desired.RUN && isServing(instance)) {
                serving.add(instance.name());
            }
            environment
                    .predecessor(instance)
                    .filter(_ -> instance.desired() == Desired.RUN && isSettled(instance))
                    .ifPresent(before -> stop.add(before.name()));
        }
        if (!serving.isEmpty()) {
            commands.add(new Command.ConfirmServing(nowMillis, environment.name(), List.copyOf(serving)));
        }
        if (!stop.isEmpty()) {
            commands.add(new Command.StopInstances(nowMillis, environment.name(), List.copyOf(stop)));
        }
        operation().ifPresent(operation -> next(operation, commands));
        return commands;
    }

    private boolean isServing(Instance instance) {
        boolean suspended = environment
                .service(instance.service())
                .filter(service -> !service.suspended().isEmpty())
                .isPresent();
        return !suspended
                && gates.found(instance)
                        .filter(found -> found.running() && found.serving())
                        .isPresent();
    }

    private Optional<Operation> operation() {
        return state.running(environment.name())
                .filter(operation -> operation.kind() instanceof Operation.Kind.Deploy
                        && (operation.phase() == Phase.START || operation.phase() == Phase.CLEAN_UP));
    }

    private void next(Operation operation, List<Command> commands) {
        List<String> newFirst = new ArrayList<>();
        List<String> oldFirst = new ArrayList<>();
        for (Service service : environment.services().values()) {
            if (service.spec().dependsOn().keySet().stream().anyMatch(this::isUnderWay)) {
                continue;
            }
            for (Instance instance : due(service, policy(operation, service))) {
                boolean both = order(service, instance, policy(operation, service)) == UpdatePolicy.Order.START_FIRST;
                (both ? newFirst : oldFirst).add(instance.name());
            }
        }
        if (!newFirst.isEmpty()) {
            commands.add(new Command.ReplaceInstances(nowMillis, operation.id(), List.copyOf(newFirst), true));
        }
        if (!oldFirst.isEmpty()) {
            commands.add(new Command.ReplaceInstances(nowMillis, operation.id(), List.copyOf(oldFirst), false));
        }
    }

    private UpdatePolicy policy(Operation operation, Service service) {
        UpgradeSpec upgrade = environment.upgrade(service.name());
        return operation.phase() == Phase.CLEAN_UP ? upgrade.rollback() : upgrade.update();
    }

    /// Whether instances of a service still give way to others.
    private boolean isUnderWay(String name) {
        Service service = environment.services().get(name);
        return service != null
                && (!outdated(service).isEmpty() || present(service).anyMatch(instance -> !isSettled(instance)));
    }

    private Stream<Instance> present(Service service) {
        return environment.living(service.name()).stream().filter(instance -> !instance.isBehind(service));
    }

    private List<Instance> outdated(Service service) {
        return environment.living(service.name()).stream()
                .filter(instance -> instance.isBehind(service))
                .toList();
    }

    /// The next ones to be replaced: as many as may be on their way at once, after the pause between some and the next.
    private List<Instance> due(Service service, UpdatePolicy policy) {
        List<Instance> outdated = outdated(service);
        if (outdated.isEmpty()) {
            return List.of();
        }
        long onTheWay = present(service).filter(this::isOnTheWay).count();
        boolean pausing = present(service)
                .flatMap(instance -> gates.found(instance).stream())
                .anyMatch(found -> ageMillis(found) < policy.monitorMillis() + policy.delayMillis());
        return onTheWay > 0 || (policy.delayMillis() > 0 && pausing)
                ? List.of()
                : outdated.subList(0, Math.min(policy.atOnce(), outdated.size()));
    }

    /// Whether it may yet serve for long enough. One that failed is judged elsewhere, and holds up nobody.
    private boolean isOnTheWay(Instance instance) {
        return !isSettled(instance) && gates.start(instance).failure().isEmpty();
    }

    /// Whether an instance has served for as long as its policy asks, or did what it was to do.
    boolean isSettled(Instance instance) {
        UpdatePolicy policy = environment.upgrade(instance.service()).update();
        return gates.start(instance).complete()
                && gates.found(instance)
                        .filter(found -> !found.running() || ageMillis(found) >= policy.monitorMillis())
                        .isPresent();
    }

    /// How long a container has run, if both clocks go alike; else too long rather than for ever too short.
    private long ageMillis(Found found) {
        return Math.abs(nowMillis - found.startedAtMillis());
    }

    /// The old one stops first if there cannot be two, or if its node says nothing: what is to be there once it is back
    /// is the new one.
    private UpdatePolicy.Order order(Service service, Instance instance, UpdatePolicy policy) {
        boolean twice = service.spec().runsTwice()
                && service.release(instance.release())
                        .map(Release::spec)
                        .filter(ServiceSpec::runsTwice)
                        .isPresent();
        boolean heard =
                sightings.containsKey(instance.node()) && !new Waits(sightings, nowMillis).isSilent(instance.node());
        return twice && heard && policy.order() != UpdatePolicy.Order.STOP_FIRST
                ? UpdatePolicy.Order.START_FIRST
                : UpdatePolicy.Order.STOP_FIRST;
    }
}
