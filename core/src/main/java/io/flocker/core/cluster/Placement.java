package io.flocker.core.cluster;

import io.flocker.core.model.Environment;
import io.flocker.core.model.Instance;
import io.flocker.core.model.Node;
import io.flocker.core.model.Volume;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.PlacementSpec;
import io.flocker.core.spec.ServiceSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToIntFunction;

/// Where an environment's volumes and instances go. Data attracts its service; everything else is spread: over the
/// values of the labels the service names, then over nodes, then to where least is. A node has room for what is
/// reserved there. What was placed is counted, so that one placement takes the next into account.
final class Placement {
    private final ClusterState state;
    private final ApplicationSpec application;
    private final Reservations reservations;
    /// Services whose missing instances have their reservation already, where their volumes are.
    private final Set<String> promised = new TreeSet<>();
    /// Instances and volumes by node.
    private final Map<String, Integer> load = new TreeMap<>();
    /// Instances by service of this environment and node.
    private final Map<String, Map<String, Integer>> instances = new TreeMap<>();
    /// Nodes by volume name.
    private final Map<String, String> volumes = new TreeMap<>();

    private Placement(ClusterState state, Environment environment, ApplicationSpec application) {
        this.state = state;
        this.application = application;
        reservations = Reservations.of(state, environment.name());
    }

    /// A node, and the rules that chose it, in words.
    record Place(String node, String by) {}

    /// What nodes are told apart by: the less, the better.
    private record Rule(String name, ToIntFunction<Node> weight) {}

    /// Placement of what `application` declares, beside all that is placed already.
    static Placement of(ClusterState state, Environment environment, ApplicationSpec application) {
        var placement = new Placement(state, environment, application);
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
        application.services().forEach(placement::promise);
        return placement;
    }

    private void count(String service, String node) {
        load.merge(node, 1, Integer::sum);
        instances.computeIfAbsent(service, _ -> new TreeMap<>()).merge(node, 1, Integer::sum);
        ServiceSpec spec = application.services().get(service);
        if (spec != null && !promised.contains(service)) {
            reservations.add(node, Reservations.needs(spec));
        }
    }

    /// Instances can only be where their volumes are: nothing else takes their room there.
    private void promise(String service, ServiceSpec spec) {
        Optional<String> home = home(spec);
        if (home.isPresent() && promised.add(service)) {
            reservations.add(home.get(), Reservations.needs(spec).times(missing(service, spec)));
        }
    }

    private int missing(String service, ServiceSpec spec) {
        int here = instances.getOrDefault(service, Map.of()).values().stream()
                .mapToInt(Integer::intValue)
                .sum();
        return Math.max(0, spec.scale() - here);
    }

    private Optional<String> home(ServiceSpec spec) {
        return spec.volumeNames().stream()
                .flatMap(volume -> Optional.ofNullable(volumes.get(volume)).stream())
                .findFirst();
    }

    /// The node for a volume that is to be made: where the other volumes of its services are, else the least loaded
    /// one that suits all of them.
    Optional<String> volume(String name) {
        List<ServiceSpec> users = application.usersOf(name);
        Optional<String> beside =
                users.stream().flatMap(spec -> home(spec).stream()).findFirst();
        Optional<String> chosen = beside.or(() -> target(users, ""));
        chosen.ifPresent(node -> {
            volumes.put(name, node);
            load.merge(node, 1, Integer::sum);
            application.services().forEach(this::promise);
        });
        return chosen;
    }

    /// The place for one more instance of a service; empty if there is none.
    Optional<Place> instance(String service, ServiceSpec spec) {
        return instance(service, spec, "");
    }

    /// The same on another node than `not`.
    Optional<Place> instance(String service, ServiceSpec spec, String not) {
        return chosen(
                service,
                spec,
                candidates(service, spec).stream()
                        .filter(node -> !node.name().equals(not))
                        .toList());
    }

    /// The same on `node` or not at all.
    Optional<Place> instanceOn(String service, ServiceSpec spec, String node) {
        return chosen(
                service,
                spec,
                candidates(service, spec).stream()
                        .filter(candidate -> candidate.name().equals(node))
                        .toList());
    }

    private Optional<Place> chosen(String service, ServiceSpec spec, List<Node> suitable) {
        if (suitable.isEmpty()) {
            return Optional.empty();
        }
        List<Node> left = suitable;
        List<String> rules = new ArrayList<>();
        for (Rule rule : rules(service, spec.placement())) {
            int least = left.stream().mapToInt(rule.weight()).min().orElse(0);
            List<Node> best = left.stream()
                    .filter(node -> rule.weight().applyAsInt(node) == least)
                    .toList();
            if (best.size() < left.size()) {
                rules.add(rule.name());
            }
            left = best;
        }
        String node = left.getFirst().name();
        var place = new Place(node, because(spec, suitable.size(), rules));
        count(service, node);
        return Optional.of(place);
    }

    private List<Rule> rules(String service, PlacementSpec placement) {
        List<Rule> rules = new ArrayList<>();
        for (String label : placement.spread()) {
            rules.add(new Rule("spread over node.labels." + label, node -> alike(service, label, node)));
        }
        rules.add(new Rule("fewest instances of the service", node -> on(service, node.name())));
        rules.add(new Rule("fewest instances and volumes", node -> load.getOrDefault(node.name(), 0)));
        return rules;
    }

    /// @param decisive the rules that told the suitable nodes apart
    private String because(ServiceSpec spec, int suitable, List<String> decisive) {
        Optional<String> data =
                spec.volumeNames().stream().filter(volumes::containsKey).findFirst();
        if (data.isPresent()) {
            return "data of volume " + data.get() + " is here";
        }
        if (spec.placement().global()) {
            boolean pinned = !spec.placement().pins().isEmpty();
            return pinned
                    ? "pinned by deployment file"
                    : spec.placement().perCore() ? "one for each core of every node" : "one on every node";
        }
        List<String> reasons = new ArrayList<>();
        if (!spec.placement().pins().isEmpty()) {
            reasons.add("pinned by deployment file");
        }
        spec.placement().constraints().forEach(constraint -> reasons.add("constraint " + constraint));
        reasons.addAll(decisive);
        if (reasons.isEmpty()) {
            reasons.add(suitable == 1 ? "the only node that suits" : "first by name");
        }
        return String.join(", ", reasons);
    }

    /// The least loaded node that services can go to with their volumes, other than the one they are on.
    Optional<String> target(Collection<ServiceSpec> specs, String from) {
        return state.nodes().values().stream()
                .filter(node ->
                        !node.name().equals(from) && objection(specs, node).isEmpty())
                .map(Node::name)
                .min(byLoad());
    }

    /// Why there is no such node, node by node.
    String objections(Collection<ServiceSpec> specs, String from) {
        List<String> objections = new ArrayList<>();
        for (Node node : state.nodes().values()) {
            if (!node.name().equals(from)) {
                objection(specs, node).ifPresent(why -> objections.add("node " + node.name() + " " + why));
            }
        }
        return objections.isEmpty() ? "there is only " + from : String.join(", ", objections);
    }

    private Optional<String> objection(Collection<ServiceSpec> specs, Node node) {
        return node.availability() == Node.Availability.DRAINED
                ? Optional.of("is drained")
                : specs.stream()
                        .flatMap(spec -> node.objection(spec.placement()).stream())
                        .findFirst()
                        .or(() -> lacksRoom(specs, node));
    }

    /// Why a node has no room for services with all their instances; empty if it has.
    Optional<String> lacksRoom(Collection<ServiceSpec> specs, Node node) {
        Node.Capacity all = specs.stream()
                .map(spec -> Reservations.needs(spec).times(spec.scale()))
                .reduce(Node.Capacity.NONE, Node.Capacity::plus);
        return reservations.objection(node, all);
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
            if (home == null) {
                return Optional.of("does not have its volume " + volume + ", which is nowhere yet");
            }
            if (!home.equals(node.name())) {
                return Optional.of("does not have its volume " + volume + ", which is on " + home);
            }
        }
        if (spec.volumeNames().isEmpty() && node.availability() == Node.Availability.DRAINED) {
            return Optional.of("is drained");
        }
        PlacementSpec placement = spec.placement();
        int here = on(service, node.name());
        if (placement.global() && here > 0 && here >= node.everywhere(placement)) {
            return Optional.of(placement.perCore() ? "has its " + here + ", one for each core" : "has its instance");
        }
        if (placement.maxPerNode() > 0 && here >= placement.maxPerNode()) {
            return Optional.of("has " + here + " instances of it, which is the most");
        }
        Integer pinned = placement.pins().get(node.name());
        if (pinned != null && here >= pinned) {
            return Optional.of("has the " + here + " instances of it that the deployment file says");
        }
        return node.objection(placement)
                .or(() -> promised.contains(service)
                        ? Optional.empty()
                        : reservations.objection(node, Reservations.needs(spec)));
    }

    /// Nodes that a service is to be on, it or what shares its volumes, and that have not joined yet.
    List<String> absent(ServiceSpec spec) {
        return application.services().values().stream()
                .filter(other -> other.equals(spec)
                        || spec.volumeNames().stream()
                                .anyMatch(volume -> !volumes.containsKey(volume)
                                        && other.volumeNames().contains(volume)))
                .flatMap(other -> other.placement().pins().keySet().stream())
                .filter(node -> !state.nodes().containsKey(node))
                .distinct()
                .sorted()
                .toList();
    }

    /// How many instances of a service have to wait until those nodes have joined.
    int awaiting(ServiceSpec spec) {
        if (spec.placement().global() || absent(spec).isEmpty()) {
            return 0;
        }
        boolean withoutData = spec.volumeNames().stream().anyMatch(volume -> !volumes.containsKey(volume));
        return withoutData
                ? spec.scale()
                : absent(spec).stream()
                        .mapToInt(node -> spec.placement().pins().getOrDefault(node, 0))
                        .sum();
    }

    /// Whether a volume cannot be made before such nodes have joined: one of its services cannot be anywhere else.
    boolean awaitsNode(String volume) {
        return application.services().values().stream()
                .filter(spec -> spec.volumeNames().contains(volume))
                .map(spec -> spec.placement().pins().keySet())
                .anyMatch(pins -> !pins.isEmpty() && pins.stream().noneMatch(state.nodes()::containsKey));
    }

    /// What a node lacks for all that is reserved on it; empty if nothing.
    Optional<String> overfull(Node node) {
        return reservations.overfull(node);
    }

    /// What runs goes on being reserved for, though it is to go.
    void keep(String node, ServiceSpec spec) {
        reservations.add(node, Reservations.needs(spec));
    }

    private int on(String service, String node) {
        return instances.getOrDefault(service, Map.of()).getOrDefault(node, 0);
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
