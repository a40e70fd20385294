package io.flocker.verify.sim.balance;

import io.flocker.core.balance.BalanceMove;
import io.flocker.core.balance.BalancePlan;
import io.flocker.core.balance.BalanceSettings;
import io.flocker.core.balance.Balancer;
import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.cluster.Planned;
import io.flocker.core.load.ClusterLoad;
import io.flocker.core.load.NodeLoad;
import io.flocker.core.load.Usage;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Instance;
import io.flocker.core.model.Node;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Snapshot;
import io.flocker.core.model.Volume;
import io.flocker.core.plan.Observed;
import io.flocker.core.plan.Sighting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.pcollections.TreePMap;

/// A cluster whose load is known and noisy, and whose leader spreads it: the real state and the real balancer, with
/// moves that take as long as their data. Virtual time; one seed.
final class BalanceSimulation {
    static final long GIB = 1L << 30;
    static final long MINUTE_MILLIS = 60_000;
    static final long HOUR_MILLIS = 60 * MINUTE_MILLIS;

    private static final long STEP_MILLIS = 20_000;
    private static final double COPIED_PER_MILLI = 50_000;
    private static final long MOVE_MILLIS = 8_000;
    private static final double SMOOTHED_OVER_MILLIS = 180_000;
    private static final int CORES = 8;

    final SplittableRandom random;
    final Balancer balancer = new Balancer();
    final List<Planned.Shift> shifts = new ArrayList<>();
    /// When each of them began.
    final List<Long> shiftedAt = new ArrayList<>();
    /// Nodes that say nothing now.
    final List<String> silent = new ArrayList<>();
    /// How much more than the truth a node says of all that is on it.
    final Map<String, Double> lies = new TreeMap<>();
    /// Whether moves fail.
    boolean moveFails;
    /// How much measured load differs from the truth at most, up and down.
    double noise = 0.3;

    ClusterState state = ClusterState.EMPTY;
    /// Virtual time since the beginning; the leader's clock may differ.
    long elapsedMillis;
    /// How far the leader's clock is off.
    long clockMillis = 1_000_000_000_000L;

    private final Map<String, Usage> truth = new TreeMap<>();
    private final Map<String, Usage> smoothed = new TreeMap<>();
    private final Map<String, Long> endsAt = new TreeMap<>();

    BalanceSimulation(long seed) {
        random = new SplittableRandom(seed);
    }

    long now() {
        return clockMillis + elapsedMillis;
    }

    void join(String node) {
        join(node, CORES, 32 * GIB);
    }

    void join(String node, int cores, long memoryBytes) {
        accept(new Command.AddNode(
                "test",
                now(),
                node,
                node + ".example",
                TreePMap.empty(),
                node,
                new Node.Capacity(cores * 1_000L, memoryBytes)));
    }

    void set(BalanceSettings settings) {
        accept(new Command.SetBalance("test", now(), settings, Optional.empty()));
    }

    /// The usual settings, but by itself, with enough moves an hour that a day shows how it ends.
    static BalanceSettings auto() {
        BalanceSettings usual = BalanceSettings.USUAL;
        return new BalanceSettings(
                true,
                usual.packs(),
                usual.movesAtOnce(),
                usual.movesPerHour(),
                usual.bytesPerSecond(),
                usual.patienceMillis(),
                usual.quiet());
    }

    /// An environment with one service that has data, or several instances of one that has none.
    void deploy(String name, boolean withData, int scale, Usage each) {
        String operation = "deploy-" + name;
        accept(new Command.Deploy(
                "test",
                now(),
                operation,
                now() + HOUR_MILLIS,
                name,
                Applications.of(withData, scale),
                TreePMap.empty(),
                OptionalLong.empty()));
        accept(new Command.Advance(now(), operation, Operation.Phase.PREPARE));
        accept(new Command.Finish(now(), operation, Operation.State.DONE, ""));
        truth.put(name, each);
        start(name);
    }

    private void start(String name) {
        List<String> waiting = environment(name).instances().values().stream()
                .filter(instance -> instance.desired() == Instance.Desired.PREPARE)
                .map(Instance::name)
                .toList();
        if (!waiting.isEmpty()) {
            accept(new Command.StartInstances(now(), name, waiting));
        }
    }

    private Environment environment(String name) {
        return state.environment(name).orElseThrow();
    }

    /// Some random services, two of three with data.
    void deployRandomly(int count) {
        for (int i = 0; i < count; i++) {
            boolean withData = i % 3 != 0;
            var usage = new Usage(
                    random.nextDouble(0.05, 0.6),
                    (long) (random.nextDouble(0.1, 2) * GIB),
                    withData ? (long) (random.nextDouble(0.1, 8) * GIB) : 0,
                    0,
                    0,
                    0);
            deploy("e" + i, withData, withData ? 1 : random.nextInt(1, 4), usage);
        }
    }

    void accept(Command command) {
        switch (state.after(command)) {
            case Outcome.Accepted accepted -> state = accepted.state();
            case Outcome.Refused refused -> throw new AssertionError(refused.message() + ": " + command);
        }
    }

    void runFor(long millis) {
        long end = elapsedMillis + millis;
        while (elapsedMillis < end) {
            step();
        }
    }

    private void step() {
        elapsedMillis += STEP_MILLIS;
        measure();
        for (Command command : balancer.decide(state, sightings(), load(), now())) {
            accept(command);
            if (command instanceof Planned.Shift shift) {
                shifts.add(shift);
                shiftedAt.add(elapsedMillis);
                endsAt.put(shift.move().operation(), elapsedMillis + MOVE_MILLIS + copying(shift));
            }
        }
        for (var due : new TreeMap<>(endsAt).entrySet()) {
            if (due.getValue() <= elapsedMillis) {
                endsAt.remove(due.getKey());
                end(state.operation(due.getKey()).orElseThrow());
            }
        }
    }

    private long copying(Planned.Shift shift) {
        return (long) (truth.get(shift.move().environment()).diskBytes() / COPIED_PER_MILLI);
    }

    private void end(Operation operation) {
        if (moveFails) {
            accept(new Command.Finish(now(), operation.id(), Operation.State.FAILED, "no route to host"));
            return;
        }
        while (phase(operation.id()).compareTo(Operation.Phase.START) < 0) {
            confirm();
            accept(new Command.Advance(now(), operation.id(), phase(operation.id())));
        }
        start(operation.environment());
        // What cannot go on, such as to a node that takes nothing any more, goes back or has ended by itself.
        Operation.State how =
                phase(operation.id()) == Operation.Phase.UNDO ? Operation.State.FAILED : Operation.State.DONE;
        if (state.operation(operation.id()).filter(Operation::running).isPresent()) {
            accept(new Command.Finish(now(), operation.id(), how, how == Operation.State.DONE ? "" : "went back"));
        }
        settle(operation.environment());
    }

    private Operation.Phase phase(String operation) {
        return state.operation(operation).orElseThrow().phase();
    }

    private void confirm() {
        List<Command.Taken> taken = state.volumes().values().stream()
                .flatMap(volume -> volume.snapshots().values().stream())
                .filter(snapshot -> snapshot.state() == Snapshot.State.REQUESTED)
                .map(snapshot -> new Command.Taken(snapshot.id(), now(), 0))
                .toList();
        if (!taken.isEmpty()) {
            accept(new Command.ConfirmSnapshots(now(), taken));
        }
    }

    /// What a move has left goes.
    private void settle(String name) {
        List<String> gone = environment(name).instances().values().stream()
                .filter(instance -> instance.desired() == Instance.Desired.STOP)
                .map(Instance::name)
                .toList();
        if (!gone.isEmpty()) {
            accept(new Command.ForgetInstances(now(), name, gone));
        }
        for (String id : environment(name).volumes().values()) {
            Volume volume = state.volume(id).orElseThrow();
            volume.copies().forEach((node, copy) -> {
                if (copy == Volume.Copy.DROP) {
                    accept(new Command.ForgetCopies(now(), node, List.of(id)));
                }
            });
        }
    }

    /// Something else goes on in an environment of its own.
    ///
    /// @return the operation
    String upgrade(String name) {
        String operation = "upgrade-" + state.version();
        accept(new Command.Deploy(
                "test",
                now(),
                operation,
                now() + HOUR_MILLIS,
                name,
                Applications.of(false, 1),
                TreePMap.empty(),
                OptionalLong.empty()));
        return operation;
    }

    /// It is done.
    void endUpgrade(String operation) {
        accept(new Command.Advance(now(), operation, Operation.Phase.PREPARE));
        accept(new Command.Finish(now(), operation, Operation.State.DONE, ""));
    }

    private void measure() {
        double part = 1 - Math.exp(-STEP_MILLIS / SMOOTHED_OVER_MILLIS);
        for (Environment environment : state.environments().values()) {
            Usage real = truth.get(environment.name());
            for (Instance instance : environment.instances().values()) {
                String key = environment.name() + "/" + instance.name();
                double factor = 1 + random.nextDouble(-1, 1) * noise;
                Usage before = smoothed.getOrDefault(key, Usage.NOTHING);
                Usage now = real == null ? Usage.NOTHING : real;
                smoothed.put(
                        key,
                        new Usage(
                                before.cpuCores() + (now.cpuCores() * factor - before.cpuCores()) * part,
                                (long) (before.memoryBytes()
                                        + (now.memoryBytes() * factor - before.memoryBytes()) * part),
                                0,
                                0,
                                0,
                                0));
            }
        }
    }

    ClusterLoad load() {
        TreePMap<String, Usage> instances = TreePMap.empty();
        TreePMap<String, Usage> volumes = TreePMap.empty();
        Map<String, Usage> byNode = new TreeMap<>();
        for (Environment environment : state.environments().values()) {
            for (Instance instance : environment.instances().values()) {
                String key = environment.name() + "/" + instance.name();
                double lie = lies.getOrDefault(instance.node(), 1.0);
                Usage said = times(smoothed.getOrDefault(key, Usage.NOTHING), lie);
                instances = instances.plus(key, said);
                byNode.merge(instance.node(), said, Usage::plus);
            }
            for (String id : environment.volumes().values()) {
                Volume volume = state.volume(id).orElseThrow();
                long bytes = truth.containsKey(environment.name())
                        ? truth.get(environment.name()).diskBytes()
                        : 0;
                var stored = new Usage(0, 0, bytes, 0, 0, 0);
                volumes = volumes.plus(id, stored);
                byNode.merge(volume.head().primary(), stored, Usage::plus);
            }
        }
        TreePMap<String, NodeLoad> nodes = TreePMap.empty();
        for (Node node : state.nodes().values()) {
            Usage used = byNode.getOrDefault(node.name(), Usage.NOTHING);
            nodes = nodes.plus(node.name(), said(node, used));
        }
        return new ClusterLoad(nodes, instances, volumes);
    }

    private static Usage times(Usage usage, double factor) {
        return new Usage(usage.cpuCores() * factor, (long) (usage.memoryBytes() * factor), usage.diskBytes(), 0, 0, 0);
    }

    private NodeLoad said(Node node, Usage used) {
        long pool = 200 * GIB;
        double cores = node.capacity().milliCpus() / 1_000.0;
        return new NodeLoad(
                used, cores, node.capacity().memoryBytes(), pool, pool - used.diskBytes(), 0, 0, 0, 0, now());
    }

    TreePMap<String, Sighting> sightings() {
        TreePMap<String, Sighting> sightings = TreePMap.empty();
        for (String node : state.nodes().keySet()) {
            if (!silent.contains(node)) {
                sightings = sightings.plus(
                        node,
                        new Sighting(Observed.NOTHING, true, List.of(), List.of(), TreePMap.empty(), List.of(), now()));
            } else {
                sightings = sightings.plus(node, Sighting.none(now() - HOUR_MILLIS));
            }
        }
        return sightings;
    }

    BalancePlan plan() {
        return balancer.plan(state, sightings(), load(), now());
    }

    /// How far the node that is furthest from its even share is from it.
    double deviation() {
        return plan().before().values().stream()
                .mapToDouble(load -> Math.abs(load - 1))
                .max()
                .orElse(0);
    }

    /// How many moves began between two moments, each since the beginning.
    long moves(long fromMillis, long toMillis) {
        return shiftedAt.stream()
                .filter(at -> at >= fromMillis && at < toMillis)
                .count();
    }

    /// How many moves are under way.
    long underWay() {
        return state.operations().values().stream()
                .filter(operation ->
                        operation.running() && operation.startedBy().equals(BalanceMove.BY))
                .count();
    }
}
