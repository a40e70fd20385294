package io.flocker.core.plan;

import io.flocker.core.model.HttpRouting;
import io.flocker.core.model.Port;
import io.flocker.core.model.ServiceSpec;
import io.flocker.core.plan.Assignment.WantedEnvironment;
import io.flocker.core.plan.Assignment.WantedInstance;
import io.flocker.core.plan.RoutingTable.Backend;
import io.flocker.core.plan.RoutingTable.Door;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.pcollections.TreePMap;

/// Works out a node's routing table from what it should have and what it has.
public final class RoutePlanner {
    /// Where host names are served.
    public static final int HTTP_PORT = 80;

    private RoutePlanner() {}

    /// The table for `assignment` with the instances that serve now. A service without one is held.
    public static RoutingTable table(Assignment assignment, Observed observed) {
        TreePMap<String, Door> doors = TreePMap.empty();
        TreePMap<String, Backend> backends = TreePMap.empty();
        List<String> held = new ArrayList<>();
        Situation situation = new Situation(assignment, observed);
        for (WantedEnvironment environment : assignment.environments().values()) {
            for (var entry : environment.routed().entrySet()) {
                String service = entry.getKey();
                ServiceSpec spec = entry.getValue();
                for (int port : ports(spec, observed)) {
                    Backend backend = backend(situation, environment.name(), service, spec, port);
                    backends = backends.plus(backend.name(), backend);
                    if (backend.servers().isEmpty()) {
                        held.add(backend.name());
                    }
                }
                doors = published(doors, environment.name(), service, spec);
                doors = named(doors, environment.name(), service, spec);
                doors = inside(doors, observed, environment, service, spec);
            }
        }
        return new RoutingTable(doors, backends, List.copyOf(held));
    }

    private static Backend backend(
            Situation situation, String environment, String service, ServiceSpec spec, int port) {
        TreePMap<String, String> servers = TreePMap.empty();
        for (WantedInstance instance : situation.assignment().instances().values()) {
            if (!instance.environment().equals(environment)
                    || !instance.service().equals(service)) {
                continue;
            }
            Found found = situation.observed().containers().get(instance.key());
            if (found != null && situation.takesTraffic(instance, found)) {
                servers = servers.plus(instance.key(), found.address() + ":" + port);
            }
        }
        return new Backend(
                name(environment, service, port), mode(spec, port), spec.http().balance(), servers);
    }

    private static TreePMap<String, Door> published(
            TreePMap<String, Door> doors, String environment, String service, ServiceSpec spec) {
        TreePMap<String, Door> next = doors;
        for (Port port : spec.ports()) {
            if (port.protocol() == Port.Protocol.TCP) {
                String backend = name(environment, service, port.target());
                Door door = next.get(port.hostAddress() + ":" + port.published());
                TreePMap<String, String> hosts = door == null ? TreePMap.empty() : door.hosts();
                Door opened = new Door(port.hostAddress(), port.published(), mode(spec, port.target()), backend, hosts);
                next = next.plus(opened.key(), opened);
            }
        }
        return next;
    }

    private static TreePMap<String, Door> named(
            TreePMap<String, Door> doors, String environment, String service, ServiceSpec spec) {
        HttpRouting http = spec.http();
        if (http.hosts().isEmpty()) {
            return doors;
        }
        Door shared =
                doors.getOrDefault(":" + HTTP_PORT, new Door("", HTTP_PORT, Port.Mode.HTTP, "", TreePMap.empty()));
        TreePMap<String, String> hosts = shared.hosts();
        for (String host : http.hosts()) {
            hosts = hosts.plus(host, name(environment, service, http.port()));
        }
        Door door = new Door("", HTTP_PORT, Port.Mode.HTTP, shared.backend(), hosts);
        return doors.plus(door.key(), door);
    }

    /// Inside its environment a service has an address of its own, so that two services may use the same port.
    private static TreePMap<String, Door> inside(
            TreePMap<String, Door> doors,
            Observed observed,
            WantedEnvironment environment,
            String service,
            ServiceSpec spec) {
        String subnet = observed.networks().get(environment.name());
        if (subnet == null) {
            return doors;
        }
        TreePMap<String, Door> next = doors;
        for (int port : ports(spec, observed)) {
            String address = AddressPlan.of(subnet, environment.services().getOrDefault(service, 1));
            Door door = new Door(
                    address, port, mode(spec, port), name(environment.name(), service, port), TreePMap.empty());
            next = next.plus(door.key(), door);
        }
        return next;
    }

    /// The ports a service is reached at: those it declares and those its image does.
    private static List<Integer> ports(ServiceSpec spec, Observed observed) {
        return Stream.concat(
                        spec.containerPorts().stream(),
                        observed.exposed().getOrDefault(spec.image(), List.of()).stream())
                .distinct()
                .sorted()
                .toList();
    }

    static String name(String environment, String service, int port) {
        return environment + "/" + service + ":" + port;
    }

    private static Port.Mode mode(ServiceSpec spec, int port) {
        if (!spec.http().hosts().isEmpty() && spec.http().port() == port) {
            return Port.Mode.HTTP;
        }
        return spec.ports().stream()
                .filter(published -> published.target() == port)
                .map(Port::mode)
                .findFirst()
                .orElse(Port.Mode.TCP);
    }
}
