package io.flocker.verify.sim;

import io.flocker.core.plan.Assignment;
import io.flocker.core.plan.RoutingTable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// A simulated node's proxy: the table that it has, and where that sends requests.
final class SimRoutes {
    private final Map<String, SimContainer> containers;
    RoutingTable table = RoutingTable.EMPTY;

    /// @param containers the node's, by instance
    SimRoutes(Map<String, SimContainer> containers) {
        this.containers = containers;
    }

    /// Whether it sends requests for `instance`'s service to `node`.
    boolean sendsTo(String node, Assignment.WantedInstance instance) {
        return table.backends().values().stream()
                .anyMatch(backend -> backend.name().startsWith(instance.environment() + "/" + instance.service() + ":")
                        && backend.elsewhere().containsKey(node));
    }

    /// The releases of a service that it sends new requests to here.
    Set<Integer> served(String service) {
        var releases = new TreeSet<Integer>();
        for (var backend : table.backends().values()) {
            boolean its = backend.name().startsWith(service + ":") && !backend.ofMesh();
            for (String instance : its ? backend.servers().keySet() : List.<String>of()) {
                Optional.ofNullable(containers.get(instance))
                        .ifPresent(found -> releases.add(found.instance.release()));
            }
        }
        return releases;
    }

    /// Its backends for a service.
    ///
    /// @param passedOn those for requests that other nodes pass on
    List<RoutingTable.Backend> backends(String service, boolean passedOn) {
        return table.backends().values().stream()
                .filter(backend -> backend.name().startsWith(service + ":") && backend.ofMesh() == passedOn)
                .toList();
    }

    /// Whether requests for `instance`'s service that other nodes pass on wait here.
    boolean letsWait(Assignment.WantedInstance instance) {
        List<RoutingTable.Backend> passedOn = backends(instance.environment() + "/" + instance.service(), true);
        return !passedOn.isEmpty()
                && passedOn.stream().allMatch(backend -> table.held().contains(backend.name()));
    }

    /// Whether it sends requests to the container of this very instance.
    boolean serves(String key, int release, long restarts) {
        SimContainer container = containers.get(key);
        return container != null
                && container.instance.release() == release
                && container.instance.restarts() == restarts
                && table.backends().values().stream()
                        .map(backend -> backend.servers().getOrDefault(key, ""))
                        .anyMatch(server -> server.startsWith(container.address() + ":"));
    }

    boolean isOf(String instance, int release) {
        SimContainer container = containers.get(instance);
        return container != null && container.instance.release() == release;
    }
}
