package io.flocker.core.plan;

import io.flocker.core.lease.Tenure;
import java.util.List;

/// A container of ours as a node finds it.
///
/// @param id the engine's id
/// @param environment from its label, as are service, slot, release and restarts
/// @param address its address on the environment's network; empty if it has none (stopped, or host network)
/// @param serving whether traffic may go to it: running, and healthy as far as anything tells
/// @param exitCode of its last run; 0 while it runs
/// @param startedAtMillis of its last start; 0 if it never started
/// @param endedAtMillis of its last end; 0 while it runs
/// @param failures how often it ended by itself in a row, by the agent's count
/// @param tenures under which it was made, from its label, sorted; none if it may write without a lease
public record Found(
        String id,
        String environment,
        String service,
        int slot,
        int release,
        long restarts,
        State state,
        Health health,
        String address,
        boolean serving,
        int exitCode,
        long startedAtMillis,
        long endedAtMillis,
        int failures,
        List<Tenure> tenures) {
    /// One that was made under no tenure.
    public Found(
            String id,
            String environment,
            String service,
            int slot,
            int release,
            long restarts,
            State state,
            Health health,
            String address,
            boolean serving,
            int exitCode,
            long startedAtMillis,
            long endedAtMillis,
            int failures) {
        this(
                id,
                environment,
                service,
                slot,
                release,
                restarts,
                state,
                health,
                address,
                serving,
                exitCode,
                startedAtMillis,
                endedAtMillis,
                failures,
                List.of());
    }

    public enum State {
        CREATED,
        RUNNING,
        PAUSED,
        EXITED
    }

    /// As its health check tells; NONE if it has none.
    public enum Health {
        NONE,
        STARTING,
        HEALTHY,
        UNHEALTHY
    }

    /// `production/web.1`
    public String key() {
        return environment + "/" + service + "." + slot;
    }

    public boolean running() {
        return state == State.RUNNING || state == State.PAUSED;
    }
}
