package io.flocker.core.cluster;

import io.flocker.core.model.Checkpoint;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Head;
import io.flocker.core.model.Snapshot;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.model.Volume;
import io.flocker.core.replication.Loans;
import java.util.Optional;

/// Commands about volumes.
final class VolumeChanges {
    private VolumeChanges() {}

    /// A volume's id: readable, and unique for ever as the maker's id is.
    static String id(String environment, String name, String maker) {
        return environment + "." + name + "." + maker;
    }

    static Outcome create(ClusterState state, Command.CreateVolume command) {
        if (!Names.validInFile(command.name())) {
            return Names.refuse("a volume", command.name());
        }
        if (!Names.valid(command.environment())) {
            return Names.refuse("an environment", command.environment());
        }
        if (state.nodes().isEmpty()) {
            return new Outcome.Refused(
                    Outcome.Reason.CONFLICT, "There is no node to keep volume " + command.name() + " on");
        }
        Environment environment = state.environment(command.environment())
                .orElseGet(() -> Environment.named(command.environment(), command.by(), command.atMillis()));
        if (environment.volumes().containsKey(command.name())) {
            return new Outcome.Refused(
                    Outcome.Reason.CONFLICT,
                    "Environment " + environment.name() + " has a volume " + command.name()
                            + " already; choose another name");
        }
        Optional<Outcome.Refused> refused = command.base().flatMap(base -> SnapshotChanges.refuseBase(state, base));
        if (refused.isPresent()) {
            return refused.get();
        }
        if (!command.node().isEmpty() && !state.nodes().containsKey(command.node())) {
            return new Outcome.Refused(
                    Outcome.Reason.NOT_FOUND,
                    "There is no node " + command.node() + " for volume " + command.name()
                            + "; flocker node ls shows them");
        }
        String node = Optional.of(command.node())
                .filter(given -> !given.isEmpty())
                .or(() -> home(state, environment, command))
                .orElse("");
        if (node.isEmpty()) {
            return new Outcome.Refused(
                    Outcome.Reason.CONFLICT,
                    "There is no node for volume " + command.name()
                            + ": all are drained; flocker node activate brings one back");
        }
        Volume volume = Volume.fresh(
                command.id(),
                environment.name(),
                command.name(),
                command.spec(),
                new Head(1, node, command.base(), Optional.empty()),
                command.atMillis());
        Environment next = environment.withVolumes(environment.volumes().plus(command.name(), volume.id()));
        ClusterState created = state.with(next).with(volume);
        for (SnapshotId base : command.base().stream().toList()) {
            created = Loans.lend(created, base, node);
        }
        return new Outcome.Accepted(created.telling(
                command.atMillis(),
                environment.name(),
                environment.name() + "/" + command.name(),
                command.base()
                        .map(base -> "Volume cloned from " + base)
                        .orElse(command.node().isEmpty() ? "Volume created" : "Volume restored")));
    }

    /// Where the data of its base is; of an empty one, where it fits best.
    private static Optional<String> home(ClusterState state, Environment environment, Command.CreateVolume command) {
        return command.base()
                .flatMap(base -> state.volume(base.volume()))
                .map(origin -> origin.head().primary())
                .or(() -> Placement.of(state, environment, environment.application())
                        .volume(command.name()));
    }

    static Outcome resize(ClusterState state, Command.ResizeVolume command) {
        Volume volume = state.volumes().get(command.volume());
        if (volume == null) {
            return missing(command.volume());
        }
        if (command.sizeBytes() < 0) {
            return new Outcome.Refused(
                    Outcome.Reason.INVALID,
                    "A volume's size is a number of bytes, 0 for no limit; not " + command.sizeBytes());
        }
        return new Outcome.Accepted(state.with(volume.with(volume.spec().withSize(command.sizeBytes())))
                .telling(
                        command.atMillis(),
                        volume.environment(),
                        volume.environment() + "/" + volume.name(),
                        "Volume limited to " + command.sizeBytes() + " bytes"));
    }

    static Outcome delete(ClusterState state, Command.DeleteVolume command) {
        Volume volume = state.volumes().get(command.volume());
        if (volume == null) {
            return missing(command.volume());
        }
        Environment environment = state.environments().get(volume.environment());
        if (environment != null) {
            Optional<String> user = environment.application().services().entrySet().stream()
                    .filter(service -> service.getValue().volumeNames().contains(volume.name()))
                    .map(service -> service.getKey())
                    .findFirst();
            boolean current = volume.id().equals(environment.volumes().get(volume.name()));
            if (user.isPresent() && current) {
                return new Outcome.Refused(
                        Outcome.Reason.CONFLICT,
                        "Volume " + volume.environment() + "/" + volume.name() + " is used by service " + user.get()
                                + "; take it out of the application or remove the environment first");
            }
            Optional<String> checkpoint = environment.checkpoints().values().stream()
                    .filter(held -> held.volumes().values().stream()
                            .anyMatch(id -> id.volume().equals(volume.id())))
                    .map(Checkpoint::name)
                    .findFirst();
            if (checkpoint.isPresent()) {
                return new Outcome.Refused(
                        Outcome.Reason.CONFLICT,
                        "Volume " + volume.environment() + "/" + volume.name() + " is part of checkpoint "
                                + checkpoint.get() + "; delete the checkpoint first");
            }
            Optional<Outcome.Refused> busy = EnvironmentChanges.busy(state, environment.name(), "delete a volume of");
            if (busy.isPresent()) {
                return busy.get();
            }
        }
        return new Outcome.Accepted(deleting(state, volume)
                .telling(
                        command.atMillis(),
                        volume.environment(),
                        volume.environment() + "/" + volume.name(),
                        "Volume deleted by " + command.by()));
    }

    /// The name is free at once; the data goes as soon as the node gets to it.
    private static ClusterState deleting(ClusterState state, Volume volume) {
        ClusterState next = state.with(volume.in(Volume.State.DELETING));
        Environment environment = next.environments().get(volume.environment());
        if (environment == null || !volume.id().equals(environment.volumes().get(volume.name()))) {
            return next;
        }
        return next.with(environment.withVolumes(environment.volumes().minus(volume.name())));
    }

    static ClusterState deleteAll(ClusterState state, Environment environment) {
        ClusterState next = state;
        for (String id : environment.volumes().values()) {
            Volume volume = next.volumes().get(id);
            if (volume != null) {
                next = next.with(volume.in(Volume.State.DELETING));
            }
        }
        return next;
    }

    /// Takes back the volumes that a deploy made and nothing has used.
    static ClusterState deleteMadeBy(ClusterState state, Environment environment, String operation) {
        ClusterState next = state;
        for (var entry : environment.volumes().entrySet()) {
            Volume volume = next.volumes().get(entry.getValue());
            if (volume != null && volume.id().equals(id(environment.name(), entry.getKey(), operation))) {
                next = next.with(volume.in(Volume.State.DELETING));
            }
        }
        return next;
    }

    static Outcome forget(ClusterState state, Command.ForgetVolumes command) {
        ClusterState next = state;
        for (String id : command.volumes()) {
            Volume volume = next.volumes().get(id);
            if (volume == null || volume.state() != Volume.State.DELETING) {
                continue;
            }
            next = next.withoutVolume(id);
            Environment environment = next.environments().get(volume.environment());
            if (environment != null && id.equals(environment.volumes().get(volume.name()))) {
                next = next.with(environment.withVolumes(environment.volumes().minus(volume.name())));
            }
            next = OperationChanges.dropIfEmpty(next, volume.environment());
        }
        return new Outcome.Accepted(next);
    }

    static Outcome forgetCopies(ClusterState state, Command.ForgetCopies command) {
        ClusterState next = state;
        for (String id : command.volumes()) {
            Volume volume = next.volumes().get(id);
            if (volume != null && volume.copies().get(command.node()) == Volume.Copy.DROP) {
                next = next.with(volume.withoutCopy(command.node())
                        .with(volume.replicas().without(command.node())));
            }
        }
        return new Outcome.Accepted(next);
    }

    static Outcome forgetSeeds(ClusterState state, Command.ForgetSeeds command) {
        ClusterState next = state;
        for (String id : command.volumes()) {
            Volume volume = next.volumes().get(id);
            if (volume != null) {
                next = next.with(volume.with(volume.spec().withoutSeed()));
            }
        }
        return new Outcome.Accepted(next);
    }

    /// The one change of writer: from (epoch, primary) to (epoch + 1, primary, base). Here the primary stays.
    static ClusterState handOver(ClusterState state, String id, SnapshotId base, long atMillis) {
        return handOver(state, id, base, "", atMillis);
    }

    /// @param checkpoint what the snapshot that the present head becomes belongs to; empty for none
    static ClusterState handOver(ClusterState state, String id, SnapshotId base, String checkpoint, long atMillis) {
        Volume volume = state.volumes().get(id);
        if (volume == null) {
            return state;
        }
        SnapshotId keep = volume.nextSnapshot();
        Volume kept = volume.with(new Snapshot(
                keep, "", Snapshot.Origin.BEFORE_ROLLBACK, checkpoint, Snapshot.State.REQUESTED, atMillis, 0, 0));
        Head head = new Head(volume.head().epoch() + 1, volume.head().primary(), Optional.of(base), Optional.of(keep));
        return state.with(kept.with(head));
    }

    static Outcome.Refused missing(String id) {
        return new Outcome.Refused(
                Outcome.Reason.NOT_FOUND, "There is no volume \"" + id + "\"; flocker volume ls shows them");
    }
}
