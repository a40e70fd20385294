package io.flocker.agent.converge;

import io.flocker.core.plan.Observed.Load;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.pcollections.TreePMap;

/// How busy instances were in the last ten seconds, from counters that are read once a second. One thread's.
final class Meter {
    private static final long WINDOW_NANOS = 10_000_000_000L;

    /// What was counted for a shorter time says too little.
    private static final long LEAST_NANOS = 4_500_000_000L;

    /// What an instance's counters show.
    ///
    /// @param container whose they are: another one's begin anew
    /// @param cpuNanos of CPU time
    record Counted(String container, long requests, long cpuNanos) {}

    private record Sample(long atNanos, Counted counted) {}

    private final Map<String, Deque<Sample>> samples = new HashMap<>();

    /// The loads of all instances that have been counted for long enough.
    ///
    /// @param counted by instance; what is not in it is forgotten
    TreePMap<String, Load> measure(Map<String, Counted> counted, long nowNanos) {
        samples.keySet().retainAll(counted.keySet());
        TreePMap<String, Load> loads = TreePMap.empty();
        for (var entry : counted.entrySet()) {
            Counted now = entry.getValue();
            Deque<Sample> known = samples.computeIfAbsent(entry.getKey(), _ -> new ArrayDeque<>());
            if (!known.isEmpty() && isAnew(known.getLast().counted(), now)) {
                known.clear();
            }
            known.addLast(new Sample(nowNanos, now));
            while (nowNanos - known.getFirst().atNanos() > WINDOW_NANOS) {
                known.removeFirst();
            }
            long nanos = nowNanos - known.getFirst().atNanos();
            if (nanos >= LEAST_NANOS) {
                loads = loads.plus(entry.getKey(), load(known.getFirst().counted(), now, nanos));
            }
        }
        return loads;
    }

    private static boolean isAnew(Counted before, Counted now) {
        return !before.container().equals(now.container())
                || now.requests() < before.requests()
                || now.cpuNanos() < before.cpuNanos();
    }

    private static Load load(Counted before, Counted now, long nanos) {
        double seconds = nanos / 1e9;
        double requests = (now.requests() - before.requests()) / seconds;
        double cpus = (now.cpuNanos() - before.cpuNanos()) / 1e9 / seconds;
        return new Load(rounded(requests * 1_000), rounded(cpus * 1_000));
    }

    /// To two significant digits: what changes less than that is not worth a report.
    static long rounded(double value) {
        long step = 1;
        while (value / step >= 100) {
            step *= 10;
        }
        return Math.round(value / step) * step;
    }
}
