package io.flocker.core.balance;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.load.ClusterLoad;
import io.flocker.core.load.NodeLoad;
import io.flocker.core.model.Node;
import io.flocker.core.plan.Offers;
import java.util.Map;
import java.util.TreeMap;
import org.pcollections.TreePMap;

/// Steers requests away from nodes that are busy beside the others, as far as other nodes can answer them: a quarter
/// less at a time, and never all. Within seconds, long before anything moves. Immutable.
///
/// @param shares as in [Offers#shares]
/// @param changedAtMillis when each node's share changed last, by a clock that never jumps
/// @param looked when nodes were last looked at, by the same clock
public record Steering(TreePMap<String, Integer> shares, TreePMap<String, Long> changedAtMillis, long looked) {
    public static final Steering NONE = new Steering(TreePMap.empty(), TreePMap.empty(), Long.MIN_VALUE);

    /// Nodes are looked at this often at most.
    static final long PERIOD_MILLIS = 1_000;

    /// After a share was made smaller, what that brings shows within so long.
    static final long LESS_AFTER_MILLIS = 5_000;

    /// A share grows again more slowly, so that requests do not go to and fro.
    static final long MORE_AFTER_MILLIS = 15_000;

    /// A node is busy only above this share of its CPUs, or of time in which something waited for one.
    static final double BUSY = 0.7;

    /// And only if it is busier than the others on average by so much.
    static final double BUSIER = 0.2;

    /// It is no more if it is busier by no more than this.
    static final double ALIKE = 0.1;

    /// With how busy nodes are now.
    public Steering after(ClusterState state, ClusterLoad load, long nowMillis) {
        if (looked != Long.MIN_VALUE && nowMillis - looked < PERIOD_MILLIS) {
            return this;
        }
        Map<String, Double> busy = new TreeMap<>();
        for (Node node : state.nodes().values()) {
            if (load.nodes().containsKey(node.name())) {
                busy.put(node.name(), busyness(load.node(node.name())));
            }
        }
        double sum = busy.values().stream().mapToDouble(Double::doubleValue).sum();
        TreePMap<String, Integer> next = TreePMap.empty();
        TreePMap<String, Long> changed = TreePMap.empty();
        for (var entry : busy.entrySet()) {
            String node = entry.getKey();
            double others = busy.size() < 2 ? entry.getValue() : (sum - entry.getValue()) / (busy.size() - 1);
            int before = shares.getOrDefault(node, Offers.WHOLE);
            int share = share(before, node, entry.getValue(), others, nowMillis);
            long at = share == before ? changedAtMillis.getOrDefault(node, Long.MIN_VALUE) : nowMillis;
            next = share < Offers.WHOLE ? next.plus(node, share) : next;
            changed = at == Long.MIN_VALUE ? changed : changed.plus(node, at);
        }
        return new Steering(next, changed, nowMillis);
    }

    private int share(int before, String node, double busy, double others, long nowMillis) {
        Long at = changedAtMillis.get(node);
        long since = at == null ? Long.MAX_VALUE : nowMillis - at;
        if (busy >= BUSY && busy > others + BUSIER && since >= LESS_AFTER_MILLIS) {
            return Math.max(1, before - 1);
        }
        boolean calm = busy < BUSY - ALIKE || busy <= others + ALIKE;
        return calm && since >= MORE_AFTER_MILLIS ? Math.min(Offers.WHOLE, before + 1) : before;
    }

    /// How busy a node's CPUs are, 0 to 1.
    private static double busyness(NodeLoad load) {
        double cores = Burden.sane(load.cores());
        double used = cores > 0 ? Burden.sane(load.used().cpuCores()) / cores : 0;
        return Math.min(1, Math.max(used, Burden.sane(load.pressureCpu())));
    }
}
