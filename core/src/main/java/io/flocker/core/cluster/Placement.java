package io.flocker.core.cluster;

import io.flocker.core.ledger.Holding;
import io.flocker.core.ledger.Ledger;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Instance;
import io.flocker.core.model.Node;
import io.flocker.core.model.Volume;
import io.flocker.core.placement.Alike;
import io.flocker.core.placement.Considered;
import io.flocker.core.placement.Score;
import io.flocker.core.placement.Scorer;
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
import java.util.stream.Stream;

/// Where an environment's volumes and instances go. Data attracts its service; everything else is spread: over the
/// values of the labels the service names, then over nodes, then to where least is, as [Scorer] weighs it. A node has
/// room for what is reserved there. What was placed is counted, so that one placement takes the next into account.
public final class Placement {
    /// Of the emptiest nodes that suit and have nothing of the service, so many are compared: with thousands of nodes,
    /// a better one among the others is not worth the time.
    private static final int MOST_LOOKED_AT = 32;

    /// To tell why, so many of those are compared, and so many that have the service already.
    private static final int MOST_FELLOWS = 10;

    private final ClusterState state;
    private final ApplicationSpec application;
    private final Reservations reservations;
    private final Scorer scorer;
    /// Services whose missing instances have their reservation already, where their volumes are.
    private final Set<String> promised = new TreeSet<>();
    /// Instances by service of this environment and node.
    private final Map<String, Map<String, Integer>> instances = new TreeMap<>();
    /// Nodes by volume name.
    private final Map<String, String> volumes = new TreeMap<>();

    private Placement(ClusterState state, Environment environment, ApplicationSpec application) {
        this.state = state;
        this.application = application;
        Map<String, Holding> holdings = new TreeMap<>();
        for (Instance instance : environment.instances().values()) {
            if (instance.desired() != Instance.Desired.STOP) {
                ServiceSpec spec = application.services().get(instance.service());
                Node.Capacity needs = spec == null ? Node.Capacity.NONE : Reservations.needs(spec);
                holdings.merge(instance.node(), new Holding(1, needs), Holding::plus);
                instances
                        .computeIfAbsent(instance.service(), _ -> new TreeMap<>())
                        .merge(instance.node(), 1, Integer::sum);
            }
        }
        reservations = Reservations.of(state, environment.name(), holdings);
        scorer = new Scorer(state.balance().settings().packs());
    }

    /// A node, and the rules that chose it, in words.
    record Place(String node, String by) {}

    /// Placement of what `application` declares, beside all that is placed already.
    public static Placement of(ClusterState state, Environment environment, ApplicationSpec application) {
        var placement = new Placement(state, environment, application);
        environment
                .volumes()
                .forEach((name, id) -> state.volume(id)
                        .filter(volume -> volume.state() == Volume.State.ACTIVE)
                        .ifPresent(volume ->
                                placement.volumes.put(name, volume.head().primary())));
        application.services().forEach(placement::promise);
        return placement;
    }

    private void count(String service, String node) {
        instances.computeIfAbsent(service, _ -> new TreeMap<>()).merge(node, 1, Integer::sum);
        ServiceSpec spec = application.services().get(service);
        boolean reserved = spec == null || promised.contains(service);
        reservations.count(node, reserved ? Node.Capacity.NONE : Reservations.needs(spec));
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
        if (spec.mounts().isEmpty()) {
            return Optional.empty();
        }
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
        Optional<String> chosen = beside.or(() -> target(users, "", List.of()));
        chosen.ifPresent(node -> {
            volumes.put(name, node);
            reservations.count(node, Node.Capacity.NONE);
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
        PlacementSpec placement = spec.placement();
        boolean alike = placement.spread().isEmpty()
                && !placement.global()
                && field(spec).isEmpty();
        return alike
                ? emptiest(service, spec, not)
                : chosen(
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
                Optional.ofNullable(state.nodes().get(node)).stream()
                        .filter(candidate -> objection(service, spec, candidate).isEmpty())
                        .toList());
    }

    /// As [#chosen] of all nodes. They are looked at in the order of how many instances and volumes they have: once no
    /// other one can have fewer points, the others need no look.
    private Optional<Place> emptiest(String service, ServiceSpec spec, String not) {
        Optional<Node> best = Optional.empty();
        List<Node> looked = new ArrayList<>();
        long fewest = Long.MAX_VALUE;
        int others = 0;
        for (Ledger.Rank rank : ranks(true)) {
            if (fewest <= scorer.fewest(rank.count()) || others == MOST_LOOKED_AT) {
                break;
            }
            Node node = state.nodes().get(rank.node());
            if (node != null && isSuited(service, spec, node, not)) {
                looked.add(node);
                others += on(service, node.name()) == 0 ? 1 : 0;
                long points = scorer.points(facts(service, List.of(), node));
                best = points < fewest ? Optional.of(node) : best;
                fewest = Math.min(points, fewest);
            }
        }
        Optional<Place> place = best.map(
                node -> new Place(node.name(), because(service, spec, node, rivals(service, spec, not, looked))));
        place.ifPresent(it -> count(service, it.node()));
        return place;
    }

    /// @param best whether those come first that are best by their number of instances and volumes
    private Collection<Ledger.Rank> ranks(boolean best) {
        return scorer.packs() == best ? reservations.ranks().descendingSet() : reservations.ranks();
    }

    /// Those looked at, some that have instances of the service, and the last that would be.
    private List<Node> rivals(String service, ServiceSpec spec, String not, List<Node> looked) {
        Stream<String> fellows = instances.getOrDefault(service, Map.of()).keySet().stream();
        Stream<String> last = ranks(false).stream().map(Ledger.Rank::node);
        return Stream.of(
                        looked.stream().limit(MOST_FELLOWS),
                        suited(service, spec, not, fellows).limit(MOST_FELLOWS),
                        suited(service, spec, not, last).limit(1))
                .flatMap(nodes -> nodes)
                .toList();
    }

    private Stream<Node> suited(String service, ServiceSpec spec, String not, Stream<String> names) {
        return names.flatMap(name -> Optional.ofNullable(state.nodes().get(name)).stream())
                .filter(node -> isSuited(service, spec, node, not));
    }

    /// Whether nothing is to be said against a node ([#objection]) for a service that is told neither where nor
    /// how often it is to be anywhere.
    private boolean isSuited(String service, ServiceSpec spec, Node node, String not) {
        return node.availability() == Node.Availability.ACTIVE
                && on(service, node.name()) < spec.placement().most(node.name())
                && (promised.contains(service) || reservations.fits(node, Reservations.needs(spec)))
                && node.objection(spec.placement()).isEmpty()
                && !node.name().equals(not);
    }

    private Optional<Place> chosen(String service, ServiceSpec spec, List<Node> suitable) {
        Alike alike = alike(service, spec);
        Optional<Node> best = suitable.stream()
                .min(Comparator.comparingLong(node -> scorer.points(facts(service, alike.at(node), node))));
        Optional<Place> place = best.map(node -> new Place(node.name(), because(service, spec, node, suitable)));
        place.ifPresent(it -> count(service, it.node()));
        return place;
    }

    private String because(String service, ServiceSpec spec, Node best, List<Node> rivals) {
        List<String> labels = spec.placement().spread();
        Alike alike = alike(service, spec);
        List<Score> others = rivals.stream()
                .filter(node -> !node.equals(best))
                .map(node -> scorer.score(facts(service, alike.at(node), node), labels))
                .toList();
        Score chosen = scorer.score(facts(service, alike.at(best), best), labels);
        return because(spec, others.isEmpty() ? 1 : 2, Score.decisive(chosen, others));
    }

    private Alike alike(String service, ServiceSpec spec) {
        return new Alike(spec.placement().spread(), instances.getOrDefault(service, Map.of()), state.nodes());
    }

    private Scorer.Facts facts(String service, List<Integer> alike, Node node) {
        int busy = state.balance().busy().getOrDefault(node.name(), 0);
        int taken = Scorer.takenPercent(node, reservations.on(node.name()), busy);
        return new Scorer.Facts(alike, on(service, node.name()), taken, reservations.count(node.name()), true);
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

    /// The node that services should go to with their volumes, other than the one they are on.
    ///
    /// @param near nodes that have replicas of the volumes
    Optional<String> target(Collection<ServiceSpec> specs, String from, Collection<String> near) {
        return ranks(true).stream()
                .flatMap(rank -> Optional.ofNullable(state.nodes().get(rank.node())).stream())
                .filter(node ->
                        !node.name().equals(from) && objection(specs, node).isEmpty())
                .limit(MOST_LOOKED_AT)
                .min(Comparator.comparingLong(node -> scorer.points(guest(node, near))))
                .map(Node::name);
    }

    /// A node as one that something comes to with its volumes.
    private Scorer.Facts guest(Node node, Collection<String> near) {
        Scorer.Facts facts = facts("", List.of(), node);
        boolean replica = near.isEmpty() || near.contains(node.name());
        return new Scorer.Facts(facts.alike(), 0, facts.takenPercent(), facts.count(), replica);
    }

    /// Every node as one for an instance of a service, best first; if it has volumes, as one to move to with them.
    ///
    /// @param near nodes that have replicas of them
    public List<Considered> considered(String service, ServiceSpec spec, Collection<String> near) {
        List<Considered> all = new ArrayList<>();
        Alike alike = alike(service, spec);
        Optional<String> home = home(spec);
        for (Node node : state.nodes().values()) {
            boolean moves = home.isPresent() && !home.get().equals(node.name());
            Optional<String> objection = moves ? objection(List.of(spec), node) : objection(service, spec, node);
            Scorer.Facts facts = home.isPresent() ? guest(node, near) : facts(service, alike.at(node), node);
            Score score = scorer.score(
                    facts, home.isPresent() ? List.of() : spec.placement().spread());
            all.add(new Considered(node.name(), objection, objection.isPresent() ? new Score(List.of()) : score));
        }
        all.sort(Comparator.<Considered, Boolean>comparing(
                        node -> node.objection().isPresent())
                .thenComparingLong(node -> node.score().points()));
        return List.copyOf(all);
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

    /// Why there is no node for one more instance of a service, node by node.
    String objections(String service, ServiceSpec spec) {
        List<String> objections = new ArrayList<>();
        for (Node node : state.nodes().values()) {
            objection(service, spec, node).ifPresent(why -> objections.add("node " + node.name() + " " + why));
        }
        return String.join(", ", objections);
    }

    private List<Node> candidates(String service, ServiceSpec spec) {
        Collection<Node> all = state.nodes().values();
        Stream<Node> some = field(spec)
                .map(names -> names.stream()
                        .flatMap(name -> Optional.ofNullable(state.nodes().get(name)).stream()))
                .orElseGet(all::stream);
        return some.filter(node -> objection(service, spec, node).isEmpty()).toList();
    }

    /// The only nodes that a service may be on, by name; empty if any may suit.
    private Optional<Collection<String>> field(ServiceSpec spec) {
        if (!spec.volumeNames().isEmpty()) {
            return Optional.of(home(spec).stream().toList());
        }
        if (!spec.placement().pins().isEmpty()) {
            return Optional.of(spec.placement().pins().keySet());
        }
        return spec.placement().node().map(List::of);
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
}
