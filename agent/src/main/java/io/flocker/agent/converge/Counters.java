package io.flocker.agent.converge;

import io.flocker.agent.converge.Meter.Counted;
import io.flocker.core.plan.Assignment;
import io.flocker.core.plan.Assignment.WantedInstance;
import io.flocker.core.plan.Found;
import io.flocker.core.plan.Observed.Answered;
import io.flocker.core.plan.Observed.Load;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.pcollections.TreePMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is counted of instances that try a release, and of those whose number follows their load. The proxy and the
/// control groups are asked once a period, however often this node is looked at; nobody is asked if there are none.
/// One thread's.
final class Counters {
    private static final Logger log = LoggerFactory.getLogger(Counters.class);

    private final Edges edges;
    private final Meter meter = new Meter();
    private final Set<String> uncounted = new HashSet<>();
    private TreePMap<String, Answered> answered = TreePMap.empty();
    private TreePMap<String, Load> loads = TreePMap.empty();
    private long countedAtNanos = System.nanoTime();

    Counters(Edges edges) {
        this.edges = edges;
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
