package io.flocker.core.load;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.pcollections.TreePMap;

/// Makes one picture of what nodes measure: each figure is a mean over the last minutes in which what is older counts
/// less (exponentially weighted), but space on disks is what it is now. Knows no clock: times are given. One owner's.
public final class Smoother {
    /// What is so much older than now counts about a third.
    public static final long TIME_CONSTANT_MILLIS = 120_000;

    /// A node that says nothing for so long is not known any more; when it is back, it begins anew. So does one whose
    /// time jumps.
    public static final long SILENT_MILLIS = 60_000;

    /// What was said of something, and since when without a gap.
    private record Since(long sinceMillis, long atMillis) {}

    private ClusterLoad load = ClusterLoad.UNKNOWN;
    private final Map<String, Since> since = new TreeMap<>();
    /// Which node spoke last of an instance or a volume: of what moves, the other one does before this one is silent.
    private final Map<String, String> speakers = new TreeMap<>();
    private final Map<String, TreePMap<String, Usage>> instances = new TreeMap<>();
    private final Map<String, TreePMap<String, Usage>> volumes = new TreeMap<>();

    /// Takes what a node measured.
    ///
    /// @param poolBytes the size of its pool
    /// @param poolFreeBytes what is left of it
    /// @param isThere whether an instance, by its key, or a volume, by its id, is on this node: what it says of
    ///     others does not count
    /// @param nowMillis of one clock for all nodes
    public void hear(
            String node,
            Measurement measured,
            long poolBytes,
            long poolFreeBytes,
            Predicate<String> isThere,
            long nowMillis) {
        double weight = weight("node " + node, nowMillis);
        NodeLoad before = load.node(node);
        var now = new NodeLoad(
                mean(before.used(), measured.used(), weight),
                measured.cores(),
                measured.memoryBytes(),
                poolBytes,
                poolFreeBytes,
                mean(before.pressureCpu(), measured.pressureCpu(), weight),
                mean(before.pressureMemory(), measured.pressureMemory(), weight),
                mean(before.pressureIo(), measured.pressureIo(), weight),
                weight == 1 ? nowMillis : before.sinceMillis(),
                nowMillis);
        load = new ClusterLoad(
                load.nodes().plus(node, now),
                follow(load.instances(), instances, node, measured.instances(), isThere, nowMillis),
                follow(load.volumes(), volumes, node, measured.volumes(), isThere, nowMillis));
    }

    /// @param known what each node said last
    private TreePMap<String, Usage> follow(
            TreePMap<String, Usage> all,
            Map<String, TreePMap<String, Usage>> known,
            String node,
            TreePMap<String, Usage> measured,
            Predicate<String> isThere,
            long nowMillis) {
        TreePMap<String, Usage> next = all;
        for (String gone : known.getOrDefault(node, TreePMap.empty()).keySet()) {
            if (!measured.containsKey(gone) && speakers.remove(gone, node)) {
                next = next.minus(gone);
                since.remove(gone);
            }
        }
        TreePMap<String, Usage> own = TreePMap.empty();
        for (var entry : measured.entrySet()) {
            if (isThere.test(entry.getKey())) {
                double weight = weight(entry.getKey(), nowMillis);
                Usage before = next.getOrDefault(entry.getKey(), Usage.NOTHING);
                next = next.plus(entry.getKey(), mean(before, entry.getValue(), weight));
                own = own.plus(entry.getKey(), entry.getValue());
                speakers.put(entry.getKey(), node);
            }
        }
        known.put(node, own);
        return next;
    }

    /// How much what is said now counts: all of it at first, then as much as all that was said before, until that is
    /// as old as the time constant.
    private double weight(String subject, long nowMillis) {
        Since before = since.get(subject);
        long gap = before == null ? Long.MAX_VALUE : nowMillis - before.atMillis();
        if (before == null || gap < 0 || gap > SILENT_MILLIS) {
            since.put(subject, new Since(nowMillis, nowMillis));
            return 1;
        }
        since.put(subject, new Since(before.sinceMillis(), nowMillis));
        long age = Math.min(nowMillis - before.sinceMillis() + gap, TIME_CONSTANT_MILLIS);
        return age == 0 ? 1 : Math.min(1, (double) gap / age);
    }

    /// What is stored is not evened out: it is what it is.
    private static Usage mean(Usage before, Usage now, double weight) {
        return before.towards(now, weight).storing(now.diskBytes());
    }

    private static double mean(double before, double now, double weight) {
        return before + (now - before) * weight;
    }

    /// How busy everything is. Nodes that have been silent for too long are forgotten, with what was on them.
    public ClusterLoad load(long nowMillis) {
        List<String> silent = load.nodes().entrySet().stream()
                .filter(entry -> Math.abs(nowMillis - entry.getValue().atMillis()) > SILENT_MILLIS)
                .map(Map.Entry::getKey)
                .toList();
        silent.forEach(this::forget);
        return load;
    }

    private void forget(String node) {
        since.remove("node " + node);
        load = new ClusterLoad(
                load.nodes().minus(node),
                without(load.instances(), instances, node),
                without(load.volumes(), volumes, node));
    }

    private TreePMap<String, Usage> without(
            TreePMap<String, Usage> all, Map<String, TreePMap<String, Usage>> known, String node) {
        TreePMap<String, Usage> its = known.getOrDefault(node, TreePMap.empty());
        known.remove(node);
        TreePMap<String, Usage> left = all;
        for (String gone : its.keySet()) {
            if (speakers.remove(gone, node)) {
                since.remove(gone);
                left = left.minus(gone);
            }
        }
        return left;
    }
}
