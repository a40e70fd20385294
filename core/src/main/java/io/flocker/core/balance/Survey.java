package io.flocker.core.balance;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.MoveChanges;
import io.flocker.core.cluster.Reservations;
import io.flocker.core.ledger.Ledger;
import io.flocker.core.load.ClusterLoad;
import io.flocker.core.load.NodeLoad;
import io.flocker.core.load.Usage;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Instance;
import io.flocker.core.model.Node;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Service;
import io.flocker.core.model.Volume;
import io.flocker.core.spec.ServiceSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/// Looks at what is where, and how much of each node it takes. What is on its way counts as if it had arrived.
final class Survey {
    /// Other programs may take all but so much of a node.
    private static final double LEAST_ROOM = 0.1;

    private static final double MILLI = 1_000;

    private final ClusterState state;
    private final ClusterLoad load;
    private final Learnt learnt;
    private final Predicate<String> isResting;
    private final List<Node> nodes;
    private final Map<String, Integer> indices = new TreeMap<>();
    private final List<Unit> units = new ArrayList<>();
    private final Burden[] fixed;
    private final Map<String, Operation> running = new TreeMap<>();

    /// @param takesPart which nodes count
    /// @param isResting what may not move again yet, by [Unit#key]
    private Survey(
            ClusterState state,
            ClusterLoad load,
            Learnt learnt,
            Predicate<Node> takesPart,
            Predicate<String> isResting) {
        this.state = state;
        this.load = load;
        this.learnt = learnt;
        this.isResting = isResting;
        nodes = state.nodes().values().stream().filter(takesPart).toList();
        fixed = new Burden[nodes.size()];
        for (int i = 0; i < nodes.size(); i++) {
            indices.put(nodes.get(i).name(), i);
            fixed[i] = Burden.NOTHING;
        }
        state.operations().values().stream()
                .filter(Operation::running)
                .forEach(operation -> running.put(operation.environment(), operation));
    }

    static Scene of(
            ClusterState state,
            ClusterLoad load,
            Learnt learnt,
            Predicate<Node> takesPart,
            Predicate<String> isResting) {
        var survey = new Survey(state, load, learnt, takesPart, isResting);
        for (Environment environment : state.environments().values()) {
            survey.withVolumes(environment);
            survey.withoutVolumes(environment);
        }
        state.volumes().values().forEach(survey::replicas);
        return new Scene(survey.sites(), survey.units);
    }

    private void withVolumes(Environment environment) {
        Set<String> seen = new TreeSet<>();
        for (var entry : environment.volumes().entrySet()) {
            Volume volume = state.volumes().get(entry.getValue());
            if (volume == null || volume.state() != Volume.State.ACTIVE || seen.contains(entry.getKey())) {
                continue;
            }
            var together = MoveChanges.together(environment, Set.of(), Set.of(entry.getKey()));
            seen.addAll(together.volumeNames());
            seen.add(entry.getKey());
            group(environment, together);
        }
    }

    private void group(Environment environment, MoveChanges.Together together) {
        List<Volume> volumes = together.volumes(state, environment);
        Operation operation = running.get(environment.name());
        String home = volumes.getFirst().head().primary();
        if (operation != null
                && operation.kind() instanceof Operation.Kind.Move move
                && move.volumes().contains(volumes.getFirst().id())) {
            home = move.to();
        }
        Integer site = indices.get(home);
        if (site == null) {
            return;
        }
        Burden burden = Burden.NOTHING;
        Node.Capacity needs = Node.Capacity.NONE;
        long bytes = 0;
        List<ServiceSpec> specs = specs(environment, together.services());
        int instances = 0;
        for (Volume volume : volumes) {
            long stored = (long) Burden.sane(load.volume(volume.id()).diskBytes());
            bytes += stored;
            burden = burden.plus(Burden.stored(stored));
        }
        for (Instance instance : environment.instances().values()) {
            if (together.services().contains(instance.service()) && instance.desired() != Instance.Desired.STOP) {
                Node.Capacity reserved = reserved(environment, instance.service());
                burden = burden.plus(burden(environment, instance, reserved, site));
                needs = needs.plus(reserved);
                instances++;
            }
        }
        burden = instances > 0 ? burden : burden.plus(new Burden(0, 0, 0, 1));
        var unit = new Unit(
                environment.name(),
                List.copyOf(together.services()),
                specs,
                volumes,
                "",
                site,
                burden,
                needs,
                bytes,
                instances > 0,
                operation == null && volumes.stream().allMatch(Survey::isSettled) && isComplete(specs, together));
        add(unit);
    }

    private void add(Unit unit) {
        boolean free = unit.free() && !isResting.test(unit.key());
        units.add(free == unit.free() ? unit : unit.resting());
    }

    private static boolean isComplete(List<ServiceSpec> specs, MoveChanges.Together together) {
        return specs.size() == together.services().size()
                && specs.stream().noneMatch(spec -> spec.placement().global());
    }

    /// Whether no replica of it is on its way, or to be given up.
    private static boolean isSettled(Volume volume) {
        return volume.replicas().rejoining().isEmpty()
                && volume.replicas().blocked().isEmpty()
                && volume.copies().entrySet().stream()
                        .allMatch(copy -> copy.getValue() == Volume.Copy.REPLICA
                                && volume.replicas().tips().containsKey(copy.getKey()));
    }

    private static List<ServiceSpec> specs(Environment environment, Set<String> services) {
        return services.stream()
                .filter(environment.application().services()::containsKey)
                .map(environment.application().services()::get)
                .toList();
    }

    private void withoutVolumes(Environment environment) {
        Operation operation = running.get(environment.name());
        Map<String, String> coming = new TreeMap<>();
        Set<String> fresh = new TreeSet<>();
        if (operation != null && operation.kind() instanceof Operation.Kind.Replace replace) {
            replace.instances().forEach((going, replacement) -> {
                coming.put(going, replacement.node());
                fresh.add(Instance.name(replace.service(), replacement.slot()));
            });
        }
        for (Instance instance : environment.instances().values()) {
            ServiceSpec spec = environment.application().services().get(instance.service());
            boolean counts = spec != null
                    && spec.volumeNames().isEmpty()
                    && instance.desired() != Instance.Desired.STOP
                    && !fresh.contains(instance.name());
            Integer site = indices.get(coming.getOrDefault(instance.name(), instance.node()));
            if (!counts || site == null) {
                continue;
            }
            Node.Capacity reserved = reserved(environment, instance.service());
            boolean free = operation == null
                    && !spec.placement().global()
                    && instance.desired() == Instance.Desired.RUN
                    && instance.succeeds().isEmpty()
                    && !instance.held();
            add(new Unit(
                    environment.name(),
                    List.of(instance.service()),
                    List.of(spec),
                    List.of(),
                    instance.name(),
                    site,
                    burden(environment, instance, reserved, site),
                    reserved,
                    0,
                    true,
                    free));
        }
    }

    private static Node.Capacity reserved(Environment environment, String service) {
        return environment
                .service(service)
                .map(Service::spec)
                .map(Ledger::needs)
                .orElse(Node.Capacity.NONE);
    }

    private Burden burden(Environment environment, Instance instance, Node.Capacity reserved, int site) {
        Usage usage = learnt.of(environment.name() + "/" + instance.name());
        return Burden.of(usage, reserved).atMost(total(nodes.get(site)));
    }

    private void replicas(Volume volume) {
        double bytes = Burden.sane(load.volume(volume.id()).diskBytes());
        volume.copies().forEach((node, copy) -> {
            Integer site = indices.get(node);
            if (site != null && copy == Volume.Copy.REPLICA) {
                fixed[site] = fixed[site].plus(Burden.stored((long) bytes));
            }
        });
    }

    /// What a node has, as far as that is known: as if all were alike, where it is not.
    private Burden total(Node node) {
        NodeLoad said = load.node(node.name());
        double cores =
                node.capacity().milliCpus() > 0 ? node.capacity().milliCpus() / MILLI : Burden.sane(said.cores());
        double memory =
                node.capacity().memoryBytes() > 0 ? node.capacity().memoryBytes() : Burden.sane(said.memoryBytes());
        double pool = Burden.sane(said.poolBytes());
        return new Burden(
                cores > 0 ? cores : 1,
                memory > 0 ? memory : Long.MAX_VALUE,
                pool > 0 ? pool : Long.MAX_VALUE,
                cores > 0 ? cores : 1);
    }

    private List<Site> sites() {
        Burden[] ours = fixed.clone();
        for (Unit unit : units) {
            ours[unit.site()] = ours[unit.site()].plus(unit.burden());
        }
        Reservations reservations = Reservations.of(state);
        List<Site> sites = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            Node node = nodes.get(i);
            NodeLoad said = load.node(node.name());
            Burden total = total(node);
            boolean known = Burden.sane(said.memoryBytes()) > 0;
            boolean pooled = Burden.sane(said.poolBytes()) > 0;
            sites.add(new Site(
                    node,
                    total,
                    room(total, said, ours[i]),
                    fixed[i],
                    node.capacity().minus(reservations.on(node.name())),
                    known ? said.memoryBytes() - Burden.sane(said.used().memoryBytes()) : -1,
                    pooled ? Math.min(said.poolBytes(), Burden.sane(said.poolFreeBytes())) : -1));
        }
        return sites;
    }

    /// Without what others take.
    private static Burden room(Burden total, NodeLoad said, Burden ours) {
        return new Burden(
                left(total.cpuCores(), said.used().cpuCores() - ours.cpuCores()),
                left(total.memoryBytes(), said.used().memoryBytes() - ours.memoryBytes()),
                total.diskBytes(),
                total.number());
    }

    private static double left(double total, double others) {
        return Math.max(LEAST_ROOM * total, total - Burden.sane(others));
    }
}
