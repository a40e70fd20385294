package io.flocker.core.plan;

import io.flocker.core.certificate.Certificates;
import io.flocker.core.plan.Assignment.Place;
import io.flocker.core.plan.Assignment.WantedEnvironment;
import io.flocker.core.plan.Assignment.WantedInstance;
import io.flocker.core.plan.RoutingTable.Backend;
import io.flocker.core.plan.RoutingTable.Cookie;
import io.flocker.core.plan.RoutingTable.Door;
import io.flocker.core.plan.RoutingTable.Identity;
import io.flocker.core.plan.RoutingTable.Peer;
import io.flocker.core.spec.HttpRouting;
import io.flocker.core.spec.Port;
import io.flocker.core.spec.ServiceSpec;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.pcollections.TreePMap;

/// Works out a node's routing table from what it should have, what it has and what other nodes offer.
public final class RoutePlanner {
    /// Where host names are served.
    public static final int HTTP_PORT = 80;

    /// Where they are served by TLS.
    public static final int HTTPS_PORT = 443;

    /// Where nodes' proxies reach each other.
    public static final int MESH_PORT = 4526;

    private final Situation situation;
    private final Offers offers;
    private TreePMap<String, Door> doors = TreePMap.empty();
    private TreePMap<String, Backend> backends = TreePMap.empty();
    /// Backends for other nodes' requests, by what those ask for.
    private TreePMap<String, String> meshed = TreePMap.empty();

    private RoutePlanner(Situation situation, Offers offers) {
        this.situation = situation;
        this.offers = offers;
    }

    /// The table for `assignment` with the instances that serve now. A service without one is held.
    public static RoutingTable table(Assignment assignment, Offers offers, Observed observed) {
        RoutePlanner planner = new RoutePlanner(new Situation(assignment, observed), offers);
        assignment.environments().values().forEach(planner::environment);
        return planner.table();
    }

    private RoutingTable table() {
        TreePMap<String, Peer> peers = TreePMap.empty();
        for (var place : assignment().nodes().minus(assignment().node()).entrySet()) {
            boolean near = place.getValue().datacenter().equals(own().datacenter());
            peers = peers.plus(place.getKey(), new Peer(place.getValue().address(), near));
        }
        if (!peers.isEmpty()) {
            Door mesh = new Door("", MESH_PORT, Port.Mode.TCP, "", meshed, Door.Kind.MESH, List.of());
            doors = doors.plus(mesh.key(), mesh);
        }
        List<String> held = backends.values().stream()
                .filter(backend ->
                        backend.servers().isEmpty() && backend.elsewhere().isEmpty())
                .map(Backend::name)
                .toList();
        List<Identity> identities = secure();
        return new RoutingTable(doors, backends, held, peers, identities);
    }

    /// Opens the door with TLS beside the one for host names. A service that publishes its port keeps it.
    private List<Identity> secure() {
        Door plain = doors.get(Door.key("", HTTP_PORT));
        boolean taken = doors.containsKey(Door.key("", HTTPS_PORT));
        if (plain == null || plain.hosts().isEmpty() || taken) {
            return List.of();
        }
        List<Identity> identities =
                Certificates.shown(assignment().certificates(), plain.hosts().keySet());
        if (!identities.isEmpty()) {
            Door secure = new Door("", HTTPS_PORT, Port.Mode.HTTP, "", plain.hosts(), Door.Kind.TLS, List.of());
            doors = doors.plus(secure.key(), secure);
        }
        return identities;
    }

    private Assignment assignment() {
        return situation.assignment();
    }

    private Place own() {
        return assignment().nodes().getOrDefault(assignment().node(), new Place("", ""));
    }

    private void environment(WantedEnvironment environment) {
        for (var entry : environment.routed().entrySet()) {
            String service = entry.getKey();
            ServiceSpec spec = entry.getValue();
            for (int port : environment.here() ? ports(environment, service, spec) : openPorts(spec)) {
                backends(environment, service, spec, port);
            }
            doors = published(doors, environment.name(), service, spec);
            doors = named(doors, environment.name(), service, spec);
            doors = inside(doors, environment, service, spec);
        }
    }

    private void backends(WantedEnvironment environment, String service, ServiceSpec spec, int port) {
        String name = name(environment.name(), service, port);
        List<WantedInstance> here = assignment().instances().values().stream()
                .filter(instance -> instance.environment().equals(environment.name())
                        && instance.service().equals(service))
                .toList();
        TreePMap<String, String> servers = servers(spec, here, port, false);
        TreePMap<String, Integer> elsewhere =
                offers.elsewhere(name, assignment().node());
        for (String node : elsewhere.keySet()) {
            if (!assignment().nodes().containsKey(node)) {
                elsewhere = elsewhere.minus(node);
            }
        }
        TreePMap<String, Integer> weights = TreePMap.empty();
        for (WantedInstance instance : here) {
            if (instance.weight().orElse(0) > 0) {
                weights = weights.plus(instance.key(), instance.weight().orElse(1));
            }
        }
        boolean steered = Stream.concat(
                        servers.isEmpty()
                                ? Stream.empty()
                                : Stream.of(assignment().node()),
                        elsewhere.keySet().stream())
                .anyMatch(node -> offers.share(node) < Offers.WHOLE);
        Backend backend = new Backend(
                name,
                spec.mode(port),
                spec.http().balance(),
                servers,
                steered ? shared(elsewhere) : elsewhere,
                steered ? shared(servers, weights) : weights,
                cookie(environment.name(), service, spec, port, servers));
        backends = backends.plus(name, backend);
        if (environment.here() && assignment().nodes().size() > 1) {
            Backend mesh = new Backend(
                    RoutingTable.meshed(name),
                    backend.mode(),
                    backend.balance(),
                    servers.isEmpty() ? servers(spec, here, port, true) : servers,
                    TreePMap.empty(),
                    weights,
                    backend.cookie());
            backends = backends.plus(mesh.name(), mesh);
            meshed = meshed.plus(RoutingTable.meshName(name, assignment().node()), mesh.name());
        }
    }

    /// What is on other nodes, by how much of their usual requests these get.
    private TreePMap<String, Integer> shared(TreePMap<String, Integer> elsewhere) {
        TreePMap<String, Integer> shared = elsewhere;
        for (var other : elsewhere.entrySet()) {
            shared = shared.plus(other.getKey(), other.getValue() * offers.share(other.getKey()));
        }
        return shared;
    }

    /// What is on this node, by how much of its usual requests it gets.
    private TreePMap<String, Integer> shared(TreePMap<String, String> servers, TreePMap<String, Integer> weights) {
        TreePMap<String, Integer> shared = TreePMap.empty();
        for (String instance : servers.keySet()) {
            int weight = weights.getOrDefault(instance, 1)
                    * offers.share(assignment().node());
            shared = shared.plus(instance, Math.min(weight, RoutingTable.MOST_WEIGHT));
        }
        return shared;
    }

    private Optional<Cookie> cookie(
            String environment, String service, ServiceSpec spec, int port, TreePMap<String, String> servers) {
        if (spec.mode(port) != Port.Mode.HTTP) {
            return Optional.empty();
        }
        return spec.http().sticky().map(sticky -> {
            TreePMap<String, String> values = TreePMap.empty();
            for (String instance : servers.keySet()) {
                values = values.plus(instance, Cookie.of(assignment().node(), instance));
            }
            boolean own = sticky.cookie().isEmpty();
            return new Cookie(own ? Cookie.named(environment, service) : sticky.cookie(), values);
        });
    }

    /// @param leaving also those that are about to stop: what other nodes' proxies sent before they heard of it; not if
    ///     that can wait until they go on
    private TreePMap<String, String> servers(
            ServiceSpec spec, List<WantedInstance> instances, int port, boolean leaving) {
        TreePMap<String, String> servers = TreePMap.empty();
        for (WantedInstance instance : instances) {
            Found found = situation.observed().containers().get(instance.key());
            boolean takes = found != null
                    && (leaving
                            ? situation.answers(instance, found) && !instance.returns()
                            : situation.takesTraffic(instance, found));
            if (found != null && takes) {
                servers = servers.plus(instance.key(), found.address() + ":" + target(spec, instance.spec(), port));
            }
        }
        return servers;
    }

    /// Where an instance of another release listens for what `spec` has at `port`: what is published alike, or at which
    /// host names are served.
    private static int target(ServiceSpec spec, ServiceSpec its, int port) {
        if (its.ports().equals(spec.ports()) && its.http().equals(spec.http())) {
            return port;
        }
        for (Port declared : spec.ports()) {
            for (Port other : its.ports()) {
                if (declared.target() == port
                        && declared.protocol() == Port.Protocol.TCP
                        && other.protocol() == Port.Protocol.TCP
                        && other.published() == declared.published()
                        && other.hostAddress().equals(declared.hostAddress())) {
                    return other.target();
                }
            }
        }
        boolean named = !spec.http().hosts().isEmpty() && spec.http().port() == port;
        return named && !its.http().hosts().isEmpty() ? its.http().port() : port;
    }

    private static TreePMap<String, Door> published(
            TreePMap<String, Door> doors, String environment, String service, ServiceSpec spec) {
        TreePMap<String, Door> next = doors;
        for (Port port : spec.ports()) {
            if (port.protocol() == Port.Protocol.TCP) {
                String backend = name(environment, service, port.target());
                Door door = next.get(Door.key(port.hostAddress(), port.published()));
                Door opened = new Door(
                        port.hostAddress(),
                        port.published(),
                        spec.mode(port.target()),
                        backend,
                        door == null ? TreePMap.empty() : door.hosts(),
                        Door.Kind.PLAIN,
                        door == null ? List.of() : door.redirected());
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
        List<String> redirected = shared.redirected();
        if (http.redirect()) {
            redirected = Stream.concat(redirected.stream(), Stream.of(name(environment, service, http.port())))
                    .toList();
        }
        Door door = new Door("", HTTP_PORT, Port.Mode.HTTP, shared.backend(), hosts, Door.Kind.PLAIN, redirected);
        return doors.plus(door.key(), door);
    }

    /// Inside its environment a service has an address of its own, so that two services may use the same port.
    private TreePMap<String, Door> inside(
            TreePMap<String, Door> doors, WantedEnvironment environment, String service, ServiceSpec spec) {
        String subnet = situation.observed().networks().get(environment.name());
        if (subnet == null || !environment.here()) {
            return doors;
        }
        TreePMap<String, Door> next = doors;
        for (int port : ports(environment, service, spec)) {
            String address = AddressPlan.of(subnet, environment.services().getOrDefault(service, 1));
            Door door =
                    new Door(address, port, spec.mode(port), name(environment.name(), service, port), TreePMap.empty());
            next = next.plus(door.key(), door);
        }
        return next;
    }

    /// The ports a service is reached at: those it declares and those its image does. A node may hear of a release
    /// before it hears what the release's image exposes: until then those of the image before stay open.
    private List<Integer> ports(WantedEnvironment environment, String service, ServiceSpec spec) {
        List<Integer> exposed = exposed(spec.image())
                .or(() -> Optional.ofNullable(environment.before().get(service)).flatMap(this::exposed))
                .orElse(List.of());
        return Stream.concat(spec.containerPorts().stream(), exposed.stream())
                .distinct()
                .sorted()
                .toList();
    }

    /// The ports an image says it listens on: as this node knows, or another one told; empty if neither does.
    private Optional<List<Integer>> exposed(String image) {
        return Optional.ofNullable(situation.observed().exposed().get(image)).or(() -> offers.ports(image));
    }

    /// The ports the world reaches a service at.
    private static List<Integer> openPorts(ServiceSpec spec) {
        var open = new TreeSet<Integer>();
        spec.ports().stream()
                .filter(port -> port.protocol() == Port.Protocol.TCP)
                .forEach(port -> open.add(port.target()));
        if (!spec.http().hosts().isEmpty()) {
            open.add(spec.http().port());
        }
        return List.copyOf(open);
    }

    /// What a backend is called.
    public static String name(String environment, String service, int port) {
        return environment + "/" + service + ":" + port;
    }
}
