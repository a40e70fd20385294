package io.flocker.core.balance;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.load.ClusterLoad;
import io.flocker.core.load.Usage;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Instance;
import java.util.Map;
import java.util.TreeMap;

/// What instances use in the long run: what was measured, evened out over minutes. One that has just come to a node
/// counts as before, or as its fellows, until it has settled. Nothing of it changes once it is made; a later leader
/// learns anew.
///
/// @param instances by [io.flocker.core.plan.Found#key]
/// @param services what one instance uses on average, by environment and service
/// @param atMillis when it was last measured
record Learnt(Map<String, Known> instances, Map<String, Usage> services, long atMillis) {
    static final Learnt NOTHING = new Learnt(Map.of(), Map.of(), 0);

    /// An instance that has just come somewhere does not yet show what it uses.
    static final long SETTLING_MILLIS = 300_000;

    /// What is measured now counts as much as all before after so long.
    private static final double EVENED_OVER_MILLIS = 300_000;

    /// Of an instance.
    ///
    /// @param sinceMillis since when it is on that node
    record Known(String node, long sinceMillis, Usage usage) {}

    /// With what is measured now.
    Learnt after(ClusterState state, ClusterLoad load, long nowMillis) {
        double part = 1 - Math.exp(-Math.abs(nowMillis - atMillis) / EVENED_OVER_MILLIS);
        Map<String, Known> next = new TreeMap<>();
        Map<String, Usage> sums = new TreeMap<>();
        Map<String, Integer> counts = new TreeMap<>();
        for (Environment environment : state.environments().values()) {
            for (Instance instance : environment.instances().values()) {
                String key = environment.name() + "/" + instance.name();
                String service = environment.name() + "/" + instance.service();
                Known known = next(key, service, instance.node(), load.instance(key), part, nowMillis);
                next.put(key, known);
                sums.merge(service, known.usage(), Usage::plus);
                counts.merge(service, 1, Integer::sum);
            }
        }
        sums.replaceAll((service, sum) -> Usage.NOTHING.towards(sum, 1.0 / counts.getOrDefault(service, 1)));
        return new Learnt(next, sums, nowMillis);
    }

    private Known next(String key, String service, String node, Usage measured, double part, long nowMillis) {
        Known before = instances.get(key);
        if (before == null || !before.node().equals(node)) {
            Usage usage = before != null ? before.usage() : services.getOrDefault(service, sane(measured));
            return new Known(node, nowMillis, usage);
        }
        boolean settled = Math.abs(nowMillis - before.sinceMillis()) >= SETTLING_MILLIS;
        boolean first = before.usage().equals(Usage.NOTHING);
        if (!settled && !first) {
            return before;
        }
        return new Known(
                node,
                before.sinceMillis(),
                first ? sane(measured) : before.usage().towards(sane(measured), part));
    }

    private static Usage sane(Usage usage) {
        return new Usage(
                Burden.sane(usage.cpuCores()),
                (long) Burden.sane(usage.memoryBytes()),
                (long) Burden.sane(usage.diskBytes()),
                (long) Burden.sane(usage.ioBytesPerSecond()),
                (long) Burden.sane(usage.networkBytesPerSecond()),
                Burden.sane(usage.requestsPerSecond()));
    }

    /// What an instance uses in the long run; nothing if that is not known.
    Usage of(String key) {
        Known known = instances.get(key);
        return known == null ? Usage.NOTHING : known.usage();
    }
}
