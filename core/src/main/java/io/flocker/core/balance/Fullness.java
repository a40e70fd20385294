package io.flocker.core.balance;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Planned;
import io.flocker.core.load.ClusterLoad;
import io.flocker.core.load.NodeLoad;
import io.flocker.core.model.Node;
import java.util.Optional;
import org.pcollections.TreePMap;

/// How much of nodes' memory, CPUs and pools is really used, as far as that is to be known where instances, volumes and
/// replicas are placed: in coarse steps, so that it is seldom written down.
final class Fullness {
    /// Less is not worth knowing.
    static final int LEAST_PERCENT = 50;

    private static final int STEP_PERCENT = 10;

    /// A step is left only when it is missed by so much more.
    private static final int SLACK_PERCENT = 3;

    private static final double PERCENT = 100;

    private Fullness() {}

    /// That it has changed, if it has. A node that has not been measured is taken to be as busy as the others: if it
    /// counted as idle, all would go there.
    static Optional<Command> notice(ClusterState state, ClusterLoad load, long nowMillis) {
        TreePMap<String, Integer> busy = TreePMap.empty();
        double usual = state.nodes().keySet().stream()
                .map(load::node)
                .filter(Fullness::measured)
                .mapToDouble(Fullness::percent)
                .average()
                .orElse(0);
        for (Node node : state.nodes().values()) {
            int before = state.balance().busy().getOrDefault(node.name(), 0);
            NodeLoad own = load.node(node.name());
            int now = step(measured(own) ? percent(own) : usual, before);
            busy = now >= LEAST_PERCENT ? busy.plus(node.name(), now) : busy;
        }
        return busy.equals(state.balance().busy())
                ? Optional.empty()
                : Optional.of(new Planned.Notice(nowMillis, busy));
    }

    private static boolean measured(NodeLoad load) {
        return load.cores() > 0 || load.memoryBytes() > 0;
    }

    /// Of whichever is used most: memory, CPUs or the pool.
    static double percent(NodeLoad load) {
        double cores = Burden.sane(load.cores());
        double memory = Burden.sane(load.memoryBytes());
        double cpu = cores > 0 ? Burden.sane(load.used().cpuCores()) / cores : 0;
        double used = memory > 0 ? Burden.sane(load.used().memoryBytes()) / memory : 0;
        double pool = Burden.sane(load.poolBytes());
        double stored = pool > 0 ? 1 - Math.min(1, Burden.sane(load.poolFreeBytes()) / pool) : 0;
        return Math.min(1, Math.max(stored, Math.max(cpu, used))) * PERCENT;
    }

    private static int step(double percent, int before) {
        boolean stays = percent >= before - SLACK_PERCENT && percent < before + STEP_PERCENT + SLACK_PERCENT;
        return before > 0 && stays ? before : (int) (percent / STEP_PERCENT) * STEP_PERCENT;
    }
}
