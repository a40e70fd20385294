package io.flocker.verify.sim;

import io.flocker.core.lease.Tenure;
import io.flocker.core.plan.Assignment;
import io.flocker.core.plan.Found;
import io.flocker.core.plan.Observed;
import io.flocker.core.plan.Step;
import java.util.List;
import java.util.Map;
import org.pcollections.TreePMap;

/// A container of a simulated engine.
final class SimContainer {
    final String id;
    final Assignment.WantedInstance instance;
    final List<Tenure> tenures;
    Found.State state = Found.State.CREATED;
    int exitCode;
    int failures;
    boolean frozen;
    /// Whether the guard is about to end it.
    boolean fenced;
    long startedAt;
    long servesAt;
    long endedAt;
    Observed.Answered answered = Observed.Answered.NOTHING;

    SimContainer(String id, Step.StartNew step) {
        this.id = id;
        instance = step.instance();
        tenures = step.tenures();
    }

    /// The control group that it is guarded in.
    String group() {
        return tenures.isEmpty() ? id : tenures.toString();
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
                failures,
                tenures);
    }
}
