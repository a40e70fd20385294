package io.flocker.core.cluster;

import io.flocker.core.model.Environment;
import io.flocker.core.model.Life;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Service;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/// Environments that sleep and wake up, expire, or are protected.
final class LifeChanges {
    private LifeChanges() {}

    static Outcome sleep(ClusterState state, Command.Sleep command) {
        Environment environment = state.environments().get(command.environment());
        if (environment == null) {
            return EnvironmentChanges.missing(state, command.environment());
        }
        Optional<Outcome.Refused> busy = EnvironmentChanges.busy(state, environment.name(), "pause");
        if (busy.isPresent()) {
            return busy.get();
        }
        if (environment.life().asleep()) {
            return conflict("Environment " + environment.name() + " is asleep already");
        }
        if (environment.services().isEmpty()) {
            return conflict("Environment " + environment.name() + " has no services that could sleep");
        }
        return new Outcome.Accepted(state.with(
                        environment.with(environment.life().asleep(true, command.atMillis())))
                .telling(
                        command.atMillis(),
                        environment.name(),
                        environment.name(),
                        "Goes to sleep: " + (command.why().isEmpty() ? "paused by " + command.by() : command.why())));
    }

    static Outcome wake(ClusterState state, Command.Wake command) {
        Environment environment = state.environments().get(command.environment());
        if (environment == null) {
            return EnvironmentChanges.missing(state, command.environment());
        }
        if (!environment.life().asleep()) {
            return conflict("Environment " + environment.name() + " is awake");
        }
        Operation operation = new Operation(
                command.operation(),
                new Operation.Kind.Restart(List.copyOf(environment.services().keySet()), true),
                environment.name(),
                command.by(),
                Operation.Phase.START,
                command.atMillis(),
                command.deadlineMillis());
        return new Outcome.Accepted(awake(state, environment, command.atMillis())
                .with(operation)
                .telling(
                        command.atMillis(),
                        environment.name(),
                        environment.name(),
                        "Wakes up: " + (command.why().isEmpty() ? "asked for by " + command.by() : command.why())));
    }

    static Outcome set(ClusterState state, Command.SetLife command) {
        Environment environment = state.environments().get(command.environment());
        if (environment == null) {
            return EnvironmentChanges.missing(state, command.environment());
        }
        if (environment.origin().isEmpty()
                && command.expiresAtMillis().isPresent()
                && command.expiresAtMillis().getAsLong() > 0) {
            return conflict("Environment " + environment.name() + " is not a branch: only branches expire");
        }
        Life life = environment.life();
        life = command.sleepAfterMillis().isPresent()
                ? life.sleepingAfter(command.sleepAfterMillis().getAsLong())
                : life;
        life = command.expiresAtMillis().isPresent()
                ? life.expiringAt(command.expiresAtMillis().getAsLong())
                : life;
        life = command.isProtected().map(life::withProtection).orElse(life);
        return new Outcome.Accepted(state.with(environment.with(life))
                .telling(
                        command.atMillis(),
                        environment.name(),
                        environment.name(),
                        told(life) + " (by " + command.by() + ")"));
    }

    private static String told(Life life) {
        return "Expires " + (life.expiresAtMillis() == 0 ? "never" : moment(life.expiresAtMillis()))
                + (life.sleepAfterMillis() == 0 ? "" : ", sleeps after " + life.sleepAfter() + " without a request")
                + (life.isProtected() ? ", is protected" : "");
    }

    private static String moment(long millis) {
        return Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.SECONDS).toString();
    }

    static Outcome warn(ClusterState state, Command.WarnOfExpiry command) {
        Environment environment = state.environments().get(command.environment());
        if (environment == null
                || environment.life().warned()
                || environment.life().expiresAtMillis() != command.expiresAtMillis()) {
            return conflict("The plan is out of date: " + command);
        }
        return new Outcome.Accepted(
                state.with(environment.with(environment.life().asWarned()))
                        .telling(
                                command.atMillis(),
                                environment.name(),
                                environment.name(),
                                "Is removed with its data at " + moment(command.expiresAtMillis())
                                        + "; flocker env extend " + environment.name() + " keeps it longer"));
    }

    /// What an operation changes runs: its gates ask whether it is healthy. Only what has begun since `before` can find
    /// something asleep.
    static ClusterState wakeWhatChanges(ClusterState before, ClusterState after) {
        ClusterState next = after;
        if (after.operations().equals(before.operations())) {
            return next;
        }
        for (Operation operation : after.operations().values()) {
            Environment environment = after.environments().get(operation.environment());
            boolean wakes = operation.running() && !(operation.kind() instanceof Operation.Kind.Remove);
            if (wakes && environment != null && environment.life().asleep()) {
                next = awake(next, environment, operation.startedAtMillis())
                        .telling(
                                operation.startedAtMillis(),
                                environment.name(),
                                environment.name(),
                                "Wakes up for operation " + operation.id());
            }
        }
        return next;
    }

    /// With everything started afresh, in the order of its dependencies.
    private static ClusterState awake(ClusterState state, Environment environment, long atMillis) {
        Environment next = environment.with(environment.life().asleep(false, atMillis));
        for (Service service : environment.services().values()) {
            next = next.with(service.restarted());
        }
        return state.with(InstanceChanges.follow(state, next));
    }

    private static Outcome.Refused conflict(String message) {
        return new Outcome.Refused(Outcome.Reason.CONFLICT, message);
    }
}
