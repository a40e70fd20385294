package io.flocker.agent.converge;

import io.flocker.agent.converge.Meter.Counted;
import io.flocker.agent.engine.ContainerEngine;
import io.flocker.agent.load.LoadMeter;
import io.flocker.agent.load.VolumeSpace;
import io.flocker.agent.volume.VolumeDriver;
import io.flocker.core.load.Measurement;
import io.flocker.core.plan.Assignment;
import io.flocker.core.plan.Assignment.WantedInstance;
import io.flocker.core.plan.Found;
import io.flocker.core.plan.Observed.Answered;
import io.flocker.core.plan.Observed.Load;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is counted of instances that try a release, and of those whose number follows their load. The proxy and the
/// control groups are asked once a period, however often this node is looked at. How busy everything is is measured
/// less often, for whoever looks at it or balances it. One thread's, but for the measurement, which another one takes.
final class Counters implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Counters.class);

    /// How busy everything is is measured this often.
    static final long LOAD_NANOS = 5_000_000_000L;

    private final Edges edges;
    private final Supplier<VolumeDriver.Capacity> capacity;
    private final VolumeSpace space;
    private final LoadMeter load;
    private final AtomicReference<@Nullable Measurement> measurement = new AtomicReference<>();
    private final Meter meter = new Meter();
    private final Set<String> uncounted = new HashSet<>();
    private TreePMap<String, Answered> answered = TreePMap.empty();
    private TreePMap<String, Load> loads = TreePMap.empty();
    private long countedAtNanos = System.nanoTime();
    private long loadedAtNanos = countedAtNanos - LOAD_NANOS;

    /// @param capacity of the pool, as it was last seen
    Counters(Edges edges, Supplier<VolumeDriver.Capacity> capacity) {
        this.edges = edges;
        this.capacity = capacity;
        space = new VolumeSpace(edges.volumes());
        load = new LoadMeter(space::usedBytes);
    }

    /// Counts again if it is time.
    ///
    /// @param containers by instance
    void count(Assignment assignment, TreePMap<String, Found> containers) {
        Set<String> weighed =
                instances(assignment, instance -> instance.weight().orElse(0) > 0);
        Set<String> measured = instances(assignment, WantedInstance::measured);
        long now = System.nanoTime();
        boolean idle = weighed.isEmpty() && measured.isEmpty();
        if (now - loadedAtNanos >= LOAD_NANOS) {
            loadedAtNanos = now;
            measure(assignment, containers, now);
        }
        if (!idle && now - countedAtNanos < Agent.PERIOD_MILLIS * 1_000_000) {
            return;
        }
        countedAtNanos = now;
        Set<String> all = new HashSet<>(weighed);
        all.addAll(measured);
        TreePMap<String, Answered> counted = edges.router().answered(all);
        answered = only(counted, weighed);
        loads = meter.measure(counted(measured, counted, containers), now);
    }

    private void measure(Assignment assignment, TreePMap<String, Found> containers, long now) {
        TreePMap<String, Answered> answers =
                edges.router().handled(assignment.instances().keySet());
        space.follow(assignment.volumes().keySet());
        var counted = new HashMap<String, LoadMeter.Counted>();
        for (Found found : containers.values()) {
            if (found.running()) {
                long requests =
                        answers.getOrDefault(found.key(), Answered.NOTHING).requests();
                use(found).ifPresent(use -> counted.put(found.key(), new LoadMeter.Counted(found.id(), use, requests)));
            }
        }
        VolumeDriver.Capacity pool = capacity.get();
        load.measure(assignment, counted, pool.totalBytes() - pool.freeBytes(), now)
                .ifPresent(measurement::set);
    }

    private Optional<ContainerEngine.Use> use(Found found) {
        try {
            return edges.engine().use(found.id());
        } catch (IOException e) {
            // Most of all because it has just ended.
            log.atDebug()
                    .addKeyValue("instance", found.key())
                    .addKeyValue("reason", e.getMessage())
                    .log("No load");
            return Optional.empty();
        }
    }

    /// What was measured and has not been delivered.
    Optional<Measurement> measurement() {
        return Optional.ofNullable(measurement.get());
    }

    /// This has arrived, and need not be told again.
    void delivered(Optional<Measurement> told) {
        told.ifPresent(arrived -> measurement.compareAndSet(arrived, null));
    }

    @Override
    public void close() {
        space.close();
    }

    private static Set<String> instances(Assignment assignment, Predicate<WantedInstance> some) {
        return assignment.instances().values().stream()
                .filter(some)
                .map(WantedInstance::key)
                .collect(Collectors.toSet());
    }

    private static TreePMap<String, Answered> only(TreePMap<String, Answered> counted, Set<String> some) {
        TreePMap<String, Answered> only = counted;
        for (String instance : counted.keySet()) {
            only = some.contains(instance) ? only : only.minus(instance);
        }
        return only;
    }

    private Map<String, Counted> counted(
            Set<String> measured, TreePMap<String, Answered> answers, TreePMap<String, Found> containers) {
        var counted = new HashMap<String, Counted>();
        for (String instance : measured) {
            Found found = containers.get(instance);
            if (found != null && found.running()) {
                long requests = answers.getOrDefault(instance, Answered.NOTHING).requests();
                cpuNanos(found).ifPresent(nanos -> counted.put(instance, new Counted(found.id(), requests, nanos)));
            }
        }
        uncounted.retainAll(containers.values().stream().map(Found::id).collect(Collectors.toSet()));
        return counted;
    }

    /// One whose CPU time cannot be told is not measured: the leader then stops none of its service.
    private OptionalLong cpuNanos(Found found) {
        try {
            return edges.engine().cpuNanos(found.id());
        } catch (IOException e) {
            if (uncounted.add(found.id())) {
                log.atWarn()
                        .addKeyValue("instance", found.key())
                        .addKeyValue("reason", e.getMessage())
                        .log("Cannot tell how busy an instance is");
            }
            return OptionalLong.empty();
        }
    }

    TreePMap<String, Answered> answered() {
        return answered;
    }

    TreePMap<String, Load> loads() {
        return loads;
    }
}
