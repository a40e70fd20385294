package io.flocker.core.cluster;

import io.flocker.core.model.Checkpoint;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Service;
import io.flocker.core.model.Snapshot;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.model.Volume;
import io.flocker.core.spec.ApplicationSpec;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pcollections.TreePMap;

/// Commands about snapshots and checkpoints.
public final class SnapshotChanges {
    /// A volume keeps at most so many; past that, taking one is refused.
    static final int MAX_PER_VOLUME = 5_000;

    private SnapshotChanges() {}

    static Outcome take(ClusterState state, Command.TakeSnapshot command) {
        Volume volume = state.volumes().get(command.volume());
        if (volume == null || volume.state() == Volume.State.DELETING) {
            return VolumeChanges.missing(command.volume());
        }
        if (!command.name().isEmpty() && !Names.valid(command.name())) {
            return Names.refuse("a snapshot", command.name());
        }
        Optional<Outcome.Refused> handedOver = refuseHandedOver(state, volume);
        if (handedOver.isPresent()) {
            return handedOver.get();
        }
        boolean taken = !command.name().isEmpty()
                && volume.snapshots().values().stream()
                        .anyMatch(snapshot -> snapshot.name().equals(command.name()));
        if (taken) {
            return new Outcome.Refused(
                    Outcome.Reason.CONFLICT,
                    "Volume " + volume.environment() + "/" + volume.name() + " has a snapshot " + command.name()
                            + " already; choose another name or delete it");
        }
        if (volume.snapshots().size() >= MAX_PER_VOLUME) {
            return new Outcome.Refused(
                    Outcome.Reason.CONFLICT,
                    "Volume " + volume.environment() + "/" + volume.name() + " has " + MAX_PER_VOLUME
                            + " snapshots, which is the most; delete some");
        }
        return new Outcome.Accepted(
                state.with(requested(volume, command.name(), Snapshot.Origin.USER, "", command.atMillis())));
    }

    private static Volume requested(
            Volume volume, String name, Snapshot.Origin origin, String checkpoint, long atMillis) {
        return volume.with(new Snapshot(
                volume.nextSnapshot(), name, origin, checkpoint, Snapshot.State.REQUESTED, atMillis, 0, 0));
    }

    static Outcome delete(ClusterState state, Command.DeleteSnapshot command) {
        Volume volume = state.volumes().get(command.snapshot().volume());
        Snapshot snapshot = volume == null
                ? null
                : volume.snapshots().get(command.snapshot().position());
        if (volume == null || snapshot == null) {
            return new Outcome.Refused(
                    Outcome.Reason.NOT_FOUND,
                    "There is no snapshot " + command.snapshot() + "; flocker snapshot ls shows them");
        }
        Optional<String> holder = holder(state, snapshot);
        if (holder.isPresent()) {
            return new Outcome.Refused(
                    Outcome.Reason.CONFLICT,
                    "Snapshot " + command.snapshot() + " cannot be deleted: " + holder.get() + " needs it");
        }
        return new Outcome.Accepted(state.with(volume.with(snapshot.in(Snapshot.State.DELETING))));
    }

    /// What keeps a snapshot from being deleted: a checkpoint, a replica whose next difference begins with it, a node
    /// that it is lent to, or a head that is still to be made from it.
    static Optional<String> holder(ClusterState state, Snapshot snapshot) {
        if (!snapshot.checkpoint().isEmpty()) {
            return Optional.of("checkpoint " + snapshot.checkpoint());
        }
        Optional<String> replica = state.volume(snapshot.id().volume()).stream()
                .flatMap(volume -> volume.replicas().tips().entrySet().stream())
                .filter(tip -> tip.getValue().equals(snapshot.id()))
                .map(tip -> "the replica on " + tip.getKey())
                .findFirst();
        if (replica.isPresent()) {
            return replica;
        }
        Optional<String> borrower = state.volume(snapshot.id().volume())
                .flatMap(volume -> volume.replicas().borrower(snapshot.id()))
                .map(node -> "what begins with it on " + node);
        if (borrower.isPresent()) {
            return borrower;
        }
        return state.operations().values().stream()
                .filter(operation -> operation.running() && needs(operation, snapshot))
                .map(operation -> "operation " + operation.id())
                .findFirst();
    }

    private static boolean needs(Operation operation, Snapshot snapshot) {
        return switch (operation.kind()) {
            case Operation.Kind.RollBack rollBack -> rollBack.targets().containsValue(snapshot.id());
            case Operation.Kind.FailOver failOver -> failOver.bases().containsValue(snapshot.id());
            case Operation.Kind.Move move ->
                snapshot.origin() == Snapshot.Origin.MOVE
                        && move.volumes().contains(snapshot.id().volume());
            case Operation.Kind.Deploy _,
                    Operation.Kind.Remove _,
                    Operation.Kind.Restart _,
                    Operation.Kind.Replace _,
                    Operation.Kind.Run _ -> false;
        };
    }

    /// While a volume is handed over to another node, what is there must be all there is.
    private static Optional<Outcome.Refused> refuseHandedOver(ClusterState state, Volume volume) {
        return state.isHandedOver(volume.id())
                ? Optional.of(new Outcome.Refused(
                        Outcome.Reason.CONFLICT,
                        "Volume " + volume.environment() + "/" + volume.name()
                                + " is being handed over to another node; try again in a moment"))
                : Optional.empty();
    }

    static Outcome createCheckpoint(ClusterState state, Command.CreateCheckpoint command) {
        Environment environment = state.environments().get(command.environment());
        if (environment == null) {
            return EnvironmentChanges.missing(state, command.environment());
        }
        if (!Names.valid(command.name())) {
            return Names.refuse("a checkpoint", command.name());
        }
        Checkpoint known = environment.checkpoints().get(command.name());
        if (known != null && known.state() != Checkpoint.State.FAILED) {
            return new Outcome.Refused(
                    Outcome.Reason.CONFLICT,
                    "Environment " + environment.name() + " has a checkpoint " + command.name()
                            + " already; choose another name or delete it");
        }
        Optional<Outcome.Refused> busy = EnvironmentChanges.busy(state, environment.name(), "checkpoint");
        if (busy.isPresent()) {
            return busy.get();
        }
        ClusterState next = checkpoint(
                state,
                environment,
                command.name(),
                environment.volumes().keySet(),
                environment.application(),
                command.automatic(),
                command.atMillis());
        return new Outcome.Accepted(
                command.automatic() ? withoutOldest(next, environment.name(), Operation.MAX_CHECKPOINTS) : next);
    }

    /// A checkpoint of the volumes of those names, with `application` as what the services are.
    static ClusterState checkpoint(
            ClusterState state,
            Environment environment,
            String name,
            Set<String> volumes,
            ApplicationSpec application,
            boolean automatic,
            long atMillis) {
        ClusterState next = state;
        TreePMap<String, SnapshotId> snapshots = TreePMap.empty();
        for (String volumeName : volumes) {
            Volume volume = next.volumes().get(environment.volumes().getOrDefault(volumeName, ""));
            if (volume != null && volume.state() == Volume.State.ACTIVE && !volume.diverges()) {
                snapshots = snapshots.plus(volumeName, volume.nextSnapshot());
                next = next.with(requested(volume, "", Snapshot.Origin.CHECKPOINT, name, atMillis));
            }
        }
        return next.with(environment.with(requested(environment, name, snapshots, application, automatic, atMillis)));
    }

    /// A checkpoint whose snapshots are still to be taken, by the volume's name.
    static Checkpoint requested(
            Environment environment,
            String name,
            TreePMap<String, SnapshotId> snapshots,
            ApplicationSpec application,
            boolean automatic,
            long atMillis) {
        TreePMap<String, Integer> releases = TreePMap.empty();
        for (Service service : environment.services().values()) {
            releases = releases.plus(service.name(), service.current());
        }
        return new Checkpoint(
                name,
                snapshots,
                application,
                releases,
                snapshots.isEmpty() ? Checkpoint.State.COMPLETE : Checkpoint.State.REQUESTED,
                automatic,
                atMillis,
                0,
                0,
                "");
    }

    static Outcome deleteCheckpoint(ClusterState state, Command.DeleteCheckpoint command) {
        Environment environment = state.environments().get(command.environment());
        if (environment == null) {
            return EnvironmentChanges.missing(state, command.environment());
        }
        Checkpoint checkpoint = environment.checkpoints().get(command.name());
        if (checkpoint == null) {
            return new Outcome.Refused(
                    Outcome.Reason.NOT_FOUND,
                    "Environment " + environment.name() + " has no checkpoint \"" + command.name() + "\"; it has "
                            + environment.checkpoints().keySet());
        }
        if (environment.origin().isPresent() && command.name().equals(Checkpoint.ORIGIN)) {
            return new Outcome.Refused(
                    Outcome.Reason.CONFLICT,
                    "Checkpoint " + command.name() + " of " + environment.name()
                            + " is what flocker env reset brings it back to; it goes with the environment");
        }
        return new Outcome.Accepted(without(state, environment, checkpoint)
                .telling(
                        command.atMillis(),
                        environment.name(),
                        environment.name(),
                        "Checkpoint " + command.name() + " deleted by " + command.by()));
    }

    static Outcome rename(ClusterState state, Command.RenameCheckpoint command) {
        Environment environment = state.environments().get(command.environment());
        Checkpoint checkpoint =
                environment == null ? null : environment.checkpoints().get(command.from());
        if (environment == null || checkpoint == null || checkpoint.state() != Checkpoint.State.COMPLETE) {
            return new Outcome.Refused(Outcome.Reason.CONFLICT, "The plan is out of date: " + command);
        }
        boolean ofBranch = environment.origin().isPresent() && command.to().equals(Checkpoint.ORIGIN);
        if (ofBranch || !Names.valid(command.to())) {
            return ofBranch
                    ? new Outcome.Refused(
                            Outcome.Reason.CONFLICT,
                            "Checkpoint " + command.to() + " of " + environment.name()
                                    + " is what flocker env reset brings it back to; choose another name")
                    : Names.refuse("a checkpoint", command.to());
        }
        Checkpoint before = environment.checkpoints().get(command.to());
        ClusterState next = before == null ? state : without(state, environment, before);
        for (SnapshotId id : checkpoint.volumes().values()) {
            Volume volume = next.volumes().get(id.volume());
            Snapshot snapshot = volume == null ? null : volume.snapshots().get(id.position());
            if (volume != null && snapshot != null) {
                next = next.with(volume.with(snapshot.of(command.to())));
            }
        }
        Environment known = next.environment(environment.name()).orElse(environment);
        return new Outcome.Accepted(next.with(known.withCheckpoints(
                known.checkpoints().minus(command.from()).plus(command.to(), checkpoint.named(command.to())))));
    }

    /// Without a checkpoint; its snapshots are deleted.
    public static ClusterState without(ClusterState state, Environment environment, Checkpoint checkpoint) {
        ClusterState next =
                state.with(environment.withCheckpoints(environment.checkpoints().minus(checkpoint.name())));
        for (SnapshotId id : checkpoint.volumes().values()) {
            Volume volume = next.volumes().get(id.volume());
            Snapshot snapshot = volume == null ? null : volume.snapshots().get(id.position());
            if (volume != null && snapshot != null) {
                next = next.with(volume.with(snapshot.in(Snapshot.State.DELETING)));
            }
        }
        return next;
    }

    /// Only the newest of the checkpoints that operations took are kept.
    static ClusterState withoutOldest(ClusterState state, String name, int most) {
        Environment environment = state.environments().get(name);
        List<Checkpoint> all = environment == null
                ? List.of()
                : environment.checkpoints().values().stream()
                        .filter(Checkpoint::automatic)
                        .sorted(Comparator.comparingLong(Checkpoint::createdAtMillis)
                                .reversed())
                        .toList();
        ClusterState next = state;
        for (Checkpoint checkpoint : all.subList(Math.min(most, all.size()), all.size())) {
            next = without(next, next.environment(name).orElseThrow(), checkpoint);
        }
        return next;
    }

    static Outcome confirm(ClusterState state, Command.ConfirmSnapshots command) {
        ClusterState next = state;
        for (Command.Taken taken : command.snapshots()) {
            Volume volume = next.volumes().get(taken.id().volume());
            Snapshot snapshot =
                    volume == null ? null : volume.snapshots().get(taken.id().position());
            if (volume != null
                    && volume.state() == Volume.State.ACTIVE
                    && snapshot != null
                    && snapshot.state() == Snapshot.State.REQUESTED) {
                next = next.with(volume.with(snapshot.taken(taken.takenAtMillis(), taken.pauseMicros())));
                if (!snapshot.checkpoint().isEmpty()) {
                    next = complete(next, volume.environment(), snapshot.checkpoint(), command.atMillis());
                }
            }
        }
        return new Outcome.Accepted(next);
    }

    private static ClusterState complete(ClusterState state, String environmentName, String name, long atMillis) {
        Environment environment = state.environments().get(environmentName);
        Checkpoint checkpoint =
                environment == null ? null : environment.checkpoints().get(name);
        if (environment == null || checkpoint == null || checkpoint.state() == Checkpoint.State.COMPLETE) {
            return state;
        }
        long pause = 0;
        for (SnapshotId id : checkpoint.volumes().values()) {
            Snapshot snapshot = state.volume(id.volume())
                    .flatMap(volume -> volume.snapshot(id))
                    .orElse(null);
            if (snapshot == null || snapshot.state() != Snapshot.State.READY) {
                return state;
            }
            pause = Math.max(pause, snapshot.pauseMicros());
        }
        return state.with(environment.with(checkpoint.completed(pause)))
                .telling(
                        atMillis,
                        environmentName,
                        environmentName,
                        "Checkpoint " + name + " is complete: "
                                + checkpoint.volumes().size() + " volumes, pause " + pause + " µs");
    }

    static Outcome endAttempt(ClusterState state, Command.EndAttempt command) {
        Environment environment = state.environments().get(command.environment());
        Checkpoint checkpoint =
                environment == null ? null : environment.checkpoints().get(command.name());
        if (environment == null
                || checkpoint == null
                || checkpoint.state() != Checkpoint.State.REQUESTED
                || checkpoint.attempts() != command.attempts()) {
            return new Outcome.Refused(Outcome.Reason.CONFLICT, "The plan is out of date: " + command);
        }
        ClusterState next = without(state, environment, checkpoint);
        if (command.failure().isEmpty()) {
            return new Outcome.Accepted(again(next, environment, checkpoint, command.atMillis()));
        }
        Checkpoint failed = checkpoint.failed(command.failure());
        return new Outcome.Accepted(
                next.with(environment.withCheckpoints(environment.checkpoints().plus(failed.name(), failed)))
                        .telling(
                                command.atMillis(),
                                environment.name(),
                                environment.name(),
                                "Checkpoint " + failed.name() + " could not be taken: " + command.failure()));
    }

    private static ClusterState again(
            ClusterState state, Environment environment, Checkpoint checkpoint, long atMillis) {
        ClusterState next = state;
        TreePMap<String, SnapshotId> snapshots = TreePMap.empty();
        for (var entry : checkpoint.volumes().entrySet()) {
            Volume volume = next.volumes().get(entry.getValue().volume());
            if (volume != null && volume.state() == Volume.State.ACTIVE) {
                snapshots = snapshots.plus(entry.getKey(), volume.nextSnapshot());
                next = next.with(requested(volume, "", Snapshot.Origin.CHECKPOINT, checkpoint.name(), atMillis));
            }
        }
        return next.with(environment.withCheckpoints(
                environment.checkpoints().plus(checkpoint.name(), checkpoint.again(snapshots))));
    }

    static Outcome followPolicy(ClusterState state, Command.FollowPolicy command) {
        Volume volume = state.volumes().get(command.volume());
        if (volume == null || volume.state() == Volume.State.DELETING) {
            return VolumeChanges.missing(command.volume());
        }
        Optional<Outcome.Refused> handedOver = refuseHandedOver(state, volume);
        if (handedOver.isPresent()) {
            return handedOver.get();
        }
        Volume next = volume;
        if (command.take() && volume.snapshots().size() < MAX_PER_VOLUME) {
            next = requested(next, "", Snapshot.Origin.POLICY, "", command.atMillis());
        }
        for (SnapshotId id : command.thin()) {
            Snapshot snapshot = next.snapshots().get(id.position());
            if (snapshot != null
                    && snapshot.origin() == Snapshot.Origin.POLICY
                    && holder(state, snapshot).isEmpty()) {
                next = next.with(snapshot.in(Snapshot.State.DELETING));
            }
        }
        return new Outcome.Accepted(state.with(next));
    }

    static Outcome forget(ClusterState state, Command.ForgetSnapshots command) {
        ClusterState next = state;
        for (SnapshotId id : command.snapshots()) {
            Volume volume = next.volumes().get(id.volume());
            Snapshot snapshot = volume == null ? null : volume.snapshots().get(id.position());
            if (volume != null && snapshot != null && snapshot.state() == Snapshot.State.DELETING) {
                next = next.with(volume.without(id));
            }
        }
        return new Outcome.Accepted(next);
    }

    /// Why a volume cannot start from `base`, if so.
    static Optional<Outcome.Refused> refuseBase(ClusterState state, SnapshotId base) {
        Optional<Snapshot> snapshot = state.volume(base.volume())
                .filter(volume -> volume.state() == Volume.State.ACTIVE)
                .flatMap(volume -> volume.snapshot(base));
        if (snapshot.isEmpty()) {
            return Optional.of(new Outcome.Refused(
                    Outcome.Reason.NOT_FOUND, "There is no snapshot " + base + "; flocker snapshot ls shows them"));
        }
        if (snapshot.get().state() != Snapshot.State.READY) {
            return Optional.of(new Outcome.Refused(
                    Outcome.Reason.CONFLICT,
                    "Snapshot " + base + " is " + snapshot.get().state() + ", not ready; choose another"));
        }
        return Optional.empty();
    }

    static Optional<Outcome.Refused> refuseTargets(
            ClusterState state, Environment environment, TreePMap<String, SnapshotId> targets) {
        for (var target : targets.entrySet()) {
            if (!environment.volumes().containsValue(target.getKey())) {
                return Optional.of(new Outcome.Refused(
                        Outcome.Reason.NOT_FOUND,
                        "Environment " + environment.name() + " has no volume with id " + target.getKey()));
            }
            Optional<Outcome.Refused> refused = refuseBase(state, target.getValue());
            if (refused.isPresent()) {
                return refused;
            }
        }
        return Optional.empty();
    }
}
