package io.flocker.core.ledger;

import io.flocker.core.model.Environment;
import io.flocker.core.model.Instance;
import io.flocker.core.model.Node;
import io.flocker.core.model.Node.Capacity;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Release;
import io.flocker.core.model.Volume;
import io.flocker.core.spec.ServiceSpec;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.pcollections.TreePMap;
import org.pcollections.TreePSet;

/// How much each node has, and what is changing each environment: what everybody would count anew for every decision.
/// Immutable; each change of the state costs what it touches, whatever the size of the cluster. Follows from the rest
/// of the state, so that it is not stored, and all ledgers are equal: states differ by what theirs follow from.
public final class Ledger {
    public static final Ledger EMPTY =
            new Ledger(TreePMap.empty(), TreePMap.empty(), TreePSet.empty(), TreePMap.empty(), TreePMap.empty(), 0);

    private final TreePMap<String, Map<String, Holding>> environments;
    private final TreePMap<String, Standing> nodes;
    private final TreePSet<Rank> ranks;
    private final TreePMap<String, TreePMap<String, Operation>> running;
    private final TreePMap<String, Operation> bringing;
    private final int underWay;

    /// A node among all, the emptiest first.
    ///
    /// @param fullness its instances and volumes, and one for each hundredth of it that is taken: in these
    ///     proportions the scorer weighs them
    /// @param count its instances and volumes
    public record Rank(int fullness, int count, String node) implements Comparable<Rank> {
        static Rank of(String node, Standing standing) {
            int count = standing.held().count();
            return new Rank(count + standing.takenPercent(), count, node);
        }

        @Override
        public int compareTo(Rank other) {
            int order = Integer.compare(fullness, other.fullness);
            order = order == 0 ? Integer.compare(count, other.count) : order;
            return order == 0 ? node.compareTo(other.node) : order;
        }
    }

    /// @param environments what each has on each node
    /// @param nodes how full each is by what all have there, volumes included; also of nodes with nothing
    /// @param ranks of the same nodes
    /// @param running the running operations by environment, by id
    /// @param bringing those of them that set something aside beside what is there, by id
    /// @param underWay how many there are in `running`
    private Ledger(
            TreePMap<String, Map<String, Holding>> environments,
            TreePMap<String, Standing> nodes,
            TreePSet<Rank> ranks,
            TreePMap<String, TreePMap<String, Operation>> running,
            TreePMap<String, Operation> bringing,
            int underWay) {
        this.environments = environments;
        this.nodes = nodes;
        this.ranks = ranks;
        this.running = running;
        this.bringing = bringing;
        this.underWay = underWay;
    }

    /// Counts everything.
    ///
    /// @param busy how much of a node is really used, in percent
    public static Ledger of(
            Collection<Node> nodes,
            Collection<Environment> environments,
            Collection<Volume> volumes,
            Collection<Operation> operations,
            Map<String, Integer> busy) {
        Ledger ledger = EMPTY.busy(Map.of(), busy);
        for (Node node : nodes) {
            ledger = ledger.with(node);
        }
        for (Environment environment : environments) {
            ledger = ledger.after(Optional.empty(), environment);
        }
        for (Volume volume : volumes) {
            ledger = ledger.after(Optional.empty(), Optional.of(volume));
        }
        for (Operation operation : operations) {
            ledger = ledger.with(operation);
        }
        return ledger;
    }

    /// With a node as it is now; it may have nothing yet.
    public Ledger with(Node node) {
        return with(node.name(), standing(node.name()).with(node.capacity()));
    }

    /// With a node that has left: what is on it still counts.
    public Ledger withoutNode(String node) {
        return with(node, standing(node).with(Capacity.NONE));
    }

    /// With nodes as busy as they are now.
    ///
    /// @param before how much of a node was really used, in percent; of others nothing
    /// @param now how much of it is
    public Ledger busy(Map<String, Integer> before, Map<String, Integer> now) {
        Ledger next = this;
        for (String calm : before.keySet()) {
            next = now.containsKey(calm)
                    ? next
                    : next.with(calm, next.standing(calm).busy(0));
        }
        for (var entry : now.entrySet()) {
            next = next.with(entry.getKey(), next.standing(entry.getKey()).busy(entry.getValue()));
        }
        return next;
    }

    /// With an environment as it is now.
    ///
    /// @param before what it was; empty if it is new
    public Ledger after(Optional<Environment> before, Environment now) {
        boolean same = before.filter(it -> it.instances() == now.instances()
                        && it.services() == now.services()
                        && it.application() == now.application())
                .isPresent();
        return same ? this : with(now.name(), held(now));
    }

    /// Without an environment.
    public Ledger without(String environment) {
        return with(environment, Map.of());
    }

    /// With other holdings of an environment. What is as it was costs a comparison.
    ///
    /// @param holdings by node
    public Ledger with(String environment, Map<String, Holding> holdings) {
        Map<String, Holding> former = environments.getOrDefault(environment, Map.of());
        if (holdings.equals(former)) {
            return this;
        }
        Map<String, Holding> touched = new TreeMap<>(holdings);
        former.keySet().forEach(node -> touched.putIfAbsent(node, Holding.NOTHING));
        Ledger next = this;
        for (var entry : touched.entrySet()) {
            Holding before = former.getOrDefault(entry.getKey(), Holding.NOTHING);
            if (!entry.getValue().equals(before)) {
                next = next.with(
                        entry.getKey(), next.on(entry.getKey()).minus(before).plus(entry.getValue()));
            }
        }
        TreePMap<String, Map<String, Holding>> all =
                holdings.isEmpty() ? environments.minus(environment) : environments.plus(environment, holdings);
        return new Ledger(all, next.nodes, next.ranks, running, bringing, underWay);
    }

    private static Map<String, Holding> held(Environment environment) {
        Map<String, Holding> held = new TreeMap<>();
        for (Instance instance : environment.instances().values()) {
            boolean goes = instance.desired() == Instance.Desired.STOP;
            held.merge(
                    instance.node(),
                    new Holding(1, goes ? Capacity.NONE : needs(environment, instance)),
                    Holding::plus);
        }
        return Collections.unmodifiableMap(held);
    }

    /// With a volume as it is now: those that are about to go do not count.
    ///
    /// @param before what it was; empty if it is new
    /// @param now empty if it is gone
    public Ledger after(Optional<Volume> before, Optional<Volume> now) {
        Optional<String> from = before.flatMap(Ledger::home);
        Optional<String> to = now.flatMap(Ledger::home);
        if (from.equals(to)) {
            return this;
        }
        var one = new Holding(1, Capacity.NONE);
        Ledger left = from.map(node -> with(node, on(node).minus(one))).orElse(this);
        return to.map(node -> left.plus(node, one)).orElse(left);
    }

    private static Optional<String> home(Volume volume) {
        return volume.state() == Volume.State.ACTIVE ? Optional.of(volume.head().primary()) : Optional.empty();
    }

    /// With an operation as it is now.
    public Ledger with(Operation operation) {
        TreePMap<String, Operation> its = running.getOrDefault(operation.environment(), TreePMap.empty());
        TreePMap<String, Operation> next =
                operation.running() ? its.plus(operation.id(), operation) : its.minus(operation.id());
        boolean brings = operation.running()
                && (operation.kind() instanceof Operation.Kind.Move
                        || operation.kind() instanceof Operation.Kind.Replace);
        return new Ledger(
                environments,
                nodes,
                ranks,
                next.isEmpty() ? running.minus(operation.environment()) : running.plus(operation.environment(), next),
                brings ? bringing.plus(operation.id(), operation) : bringing.minus(operation.id()),
                underWay + next.size() - its.size());
    }

    /// With so much more on a node.
    public Ledger plus(String node, Holding more) {
        return with(node, on(node).plus(more));
    }

    private Ledger with(String node, Holding holding) {
        return with(node, standing(node).with(holding));
    }

    private Ledger with(String node, Standing now) {
        Standing before = nodes.get(node);
        if (now.equals(before)) {
            return this;
        }
        TreePSet<Rank> ranked = ranks;
        Rank rank = Rank.of(node, now);
        Rank former = before == null ? null : Rank.of(node, before);
        if (!rank.equals(former)) {
            ranked = (former == null ? ranked : ranked.minus(former)).plus(rank);
        }
        return new Ledger(environments, nodes.plus(node, now), ranked, running, bringing, underWay);
    }

    /// What a node has.
    public Holding on(String node) {
        return standing(node).held();
    }

    /// How full a node is.
    public Standing standing(String node) {
        Standing known = nodes.get(node);
        return known == null ? Standing.NOTHING : known;
    }

    /// Nodes, the emptiest first: all of the cluster, and such that have left it.
    public TreePSet<Rank> ranks() {
        return ranks;
    }

    /// The operation that is changing an environment now, the first by id.
    public Optional<Operation> running(String environment) {
        TreePMap<String, Operation> its = running.get(environment);
        return its == null ? Optional.empty() : Optional.of(its.firstEntry().getValue());
    }

    /// How many operations are running.
    public int underWay() {
        return underWay;
    }

    /// The running operations that set something aside beside what is there.
    public Collection<Operation> bringing() {
        return bringing.values();
    }

    /// As much as an instance's release needs, or the one that is about to take its place.
    public static Capacity needs(Environment environment, Instance instance) {
        ServiceSpec coming = environment.application().services().get(instance.service());
        Capacity then = coming == null ? Capacity.NONE : needs(coming);
        return environment
                .service(instance.service())
                .flatMap(service -> service.release(instance.release()))
                .map(Release::spec)
                .map(Ledger::needs)
                .orElse(Capacity.NONE)
                .orMore(then);
    }

    /// What is set aside for one instance.
    public static Capacity needs(ServiceSpec spec) {
        return new Capacity(
                spec.resources().reservedMilliCpus(), spec.resources().reservedMemoryBytes());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Ledger;
    }

    @Override
    public int hashCode() {
        return 0;
    }

    @Override
    public String toString() {
        return "Ledger";
    }
}
