package io.flocker.core.cluster;

import io.flocker.core.model.ApplicationSpec;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Instance;
import io.flocker.core.model.Node;
import io.flocker.core.model.PlacementSpec;
import io.flocker.core.model.ServiceSpec;
import io.flocker.core.model.Volume;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Where an environment's volumes and instances go. Data attracts its service; everything else is spread: over the
/// values of the labels the service names, then over nodes, then to where least is. What was placed is counted, so
/// that one placement takes the next into account.
final class Placement {
    private final ClusterState state;
    private final ApplicationSpec application;
    /// Instances and volumes by node.
    private final Map<String, Integer> load = new TreeMap<>();
    /// Instances by service of this environment and node.
    private final Map<String, Map<String, Integer>> instances = new TreeMap<>();
    /// Nodes by volume name.
    private final Map<String, String> volumes = new TreeMap<>();

    private Placement(ClusterState state, ApplicationSpec application) {
        this.state = state;
        this.application = application;
    }

    /// Placement of what `application` declares, beside all that is placed already.
    static Placement of(ClusterState state, Environment environment, ApplicationSpec application) {
        var placement = new Placement(state, application);
        for (Volume volume : state.volumes().values()) {
            if (volume.state() == Volume.State.ACTIVE) {
                placement.load.merge(volume.head().primary(), 1, Integer::sum);
            }
        }
        for (Environment other : state.environments().values()) {
            if (!other.name().equals(environment.name())) {
                other.instances().values().forEach(instance -> placement.load.merge(instance.node(), 1, Integer::sum));
            }
        }
        environment
                .volumes()
                .forEach((name, id) -> state.volume(id)
                        .filter(volume -> volume.state() == Volume.State.ACTIVE)
                        .ifPresent(volume ->
                                placement.volumes.put(name, volume.head().primary())));
        environment.instances().values().stream()
                .filter(instance -> instance.desired() != Instance.Desired.STOP)
                .forEach(instance -> placement.count(instance.service(), instance.node()));
        return placement;
    }

    private void count(String service, String node) {
        load.merge(node, 1, Integer::sum);
        instances.computeIfAbsent(service, _ -> new TreeMap<>()).merge(node, 1, Integer::sum);
    }

    /// The node for a volume that is to be made: where the other volumes of its services are, else the least loaded
    /// one that suits all of them.
    Optional<String> volume(String name) {
        List<ServiceSpec> users = application.services().values().stream()
                .filter(spec -> spec.volumeNames().contains(name))
                .toList();
        Optional<String> beside = users.stream()
                .flatMap(spec -> spec.volumeNames().stream())
                .flatMap(other -> Optional.ofNullable(volumes.get(other)).stream())
                .findFirst();
        Optional<String> chosen = beside.or(() -> target(users, ""));
        chosen.ifPresent(node -> {
            volumes.put(name, node);
            load.merge(node, 1, Integer::sum);
        });
        return chosen;
    }

    /// The node for one more instance of a service; empty if there is none.
    Optional<String> instance(String service, ServiceSpec spec) {
        return instance(service, spec, "");
    }

    /// The same on another node than `not`.
    Optional<String> instance(String service, ServiceSpec spec, String not) {
        Optional<String> chosen = candidates(service, spec).stream()
                .filter(node -> !node.name().equals(not))
                .min(order(service, spec.placement()))
                .map(Node::name);
        chosen.ifPresent(node -> count(service, node));
        return chosen;
    }

    /// The same on `node` or not at all.
    Optional<String> instanceOn(String service, ServiceSpec spec, String node) {
        Optional<String> chosen = candidates(service, spec).stream()
                .map(Node::name)
                .filter(node::equals)
                .findFirst();
        chosen.ifPresent(found -> count(service, found));
        return chosen;
    }

    /// The least loaded node that services can go to with their volumes, other than the one they are on.
    Optional<String> target(List<ServiceSpec> specs, String from) {
        return state.nodes().values().stream()
                .filter(node ->
                        !node.name().equals(from) && objection(specs, node).isEmpty())
                .map(Node::name)
                .min(byLoad());
    }

    /// Why there is no such node, node by node.
    String objections(List<ServiceSpec> specs, String from) {
        List<String> objections = new ArrayList<>();
        for (Node node : state.nodes().values()) {
            if (!node.name().equals(from)) {
                objection(specs, node).ifPresent(why -> objections.add("node " + node.name() + " " + why));
            }
        }
        return objections.isEmpty() ? "there is only " + from : String.join(", ", objections);
    }

    private static Optional<String> objection(List<ServiceSpec> specs, Node node) {
        return node.availability() == Node.Availability.DRAINED
                ? Optional.of("is drained")
                : specs.stream()
                        .flatMap(spec -> spec.placement().objection(node).stream())
                        .findFirst();
    }

    private Comparator<String> byLoad() {
        return Comparator.<String>comparingInt(node -> load.getOrDefault(node, 0))
                .thenComparing(Comparator.naturalOrder());
    }

    /// Why there is no node for one more instance of a service, node by node.
    String objections(String service, ServiceSpec spec) {
        List<String> objections = new ArrayList<>();
        for (Node node : state.nodes().values()) {
            objection(service, spec, node).ifPresent(why -> objections.add("node " + node.name() + " " + why));
        }
        return String.join(", ", objections);
    }

    private List<Node> candidates(String service, ServiceSpec spec) {
        return state.nodes().values().stream()
                .filter(node -> objection(service, spec, node).isEmpty())
                .toList();
    }

    Optional<String> objection(String service, ServiceSpec spec, Node node) {
        for (String volume : spec.volumeNames()) {
            String home = volumes.get(volume);
            if (home != null && !home.equals(node.name())) {
                return Optional.of("does not have its volume " + volume + ", which is on " + home);
            }
        }
        boolean bound = spec.volumeNames().stream().anyMatch(volumes::containsKey);
        if (!bound && node.availability() == Node.Availability.DRAINED) {
            return Optional.of("is drained");
        }
        PlacementSpec placement = spec.placement();
        int here = on(service, node.name());
        if (placement.maxPerNode() > 0 && here >= placement.maxPerNode()) {
            return Optional.of("has " + here + " instances of it, which is the most");
        }
        Integer pinned = placement.pins().get(node.name());
        if (pinned != null && here >= pinned) {
            return Optional.of("has the " + here + " instances of it that the deployment file says");
        }
        return placement.objection(node);
    }

    private int on(String service, String node) {
        return instances.getOrDefault(service, Map.of()).getOrDefault(node, 0);
    }

    private Comparator<Node> order(String service, PlacementSpec placement) {
        Comparator<Node> order = Comparator.comparingInt(_ -> 0);
        for (String label : placement.spread()) {
            order = order.thenComparingInt(node -> alike(service, label, node));
        }
        return order.thenComparingInt(node -> on(service, node.name()))
                .thenComparingInt(node -> load.getOrDefault(node.name(), 0))
                .thenComparing(Node::name);
    }

    /// How many instances of the service are on nodes with the same value of `label` as `node`.
    private int alike(String service, String label, Node node) {
        return state.nodes().values().stream()
                .filter(other -> other.labels()
                        .getOrDefault(label, "")
                        .equals(node.labels().getOrDefault(label, "")))
                .mapToInt(other -> on(service, other.name()))
                .sum();
    }
}
