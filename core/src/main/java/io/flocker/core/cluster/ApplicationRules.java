package io.flocker.core.cluster;

import io.flocker.core.model.Environment;
import io.flocker.core.model.Instance;
import io.flocker.core.model.Node;
import io.flocker.core.model.Service;
import io.flocker.core.plan.RoutePlanner;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.FileSpec;
import io.flocker.core.spec.PlacementSpec;
import io.flocker.core.spec.Port;
import io.flocker.core.spec.ServiceSpec;
import io.flocker.core.spec.Strategy;
import io.flocker.core.spec.UpgradeSpec;
import io.flocker.core.spec.VolumeSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/// What must hold of an application before anything changes.
final class ApplicationRules {
    /// The most services one environment may have: its address plan has room for no more.
    static final int MAX_SERVICES = 200;

    static final int MAX_SCALE = 1_000;

    private ApplicationRules() {}

    static Optional<Outcome.Refused> refuse(ClusterState state, Command.Deploy command) {
        String environment = command.environment();
        if (!Names.valid(environment)) {
            return Optional.of(Names.refuse("an environment", environment));
        }
        if (state.nodes().isEmpty()) {
            return conflict("There is no node to run " + environment + " on: start flocker daemon on one");
        }
        return refuseVersion(state, environment, command.ifVersion())
                .or(() -> refuseSpec(command.application()))
                .or(() -> refuseTaken(state, environment, command.application()))
                .or(() -> refusePlaces(state, environment, command));
    }

    /// Every service must have a place from the start: one that has none would wait for ever. Of a count that is too
    /// large, what fits is started, and [Vacancy] explains the rest.
    private static Optional<Outcome.Refused> refusePlaces(
            ClusterState state, String environment, Command.Deploy command) {
        ApplicationSpec application = command.application();
        Environment before = state.environment(environment)
                .orElseGet(() -> Environment.named(environment, command.by(), command.atMillis()));
        Environment staying = InstanceChanges.withoutSurplus(state, before.next(application));
        Placement placement = Placement.of(state, staying, application);
        for (String volume : application.volumes().keySet()) {
            if (!state.keeps(before, volume)
                    && !placement.awaitsNode(volume)
                    && placement.volume(volume).isEmpty()) {
                return conflict("There is no node for volume " + volume + " that suits every service with it: "
                        + placement.objections(application.usersOf(volume), ""));
            }
        }
        for (var service : application.services().entrySet()) {
            ServiceSpec spec = service.getValue();
            boolean first = staying.living(service.getKey()).isEmpty()
                    && spec.scale() > placement.awaiting(spec)
                    && !spec.placement().global();
            if (first && placement.instance(service.getKey(), spec).isEmpty()) {
                return conflict("There is no node for instance " + service.getKey() + ".1: "
                        + placement.objections(service.getKey(), spec));
            }
        }
        return refuseGrowth(state, staying, application);
    }

    /// What is there and is about to need more must find it where it is.
    private static Optional<Outcome.Refused> refuseGrowth(
            ClusterState state, Environment staying, ApplicationSpec application) {
        Placement placement = Placement.of(state, staying, application);
        for (var service : application.services().entrySet()) {
            ServiceSpec spec = service.getValue();
            Optional<ServiceSpec> known = staying.service(service.getKey()).map(Service::spec);
            if (known.isEmpty() || known.get().resources().equals(spec.resources())) {
                continue;
            }
            for (Instance instance : staying.living(service.getKey())) {
                Node node = state.nodes().get(instance.node());
                Optional<String> lacking = node == null ? Optional.empty() : placement.overfull(node);
                if (lacking.isPresent()) {
                    return conflict("Service " + service.getKey() + " cannot reserve that much where it is: node "
                            + instance.node() + " " + lacking.get());
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<Outcome.Refused> refuseVersion(
            ClusterState state, String environment, OptionalLong ifVersion) {
        long version = state.environment(environment).map(Environment::version).orElse(0L);
        if (ifVersion.isPresent() && ifVersion.getAsLong() != version) {
            return Optional.of(new Outcome.Refused(
                    Outcome.Reason.STALE,
                    "Environment " + environment + " is at version " + version + ", not " + ifVersion.getAsLong()
                            + ": somebody changed it; look at it again and repeat"));
        }
        return Optional.empty();
    }

    private static Optional<Outcome.Refused> refuseSpec(ApplicationSpec application) {
        if (application.services().size() > MAX_SERVICES) {
            return invalid("An environment may have " + MAX_SERVICES + " services, not "
                    + application.services().size());
        }
        for (var entry : application.services().entrySet()) {
            Optional<Outcome.Refused> refused = refuseService(application, entry.getKey(), entry.getValue());
            if (refused.isPresent()) {
                return refused;
            }
        }
        Optional<Outcome.Refused> clashing = refuseClashes(application);
        if (clashing.isPresent()) {
            return clashing;
        }
        for (var volume : application.volumes().entrySet()) {
            if (!Names.validInFile(volume.getKey())) {
                return Optional.of(Names.refuse("a volume", volume.getKey()));
            }
            if (volume.getValue().seedBase64().length() > VolumeSpec.MAX_SEED_LENGTH) {
                return invalid("The first content of volume " + volume.getKey() + " is too large: "
                        + volume.getValue().seedBase64().length() + " Base64 characters, at most "
                        + VolumeSpec.MAX_SEED_LENGTH);
            }
        }
        for (var file : application.files().entrySet()) {
            if (file.getValue().contentBase64().length() > FileSpec.MAX_BYTES / 3 * 4 + 4) {
                return invalid("File " + file.getKey() + " is larger than " + FileSpec.MAX_BYTES + " bytes");
            }
        }
        return Optional.empty();
    }

    /// What is to be on one node must be able to be there.
    private static Optional<Outcome.Refused> refuseClashes(ApplicationSpec application) {
        for (var service : application.services().entrySet()) {
            Optional<String> clash =
                    PlacementSpec.clash(service.getValue().placement().constraints());
            if (clash.isPresent()) {
                return invalid("Service " + service.getKey() + " can be on no node (deploy.placement.constraints): "
                        + clash.get() + " contradict each other; take away one of them");
            }
        }
        for (String volume : application.volumes().keySet()) {
            Optional<String> clash = PlacementSpec.clash(application.usersOf(volume).stream()
                    .flatMap(service -> service.placement().constraints().stream())
                    .toList());
            if (clash.isPresent()) {
                return invalid("The services that share volume " + volume + " can be on no node together: "
                        + clash.get() + " contradict each other; take away one of them, or give them volumes of"
                        + " their own");
            }
        }
        return Optional.empty();
    }

    private static Optional<Outcome.Refused> refuseService(
            ApplicationSpec application, String name, ServiceSpec service) {
        if (!Names.validInFile(name)) {
            return Optional.of(Names.refuse("a service", name));
        }
        if (service.image().isBlank()) {
            return invalid("Service " + name + " has no image");
        }
        if (service.scale() < 0 || service.scale() > MAX_SCALE) {
            return invalid("Service " + name + " cannot have " + service.scale() + " instances: 0 to " + MAX_SCALE);
        }
        if (service.job().isPresent() && service.scale() > 0) {
            return invalid("Service " + name + " is a job (x-flocker.job), of which no instance runs by itself: flocker"
                    + " run " + name + " runs it once");
        }
        long watch = service.upgrade().watchMillis();
        if (watch != 0 && (watch < UpgradeSpec.MIN_WATCH_MILLIS || watch > UpgradeSpec.MAX_WATCH_MILLIS)) {
            return invalid("Service " + name + " cannot ask its registry every " + watch + " ms: every "
                    + UpgradeSpec.MIN_WATCH_MILLIS + " to " + UpgradeSpec.MAX_WATCH_MILLIS + ", or 0 for never");
        }
        Optional<String> objection = service.scaleObjection();
        if (objection.isPresent()) {
            return invalid("Service " + name + " cannot follow its load (x-flocker.scale): " + objection.get());
        }
        if (service.autoscale().filter(it -> !it.allows(service.scale())).isPresent()) {
            return invalid("Service " + name + " cannot have " + service.scale() + " instances: it follows its load"
                    + " with " + service.autoscale().get().bounds() + " (x-flocker.scale)");
        }
        Optional<String> canary = service.canaryObjection();
        if (canary.isPresent()) {
            return invalid(
                    "Service " + name + " cannot have such a canary (x-flocker.upgrade.canary): " + canary.get());
        }
        Optional<String> loose = service.stickyObjection();
        if (loose.isPresent()) {
            return invalid("Service " + name + " cannot be sticky (x-flocker.http.sticky): " + loose.get());
        }
        if (service.placement().perCore() && service.onlyOnce().isPresent()) {
            return invalid("Service " + name + " cannot have an instance for each core (x-flocker.scale.per_core): only"
                    + " one of a node can have " + service.onlyOnce().get());
        }
        if (service.placement().global() && !service.volumeNames().isEmpty()) {
            return invalid("Service " + name + " cannot run on every node (deploy.mode: global): volume "
                    + service.volumeNames().getFirst() + " is on one node; take away one or the other");
        }
        Optional<Strategy> strategy = service.upgrade().strategy();
        Optional<String> once = service.onlyOnce();
        if (strategy.isPresent() && once.isPresent()) {
            return invalid("Service " + name + " cannot be upgraded by strategy "
                    + strategy.get().word() + ": two releases cannot be there at once, as only one can have "
                    + once.get()
                    + "; use strategy: rolling");
        }
        for (String volume : service.volumeNames()) {
            if (!application.volumes().containsKey(volume)) {
                return invalid("Service " + name + " mounts volume " + volume + ", which is not declared");
            }
        }
        for (String dependency : service.dependsOn().keySet()) {
            if (!application.services().containsKey(dependency)) {
                return invalid("Service " + name + " depends on " + dependency + ", which is not declared");
            }
        }
        for (Port port : service.ports()) {
            if (port.published() < 1 || port.published() > 65_535 || port.target() < 1 || port.target() > 65_535) {
                return invalid("Service " + name + " publishes port " + port.published() + ":" + port.target()
                        + ": ports are 1 to 65535");
            }
        }
        return Optional.empty();
    }

    /// What belongs to other environments: their ports and host names, and the doors of those.
    static Optional<Outcome.Refused> refuseTaken(ClusterState state, String environment, ApplicationSpec application) {
        return refuseClash(state, environment, application)
                .or(() -> refuseTakingDoors(state, environment, application));
    }

    private static Optional<Outcome.Refused> refuseClash(
            ClusterState state, String environment, ApplicationSpec application) {
        TreeMap<String, String> doors = new TreeMap<>();
        for (Environment other : state.environments().values()) {
            if (!other.name().equals(environment)) {
                other.application()
                        .services()
                        .forEach((name, service) ->
                                doorsOf(service).forEach(door -> doors.put(door, other.name() + "/" + name)));
            }
        }
        for (var entry : application.services().entrySet()) {
            for (String door : doorsOf(entry.getValue())) {
                String owner = doors.put(door, environment + "/" + entry.getKey());
                if (owner != null && !owner.equals(environment + "/" + entry.getKey())) {
                    return conflict("Service " + environment + "/" + entry.getKey() + " cannot have " + door + ": "
                            + owner + " has it; choose another");
                }
            }
        }
        return Optional.empty();
    }

    /// The doors of host names belong to all environments: none takes one away while others have names there.
    private static Optional<Outcome.Refused> refuseTakingDoors(
            ClusterState state, String environment, ApplicationSpec application) {
        List<Integer> before = state.environment(environment)
                .map(known -> takenBy(known.application()))
                .orElse(List.of());
        Optional<Integer> taken = takenBy(application).stream()
                .filter(port -> !before.contains(port))
                .findFirst();
        Optional<String> named = state.environments().values().stream()
                .filter(other -> !other.name().equals(environment))
                .flatMap(other -> other.application().services().entrySet().stream()
                        .flatMap(service -> service.getValue().http().hosts().stream()
                                .map(host -> other.name() + "/" + service.getKey() + " (" + host + ")")))
                .findFirst();
        return taken.isEmpty() || named.isEmpty()
                ? Optional.empty()
                : conflict("Environment " + environment + " cannot publish port " + taken.get() + "/tcp: host names are"
                        + " served there, as of " + named.get() + "; say x-flocker: {http: {hosts: [NAME]}} of the"
                        + " service instead, or publish another port");
    }

    /// The ports of host names that an application would have for itself.
    private static List<Integer> takenBy(ApplicationSpec application) {
        return application.services().values().stream()
                .flatMap(service -> service.ports().stream()
                        .filter(port -> takesDoor(port, service.mode(port.target())))
                        .map(Port::published))
                .toList();
    }

    /// On port 80 of all addresses, a service with HTTP gets what no name is meant by, and takes nothing away.
    private static boolean takesDoor(Port port, Port.Mode mode) {
        String address = port.hostAddress();
        boolean outside = !address.startsWith("127.") && !address.equals("::1");
        boolean shares = mode == Port.Mode.HTTP && address.isEmpty();
        boolean takes =
                port.published() == RoutePlanner.HTTPS_PORT || (port.published() == RoutePlanner.HTTP_PORT && !shares);
        return port.protocol() == Port.Protocol.TCP && outside && takes;
    }

    /// What only one service in the cluster can have.
    private static List<String> doorsOf(ServiceSpec service) {
        ArrayList<String> doors = new ArrayList<>();
        service.ports()
                .forEach(port -> doors.add("port " + port.published() + "/"
                        + (port.protocol() == Port.Protocol.TCP ? "tcp" : "udp")
                        + (port.hostAddress().isEmpty() ? "" : " on " + port.hostAddress())));
        service.http().hosts().forEach(host -> doors.add("host name " + host));
        return doors;
    }

    private static Optional<Outcome.Refused> invalid(String message) {
        return Optional.of(new Outcome.Refused(Outcome.Reason.INVALID, message));
    }

    private static Optional<Outcome.Refused> conflict(String message) {
        return Optional.of(new Outcome.Refused(Outcome.Reason.CONFLICT, message));
    }
}
