package io.flocker.core.cluster;

import io.flocker.core.ledger.Holding;
import io.flocker.core.ledger.Ledger;
import io.flocker.core.ledger.Standing;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Instance;
import io.flocker.core.model.Node;
import io.flocker.core.model.Volume;
import io.flocker.core.placement.Alike;
import io.flocker.core.placement.Considered;
import io.flocker.core.placement.Reasons;
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
    /// Of the emptiest nodes that suit and have nothing of the service, so many are compared at most: with thousands of
    /// nodes, a better one among the others is not worth the time.
    private static final int MOST_LOOKED_AT = 32;

    /// To tell why, the next ones are looked at, so many, and so many that have the service already.
    private static final int MOST_RIVALS = 4;

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

    /// As [#chosen] of all nodes. They are looked at in the order of the points that they have before anything of the
    /// service is there: once no other one can have fewer, the others need no look.
    private Optional<Place> emptiest(String service, ServiceSpec spec, String not) {
        Optional<Node> best = Optional.empty();
        List<Node> looked = new ArrayList<>();
        long fewest = Long.MAX_VALUE;
        int others = 0;
        int further = 0;
        for (Ledger.Rank rank : ranks(true)) {
            boolean decided = fewest <= scorer.fewest(rank.fullness()) || others == MOST_LOOKED_AT;
            if (decided && ++further > MOST_RIVALS) {
                break;
            }
            Optional<Node> node = suited(service, spec, not, rank.node());
            node.ifPresent(looked::add);
            if (!decided && node.isPresent()) {
                others += on(service, rank.node()) == 0 ? 1 : 0;
                long points = scorer.points(facts(service, List.of(), node.get()));
                best = points < fewest ? node : best;
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

    /// The last ones looked at, some that have instances of the service, and the last that would be.
    private List<Node> rivals(String service, ServiceSpec spec, String not, List<Node> looked) {
        List<Node> rivals =
                new ArrayList<>(looked.subList(Math.max(0, looked.size() - 2 * MOST_RIVALS), looked.size()));
        int most = rivals.size() + MOST_RIVALS;
        for (String fellow : instances.getOrDefault(service, Map.of()).keySet()) {
            if (rivals.size() == most) {
                break;
            }
            suited(service, spec, not, fellow).ifPresent(rivals::add);
        }
        for (Ledger.Rank rank : ranks(false)) {
            Optional<Node> last = suited(service, spec, not, rank.node());
            if (last.isPresent()) {
                rivals.add(last.get());
                break;
            }
        }
        return rivals;
    }

    private Optional<Node> suited(String service, ServiceSpec spec, String not, String name) {
        return Optional.ofNullable(state.nodes().get(name)).filter(node -> isSuited(service, spec, node, not));
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
        List<Scorer.Facts> others = new ArrayList<>();
        for (Node rival : rivals) {
            if (!rival.equals(best)) {
                others.add(facts(service, alike.at(rival), rival));
            }
        }
        List<String> decisive = scorer.decisive(facts(service, alike.at(best), best), others, labels);
        return Reasons.of(spec, volumes.keySet(), others.isEmpty(), decisive);
    }

    private Alike alike(String service, ServiceSpec spec) {
        return new Alike(spec.placement().spread(), instances.getOrDefault(service, Map.of()), state.nodes());
    }

    private Scorer.Facts facts(String service, List<Integer> alike, Node node) {
        Standing standing = reservations.standing(node.name());
        return new Scorer.Facts(
                alike,
                on(service, node.name()),
                standing.takenPercent(),
                standing.held().count(),
                true);
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
