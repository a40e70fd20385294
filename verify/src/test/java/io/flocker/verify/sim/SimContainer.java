package io.flocker.verify.sim;

import io.flocker.core.plan.Assignment;
import io.flocker.core.plan.Found;
import io.flocker.core.plan.Observed;
import java.util.Map;
import org.pcollections.TreePMap;

/// A container of a simulated engine.
final class SimContainer {
    final String id;
    final Assignment.WantedInstance instance;
    Found.State state = Found.State.CREATED;
    int exitCode;
    int failures;
    boolean frozen;
    long startedAt;
    long servesAt;
    long endedAt;
    Observed.Answered answered = Observed.Answered.NOTHING;

    SimContainer(String id, Assignment.WantedInstance instance) {
        this.id = id;
        this.instance = instance;
    }

    boolean isJob() {
        return instance.spec().job().isPresent();
    }

    String address() {
        return "10.213.1." + Math.floorMod(id.hashCode(), 250);
    }

    /// What runs printed that have ended.
    static TreePMap<String, String> logs(Map<String, SimContainer> containers) {
        TreePMap<String, String> logs = TreePMap.empty();
        for (var entry : containers.entrySet()) {
            SimContainer container = entry.getValue();
            if (container.isJob() && container.state == Found.State.EXITED) {
                logs = logs.plus(entry.getKey(), "exit code " + container.exitCode);
            }
        }
        return logs;
    }

    /// As its node finds it.
    Found found(long nowMillis) {
        boolean running = state == Found.State.RUNNING;
        return new Found(
                id,
                instance.environment(),
                instance.service(),
                instance.slot(),
                instance.release(),
                instance.restarts(),
                state,
                Found.Health.NONE,
                running ? address() : "",
                running && nowMillis > servesAt,
                exitCode,
                startedAt,
                endedAt,
                failures);
    }
}
