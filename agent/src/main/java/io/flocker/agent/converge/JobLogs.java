package io.flocker.agent.converge;

import io.flocker.agent.engine.ContainerEngine;
import io.flocker.core.model.JobResult;
import io.flocker.core.plan.Assignment;
import io.flocker.core.plan.Assignment.WantedInstance;
import io.flocker.core.plan.Found;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.pcollections.TreePMap;

/// The ends of what jobs printed that have ended. Each is read once; one that cannot be read says why instead, so that
/// the run ends all the same. One thread's.
final class JobLogs {
    private final ContainerEngine engine;
    /// By container.
    private final Map<String, String> known = new HashMap<>();

    JobLogs(ContainerEngine engine) {
        this.engine = engine;
    }

    /// By instance.
    TreePMap<String, String> of(Assignment assignment, TreePMap<String, Found> containers) {
        TreePMap<String, String> logs = TreePMap.empty();
        for (WantedInstance instance : assignment.instances().values()) {
            Found found = containers.get(instance.key());
            boolean over = found != null
                    && instance.spec().job().isPresent()
                    && found.state() == Found.State.EXITED
                    && found.startedAtMillis() > 0;
            if (found != null && over) {
                logs = logs.plus(instance.key(), known.computeIfAbsent(found.id(), this::read));
            }
        }
        known.keySet().retainAll(containers.values().stream().map(Found::id).toList());
        return logs;
    }

    private String read(String container) {
        try {
            return engine.tail(container, JobResult.MAX_LOG);
        } catch (IOException e) {
            return "(its log cannot be read: " + e.getMessage() + ")";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "(its log was not read: the daemon ended)";
        }
    }
}
