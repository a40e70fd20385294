package io.flocker.core.plan;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.InstanceChanges;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Node;
import io.flocker.core.model.Service;
import io.flocker.core.spec.ServiceSpec;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Finds places for instances that have none, as soon as there are some: a node joined or has room again. Those of
/// global services follow the nodes.
final class Vacancies {
    private Vacancies() {}

    static Optional<Command> due(ClusterState state, Environment environment, long nowMillis) {
        Optional<Service> vacant = vacant(state, environment);
        Command place = new Command.PlaceInstances(nowMillis, environment.name());
        // To try it takes as long as to do it: a place for one is reason enough.
        return vacant.filter(service -> InstanceChanges.hasPlace(state, environment, service)
                        || state.after(place) instanceof Outcome.Accepted)
                .map(_ -> place);
    }

    /// Whether an environment lacks instances, or has some too many of a global service.
    static boolean isVacant(ClusterState state, Environment environment) {
        return vacant(state, environment).isPresent();
    }

    private static Optional<Service> vacant(ClusterState state, Environment environment) {
        return environment.services().values().stream()
                .filter(service -> isVacant(state, environment, service))
                .findFirst();
    }

    private static boolean isVacant(ClusterState state, Environment environment, Service service) {
        ServiceSpec spec = environment.application().services().get(service.name());
        if (spec == null) {
            return false;
        }
        return spec.placement().global()
                ? !numbersOf(environment, service).equals(everywhere(state, spec))
                : environment.living(service.name()).size() < service.scale();
    }

    private static Map<String, Integer> numbersOf(Environment environment, Service service) {
        Map<String, Integer> numbers = new TreeMap<>();
        environment.living(service.name()).forEach(instance -> numbers.merge(instance.node(), 1, Integer::sum));
        return numbers;
    }

    private static Map<String, Integer> everywhere(ClusterState state, ServiceSpec spec) {
        Map<String, Integer> numbers = new TreeMap<>();
        for (Node node : state.nodes().values()) {
            int number = node.everywhere(spec.placement());
            if (number > 0) {
                numbers.put(node.name(), number);
            }
        }
        return numbers;
    }
}
