package io.flocker.core.cluster;

import io.flocker.core.model.Environment;
import io.flocker.core.model.Instance;
import io.flocker.core.model.Service;
import io.flocker.core.spec.ServiceSpec;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Instances of a service that are wanted and have no place.
///
/// @param missing how many
/// @param later whether they wait for what may come at any time, such as a node that has not joined, or room for more
///     of what runs already: nothing else waits for them
/// @param why in words
public record Vacancy(int missing, boolean later, String why) {
    /// The instances of `service` without a place; empty if each has one.
    public static Optional<Vacancy> of(ClusterState state, Environment environment, String service) {
        ServiceSpec spec = environment.application().services().get(service);
        Service known = environment.services().get(service);
        if (spec == null || known == null) {
            return Optional.empty();
        }
        int missing = known.scale() - environment.living(service).size();
        if (missing <= 0) {
            return Optional.empty();
        }
        Placement placement = Placement.of(state, environment, environment.application());
        List<String> absent = placement.absent(spec);
        boolean later = missing <= placement.awaiting(spec);
        String why = later
                ? "node " + String.join(", ", absent) + " to join"
                : "a place for " + missing + (missing == 1 ? " instance: " : " instances: ")
                        + placement.objections(service, spec);
        boolean more = spec.placement().global() || !environment.living(service).isEmpty();
        return Optional.of(new Vacancy(missing, later || more, why));
    }

    /// Why an instance of `service` is still on a node that it should leave; empty if none is, or if it can.
    public static Optional<String> stuck(ClusterState state, Environment environment, String service) {
        ServiceSpec spec = environment.application().services().get(service);
        if (spec == null || spec.placement().global()) {
            return Optional.empty();
        }
        return environment.living(service).stream()
                .map(Instance::node)
                .filter(node -> state.nodes().containsKey(node)
                        && !state.nodes().get(node).suits(spec.placement()))
                .map(node -> new Command.Move("", 0, "", 0, environment.name(), service, "", node, ""))
                .map(state::after)
                .filter(Outcome.Refused.class::isInstance)
                .map(refused -> "another place: " + ((Outcome.Refused) refused).message())
                .findFirst();
    }

    /// Whether instances of `service` cannot start before a node has joined: they have no place before, or what they
    /// depend on has none.
    public static boolean holdsUp(ClusterState state, Environment environment, String service) {
        return holdsUp(state, environment, service, new TreeSet<>());
    }

    private static boolean holdsUp(ClusterState state, Environment environment, String service, Set<String> seen) {
        ServiceSpec spec = environment.application().services().get(service);
        return spec != null
                && seen.add(service)
                && ((environment.living(service).isEmpty()
                                && of(state, environment, service)
                                        .filter(Vacancy::later)
                                        .isPresent())
                        || spec.dependsOn().keySet().stream()
                                .anyMatch(other -> holdsUp(state, environment, other, seen)));
    }
}
