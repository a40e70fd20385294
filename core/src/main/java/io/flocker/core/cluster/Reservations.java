package io.flocker.core.cluster;

import io.flocker.core.amount.BinaryUnit;
import io.flocker.core.ledger.Holding;
import io.flocker.core.ledger.Ledger;
import io.flocker.core.ledger.Standing;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Instance;
import io.flocker.core.model.Node;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Service;
import io.flocker.core.spec.ServiceSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.pcollections.TreePSet;

/// What is set aside on each node: for the instances that are there, and for those that an operation is about to bring
/// or may have to bring back.
public final class Reservations {
    private Ledger ledger;

    private Reservations(Ledger ledger) {
        this.ledger = ledger;
    }

    /// Of all environments.
    public static Reservations of(ClusterState state) {
        return of(state, "", Map.of());
    }

    /// Of all environments, one of which holds something else than it does in `state`.
    ///
    /// @param holdings of that one, by node
    static Reservations of(ClusterState state, String other, Map<String, Holding> holdings) {
        var reservations = new Reservations(state.ledger().with(other, holdings));
        for (Operation operation : state.ledger().bringing()) {
            if (!operation.environment().equals(other)) {
                state.environment(operation.environment())
                        .ifPresent(environment -> reservations.add(environment, operation));
            }
        }
        return reservations;
    }

    /// What a move has on one side is set aside on the other as well: it may have to go back.
    private void add(Environment environment, Operation operation) {
        if (operation.kind() instanceof Operation.Kind.Move move) {
            for (Instance instance : environment.instances().values()) {
                if (move.services().contains(instance.service())) {
                    String other = instance.node().equals(move.to()) ? move.from() : move.to();
                    add(other, Ledger.needs(environment, instance));
                }
            }
        }
        if (operation.kind() instanceof Operation.Kind.Replace replace
                && operation.phase() == Operation.Phase.PREPARE) {
            Optional<Node.Capacity> needs =
                    environment.service(replace.service()).map(Service::spec).map(Ledger::needs);
            for (Operation.Replacement coming : replace.instances().values()) {
                needs.ifPresent(one -> add(coming.node(), one));
            }
        }
    }

    static Node.Capacity needs(ServiceSpec spec) {
        return Ledger.needs(spec);
    }

    void add(String node, Node.Capacity more) {
        ledger = more.equals(Node.Capacity.NONE) ? ledger : ledger.plus(node, new Holding(0, more));
    }

    /// One more instance or volume is there, for which so much is set aside.
    void count(String node, Node.Capacity needs) {
        ledger = ledger.plus(node, new Holding(1, needs));
    }

    /// How full a node is.
    Standing standing(String node) {
        return ledger.standing(node);
    }

    /// Nodes, the emptiest first; some may have left the cluster.
    TreePSet<Ledger.Rank> ranks() {
        return ledger.ranks();
    }

    public Node.Capacity on(String node) {
        return ledger.on(node).reserved();
    }

    /// Whether a node has room for as much as `needs` beside all the rest.
    boolean fits(Node node, Node.Capacity needs) {
        Node.Capacity all = node.capacity();
        Node.Capacity taken = on(node.name());
        return needs.equals(Node.Capacity.NONE)
                || (!all.equals(Node.Capacity.NONE)
                        && (needs.memoryBytes() == 0 || needs.memoryBytes() <= all.memoryBytes() - taken.memoryBytes())
                        && (needs.milliCpus() == 0 || needs.milliCpus() <= all.milliCpus() - taken.milliCpus()));
    }

    /// Why a node has no room for as much as `needs` beside all the rest; empty if it has.
    Optional<String> objection(Node node, Node.Capacity needs) {
        if (fits(node, needs)) {
            return Optional.empty();
        }
        Node.Capacity all = node.capacity();
        if (all.equals(Node.Capacity.NONE)) {
            return Optional.of("has not said yet how large it is");
        }
        Node.Capacity free = all.minus(on(node.name()));
        List<String> missing = new ArrayList<>();
        if (needs.memoryBytes() > 0 && needs.memoryBytes() > free.memoryBytes()) {
            missing.add("memory: " + bytes(free.memoryBytes()) + " free of " + bytes(all.memoryBytes()) + ", needs "
                    + bytes(needs.memoryBytes()));
        }
        if (needs.milliCpus() > 0 && needs.milliCpus() > free.milliCpus()) {
            missing.add("CPUs: " + cpus(free.milliCpus()) + " free of " + cpus(all.milliCpus()) + ", needs "
                    + cpus(needs.milliCpus()));
        }
        return missing.isEmpty() ? Optional.empty() : Optional.of("lacks " + String.join(" and ", missing));
    }

    /// What a node lacks for all that is reserved on it; empty if nothing, or if it has not said what it has.
    Optional<String> overfull(Node node) {
        Node.Capacity all = on(node.name());
        boolean fits = node.capacity().memoryBytes() >= all.memoryBytes()
                && node.capacity().milliCpus() >= all.milliCpus();
        return fits || node.capacity().equals(Node.Capacity.NONE)
                ? Optional.empty()
                : Optional.of("has " + bytes(node.capacity().memoryBytes()) + " of memory and "
                        + cpus(node.capacity().milliCpus()) + " CPUs, and all on it would reserve "
                        + bytes(all.memoryBytes()) + " and " + cpus(all.milliCpus()));
    }

    private static String bytes(long amount) {
        long shown = Math.max(0, amount);
        BinaryUnit unit = BinaryUnit.of(shown);
        boolean whole = shown % unit.bytes() == 0;
        return (whole ? Long.toString(shown / unit.bytes()) : unit.number(shown)) + " " + unit.symbol();
    }

    private static String cpus(long milliCpus) {
        long shown = Math.max(0, milliCpus);
        return shown % 1_000 == 0
                ? Long.toString(shown / 1_000)
                : String.format(Locale.ROOT, "%.3f", shown / 1_000.0).replaceFirst("0+$", "");
    }
}
