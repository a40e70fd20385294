package io.flocker.core.cluster;

import io.flocker.core.model.Checkpoint;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Operation.Kind.RollBack;
import io.flocker.core.model.Operation.Phase;
import io.flocker.core.model.Origin;
import io.flocker.core.model.Service;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.model.Volume;
import io.flocker.core.replication.Loans;
import io.flocker.core.spec.ApplicationSpec;
import java.util.Optional;
import org.pcollections.TreePMap;

/// Roll backs, resets and refreshes: volumes get new heads from snapshots. Where the services go back too, what there
/// was becomes a checkpoint, so that it can all be undone.
final class RollBackChanges {
    private RollBackChanges() {}

    static ClusterState advance(
            ClusterState state, Environment environment, Operation operation, RollBack rollBack, long atMillis) {
        return switch (operation.phase()) {
            case PREPARE -> {
                Environment suspended = environment;
                for (Service service : environment.services().values()) {
                    if (goesBack(service, rollBack) || touches(environment, service, rollBack)) {
                        suspended = suspended.with(service.suspendedBy(operation.id()));
                    }
                }
                yield state.with(suspended).with(operation.to(Phase.STOP, atMillis));
            }
            case STOP -> {
                Optional<String> gone = gone(state, rollBack);
                yield gone.isPresent()
                        ? OperationChanges.end(state, operation, Operation.State.FAILED, gone.get(), atMillis)
                        : begun(
                                        handedOver(state, environment, operation, rollBack, atMillis),
                                        operation,
                                        rollBack,
                                        atMillis)
                                .with(operation.to(Phase.SWITCH, atMillis));
            }
            case SWITCH -> {
                Environment resumed = OperationChanges.resume(environment, operation.id());
                if (rollBack.application().isPresent()) {
                    ApplicationSpec application = rollBack.application().get();
                    resumed = OperationChanges.apply(
                            resumed.next(application), application, rollBack.digests(), operation, atMillis);
                }
                yield state.with(InstanceChanges.follow(state, resumed)).with(operation.to(Phase.START, atMillis));
            }
            case START, UNDO, CLEAN_UP, END -> state;
        };
    }

    /// What is not there any more, or elsewhere by now: of another environment nobody knew that it is needed here.
    private static Optional<String> gone(ClusterState state, RollBack rollBack) {
        for (var target : rollBack.targets().entrySet()) {
            String here = state.volume(target.getKey())
                    .map(volume -> volume.head().primary())
                    .orElse("");
            Optional<Volume> source = state.volume(target.getValue().volume());
            Optional<String> refused = SnapshotChanges.refuseBase(state, target.getValue())
                    .map(Outcome.Refused::message)
                    .or(() -> source.filter(volume -> Loans.comes(volume, target.getValue(), here))
                                    .isPresent()
                            ? Optional.empty()
                            : Optional.of("Snapshot " + target.getValue() + " is elsewhere by now, not on " + here
                                    + "; nothing was changed"));
            if (refused.isPresent()) {
                return refused;
            }
        }
        return Optional.empty();
    }

    /// Whether the service becomes what it was, or all do.
    private static boolean goesBack(Service service, RollBack rollBack) {
        boolean all = rollBack.digests().isEmpty() || rollBack.origin().isPresent();
        return rollBack.application().isPresent() && (all || rollBack.digests().containsKey(service.name()));
    }

    private static boolean touches(Environment environment, Service service, RollBack rollBack) {
        return service.releases().values().stream()
                .flatMap(release -> release.spec().volumeNames().stream())
                .map(name -> environment.volumes().getOrDefault(name, ""))
                .anyMatch(rollBack.targets()::containsKey);
    }

    private static ClusterState handedOver(
            ClusterState state, Environment environment, Operation operation, RollBack rollBack, long atMillis) {
        boolean whole = rollBack.application().isPresent();
        String checkpoint = whole ? operation.checkpoint() : "";
        ClusterState next = state;
        TreePMap<String, SnapshotId> kept = TreePMap.empty();
        for (var target : rollBack.targets().entrySet()) {
            Optional<Volume> volume = state.volume(target.getKey());
            if (volume.isPresent()) {
                kept = kept.plus(volume.get().name(), volume.get().nextSnapshot());
                next = VolumeChanges.handOver(next, target.getKey(), target.getValue(), checkpoint, atMillis);
            }
        }
        return whole && !kept.isEmpty()
                ? SnapshotChanges.withoutOldest(
                        next.with(environment.with(SnapshotChanges.requested(
                                environment, checkpoint, kept, environment.application(), true, atMillis))),
                        environment.name(),
                        Operation.MAX_CHECKPOINTS)
                : next;
    }

    /// A branch that is refreshed begins anew: its checkpoint [Checkpoint#ORIGIN] is of the new heads.
    private static ClusterState begun(ClusterState state, Operation operation, RollBack rollBack, long atMillis) {
        Environment environment = state.environment(operation.environment()).orElse(null);
        Origin origin = rollBack.origin().orElse(null);
        if (environment == null || origin == null) {
            return state;
        }
        Checkpoint before = environment.checkpoints().get(Checkpoint.ORIGIN);
        ClusterState next = before == null ? state : SnapshotChanges.without(state, environment, before);
        Environment refreshed = next.environment(environment.name()).orElse(environment);
        return BranchChanges.begun(
                next, refreshed.with(origin), rollBack.application().orElse(environment.application()), atMillis);
    }
}
