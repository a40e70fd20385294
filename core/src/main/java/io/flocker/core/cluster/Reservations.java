package io.flocker.core.cluster;

import io.flocker.core.amount.BinaryUnit;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Instance;
import io.flocker.core.model.Node;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Release;
import io.flocker.core.model.Service;
import io.flocker.core.spec.ServiceSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What is set aside on each node: for the instances that are there, and for those that an operation is about to bring
/// or may have to bring back.
public final class Reservations {
    private final Map<String, Node.Capacity> byNode = new TreeMap<>();

    private Reservations() {}

    /// Of all environments.
    public static Reservations of(ClusterState state) {
        return of(state, "");
    }

    /// Of all environments but `without`.
    static Reservations of(ClusterState state, String without) {
        var reservations = new Reservations();
        for (Environment environment : state.environments().values()) {
            if (!environment.name().equals(without)) {
                reservations.add(environment);
                state.running(environment.name()).ifPresent(operation -> reservations.add(environment, operation));
            }
        }
        return reservations;
    }

    private void add(Environment environment) {
        for (Instance instance : environment.instances().values()) {
            if (instance.desired() != Instance.Desired.STOP) {
                add(instance.node(), needs(environment, instance));
            }
        }
    }

    /// As much as its release needs, or the one that is about to take its place.
    private static Node.Capacity needs(Environment environment, Instance instance) {
        ServiceSpec coming = environment.application().services().get(instance.service());
        Node.Capacity then = coming == null ? Node.Capacity.NONE : needs(coming);
        return environment
                .service(instance.service())
                .flatMap(service -> service.release(instance.release()))
                .map(Release::spec)
                .map(Reservations::needs)
                .orElse(Node.Capacity.NONE)
                .orMore(then);
    }

    /// What a move has on one side is set aside on the other as well: it may have to go back.
    private void add(Environment environment, Operation operation) {
        if (operation.kind() instanceof Operation.Kind.Move move) {
            for (Instance instance : environment.instances().values()) {
                if (move.services().contains(instance.service())) {
                    add(instance.node().equals(move.to()) ? move.from() : move.to(), needs(environment, instance));
                }
            }
        }
        if (operation.kind() instanceof Operation.Kind.Replace replace
                && operation.phase() == Operation.Phase.PREPARE) {
            Optional<Node.Capacity> needs =
                    environment.service(replace.service()).map(Service::spec).map(Reservations::needs);
            for (Operation.Replacement coming : replace.instances().values()) {
                needs.ifPresent(one -> add(coming.node(), one));
            }
        }
    }

    static Node.Capacity needs(ServiceSpec spec) {
        return new Node.Capacity(
                spec.resources().reservedMilliCpus(), spec.resources().reservedMemoryBytes());
    }

    void add(String node, Node.Capacity more) {
        byNode.merge(node, more, Node.Capacity::plus);
    }

    public Node.Capacity on(String node) {
        return byNode.getOrDefault(node, Node.Capacity.NONE);
    }

    /// Why a node has no room for as much as `needs` beside all the rest; empty if it has.
    Optional<String> objection(Node node, Node.Capacity needs) {
        if (needs.equals(Node.Capacity.NONE)) {
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
