package io.flocker.core.cluster;

import io.flocker.core.model.Environment;
import io.flocker.core.model.Instance;
import io.flocker.core.model.Instance.Desired;
import io.flocker.core.model.Service;
import io.flocker.core.model.ServiceSpec;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.pcollections.TreePMap;

/// Commands about single instances, and what instances an environment's services ask for.
final class InstanceChanges {
    private InstanceChanges() {}

    /// The environment with the instances its services want: missing ones made, those of another release or restart
    /// begun anew, those too many stopped.
    static Environment follow(ClusterState state, Environment environment) {
        Environment next = environment;
        Placement placement = Placement.of(state, environment, environment.application());
        for (Service service : environment.services().values()) {
            ServiceSpec declared = environment.application().services().get(service.name());
            int scale = declared == null ? 0 : service.scale();
            List<Instance> living = environment.living(service.name());
            for (Instance instance : living) {
                boolean wanted = living.indexOf(instance) < scale;
                next = next.with(wanted ? following(instance, service) : instance.to(Desired.STOP));
            }
            for (int missing = scale - living.size(); declared != null && missing > 0; missing--) {
                Optional<String> node = placement.instance(service.name(), declared);
                if (node.isPresent()) {
                    next = next.with(fresh(service, next.freeSlot(service.name()), node.get()));
                }
            }
        }
        return next;
    }

    static Instance fresh(Service service, int slot, String node) {
        return new Instance(service.name(), slot, service.current(), service.restarts(), node, Desired.PREPARE);
    }

    private static Instance following(Instance instance, Service service) {
        boolean same = instance.release() == service.current() && instance.restarts() == service.restarts();
        return same ? instance : instance.following(service);
    }

    static Outcome start(ClusterState state, Command.StartInstances command) {
        return change(
                state,
                command.environment(),
                command.instances(),
                instance -> instance.desired() == Desired.PREPARE,
                instance -> instance.to(Desired.RUN));
    }

    static Outcome stop(ClusterState state, Command.StopInstances command) {
        return change(
                state,
                command.environment(),
                command.instances(),
                instance -> instance.desired() != Desired.STOP,
                instance -> instance.to(Desired.STOP));
    }

    private static Outcome change(
            ClusterState state,
            String name,
            List<String> instances,
            Predicate<Instance> applies,
            Function<Instance, Instance> change) {
        Environment environment = state.environments().get(name);
        if (environment == null) {
            return EnvironmentChanges.missing(state, name);
        }
        Environment next = environment;
        for (String instance : instances) {
            Instance known = environment.instances().get(instance);
            if (known != null && applies.test(known)) {
                next = next.with(change.apply(known));
            }
        }
        return new Outcome.Accepted(state.with(next));
    }

    static Outcome forget(ClusterState state, Command.ForgetInstances command) {
        Environment environment = state.environments().get(command.environment());
        if (environment == null) {
            return EnvironmentChanges.missing(state, command.environment());
        }
        Environment next = environment;
        for (String instance : command.instances()) {
            Instance known = environment.instances().get(instance);
            if (known != null && known.desired() == Desired.STOP) {
                next = next.withInstances(next.instances().minus(instance));
            }
        }
        next = next.withServices(living(next));
        return new Outcome.Accepted(OperationChanges.dropIfEmpty(state.with(next), command.environment()));
    }

    /// Its services but those that nothing declares and nothing runs.
    private static TreePMap<String, Service> living(Environment environment) {
        TreePMap<String, Service> living = environment.services();
        for (Service service : environment.services().values()) {
            boolean declared = environment.application().services().containsKey(service.name());
            boolean present = environment.instances().values().stream()
                    .anyMatch(instance -> instance.service().equals(service.name()));
            if (!declared && !present) {
                living = living.minus(service.name());
            }
        }
        return living;
    }
}
