package io.flocker.control.api.metric;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Schedule;
import io.flocker.core.model.ScheduleRun;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Counts operations and schedules' runs as they end. The state remembers only the newest of them, so that it has to be
/// looked at often. Used by one thread at a time.
final class Ended {
    private final Map<List<String>, Long> operations = new TreeMap<>(Ended::compare);
    private final Map<List<String>, Long> runs = new TreeMap<>(Ended::compare);
    private final Map<String, Long> successes = new HashMap<>();
    private Set<String> counted = new HashSet<>();
    private final Map<String, Long> lastRun = new HashMap<>();

    private static int compare(List<String> a, List<String> b) {
        return String.join("\0", a).compareTo(String.join("\0", b));
    }

    /// Counts what has ended since the last time.
    void look(ClusterState state) {
        var still = new HashSet<String>();
        for (Operation operation : state.operations().values()) {
            if (!operation.running()) {
                still.add(operation.id());
                if (!counted.contains(operation.id())) {
                    operations.merge(List.of(operation.verb(), Metric.word(operation.state())), 1L, Long::sum);
                }
            }
        }
        counted = still;
        state.schedules().values().forEach(this::look);
        lastRun.keySet().retainAll(state.schedules().keySet());
        successes.keySet().retainAll(state.schedules().keySet());
        runs.keySet().removeIf(run -> !state.schedules().containsKey(Schedule.key(run.get(0), run.get(1))));
    }

    private void look(Schedule schedule) {
        long last = lastRun.getOrDefault(schedule.key(), 0L);
        for (ScheduleRun run : schedule.runs().tailMap(last, false).values()) {
            // Runs of a schedule end one after another; a skipped one ends while the one before goes on, and is
            // counted after it.
            if (run.running()) {
                break;
            }
            lastRun.put(schedule.key(), run.number());
            runs.merge(List.of(schedule.environment(), schedule.name(), Metric.word(run.state())), 1L, Long::sum);
            if (run.state() == ScheduleRun.State.DONE) {
                successes.put(schedule.key(), run.endedAtMillis());
            }
        }
    }

    /// By kind and result.
    Map<List<String>, Long> operations() {
        return operations;
    }

    /// By environment, schedule and result.
    Map<List<String>, Long> runs() {
        return runs;
    }

    /// When a run last ended well.
    Optional<Long> lastSuccessMillis(Schedule schedule) {
        return Optional.ofNullable(successes.get(schedule.key()));
    }

    /// Whether the last run that ended, and was not skipped, failed.
    static boolean failed(Schedule schedule) {
        return schedule.runs().descendingMap().values().stream()
                .filter(run -> !run.running() && run.state() != ScheduleRun.State.SKIPPED)
                .findFirst()
                .filter(run -> run.state() == ScheduleRun.State.FAILED)
                .isPresent();
    }
}
