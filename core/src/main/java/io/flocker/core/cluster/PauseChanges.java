package io.flocker.core.cluster;

import io.flocker.core.model.Environment;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Operation.Phase;
import java.util.Optional;

/// Operations that wait because somebody wants them to. Asking twice is as good as once.
final class PauseChanges {
    private PauseChanges() {}

    static Outcome pause(ClusterState state, Command.Pause command) {
        Operation operation = state.operations().get(command.operation());
        if (operation == null) {
            return OperationChanges.missing(command.operation());
        }
        Optional<String> objection = operation.pauseObjection();
        if (objection.isPresent()) {
            return conflict(
                    "Operation " + operation.id() + " (" + operation.verb() + ") cannot be paused: " + objection.get());
        }
        if (operation.pause().isPresent()) {
            return new Outcome.Accepted(state);
        }
        Operation paused = operation.paused(new Operation.Pause(command.by(), command.atMillis()));
        String once = paused.pauses() ? "" : ", once what stands still for it serves again";
        return new Outcome.Accepted(
                tell(state.with(paused), paused, command.atMillis(), "is paused by " + command.by() + once));
    }

    static Outcome resume(ClusterState state, Command.Resume command) {
        Operation operation = state.operations().get(command.operation());
        if (operation == null) {
            return OperationChanges.missing(command.operation());
        }
        if (operation.pause().isEmpty()) {
            return operation.running()
                    ? new Outcome.Accepted(state)
                    : conflict("Operation " + operation.id() + " has ended already: " + operation.state());
        }
        Operation resumed = operation.resumed(command.atMillis());
        ClusterState next =
                tell(state.with(resumed), resumed, command.atMillis(), "goes on, as " + command.by() + " says");
        Environment environment = next.environments().get(operation.environment());
        boolean copies = environment != null && operation.phase() == Phase.PREPARE;
        return new Outcome.Accepted(
                copies && operation.kind() instanceof Operation.Kind.Move move
                        ? MoveChanges.anotherRound(next, move, command.atMillis())
                        : next);
    }

    private static ClusterState tell(ClusterState state, Operation operation, long atMillis, String what) {
        return state.telling(
                atMillis,
                operation.environment(),
                operation.environment(),
                "Operation " + operation.id() + " (" + operation.verb() + ") " + what);
    }

    private static Outcome.Refused conflict(String message) {
        return new Outcome.Refused(Outcome.Reason.CONFLICT, message);
    }
}
