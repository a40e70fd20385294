package io.flocker.control.api;

import io.flocker.client.api.Requests;
import io.flocker.core.cluster.ClusterState;
import io.flocker.core.model.Checkpoint;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Service;
import io.flocker.core.model.Snapshot;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.model.Volume;
import io.flocker.core.spec.ApplicationSpec;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.pcollections.TreePMap;

/// Where a roll back goes: a snapshot for each volume concerned, and what the services become.
///
/// @param snapshots by volume id
record RollBackTargets(TreePMap<String, SnapshotId> snapshots, Optional<ApplicationSpec> application) {

    static RollBackTargets resolve(ClusterState state, Environment environment, Requests.RollBack request)
            throws Refusal {
        int ways = (request.checkpoint().isEmpty() ? 0 : 1)
                + (request.atMillis() == 0 ? 0 : 1)
                + (request.snapshots().isEmpty() ? 0 : 1);
        if (ways != 1) {
            throw Refusal.invalid("A roll back goes to a checkpoint, to a moment or to snapshots: say exactly one");
        }
        if (!request.checkpoint().isEmpty()) {
            return toCheckpoint(environment, request);
        }
        TreePMap<String, SnapshotId> targets = TreePMap.empty();
        if (request.atMillis() != 0) {
            for (String name : concerned(environment, request)) {
                Volume volume = volume(state, environment, name);
                targets = targets.plus(volume.id(), newestBefore(volume, request.atMillis()));
            }
        }
        for (var wanted : request.snapshots().entrySet()) {
            Volume volume = volume(state, environment, wanted.getKey());
            targets = targets.plus(volume.id(), named(volume, wanted.getValue()));
        }
        return new RollBackTargets(targets, Optional.empty());
    }

    private static RollBackTargets toCheckpoint(Environment environment, Requests.RollBack request) throws Refusal {
        Checkpoint checkpoint = environment.checkpoints().get(request.checkpoint());
        if (checkpoint == null) {
            throw Refusal.notFound("Environment " + environment.name() + " has no checkpoint \"" + request.checkpoint()
                    + "\"; it has " + environment.checkpoints().keySet());
        }
        if (checkpoint.state() != Checkpoint.State.COMPLETE) {
            throw Refusal.of(
                    409, "conflict", "Not as things are", "Checkpoint " + checkpoint.name() + " is not complete yet");
        }
        List<String> concerned = concerned(environment, request);
        boolean whole = request.services().isEmpty() && request.volumes().isEmpty();
        TreePMap<String, SnapshotId> targets = TreePMap.empty();
        for (var entry : checkpoint.volumes().entrySet()) {
            if (concerned.contains(entry.getKey())) {
                targets = targets.plus(entry.getValue().volume(), entry.getValue());
            }
        }
        return new RollBackTargets(
                targets, whole && !request.dataOnly() ? Optional.of(checkpoint.application()) : Optional.empty());
    }

    /// The names of the volumes that the request is about.
    private static List<String> concerned(Environment environment, Requests.RollBack request) throws Refusal {
        if (!request.volumes().isEmpty()) {
            return request.volumes();
        }
        if (request.services().isEmpty()) {
            return List.copyOf(environment.volumes().keySet());
        }
        for (String service : request.services()) {
            if (environment.service(service).isEmpty()) {
                throw Refusal.notFound("Environment " + environment.name() + " has no service \"" + service
                        + "\"; it has " + environment.services().keySet());
            }
        }
        return request.services().stream()
                .flatMap(name -> environment.service(name).stream())
                .map(Service::spec)
                .flatMap(spec -> spec.volumeNames().stream())
                .distinct()
                .toList();
    }

    private static Volume volume(ClusterState state, Environment environment, String name) throws Refusal {
        return state.volume(environment.name(), name)
                .orElseThrow(() -> Refusal.notFound("Environment " + environment.name() + " has no volume \"" + name
                        + "\"; it has " + environment.volumes().keySet()));
    }

    private static SnapshotId newestBefore(Volume volume, long atMillis) throws Refusal {
        return volume.snapshots().values().stream()
                .filter(snapshot -> snapshot.state() == Snapshot.State.READY && snapshot.takenAtMillis() <= atMillis)
                .max(Comparator.comparingLong(Snapshot::takenAtMillis))
                .map(Snapshot::id)
                .orElseThrow(() -> Refusal.notFound("Volume " + volume.name() + " has no snapshot from "
                        + Instant.ofEpochMilli(atMillis) + " or before; flocker snapshot ls shows what there is"));
    }

    /// A snapshot by its position or name.
    static SnapshotId named(Volume volume, String positionOrName) throws Refusal {
        return volume.snapshots().values().stream()
                .filter(snapshot -> snapshot.id().position().equals(positionOrName)
                        || (!snapshot.name().isEmpty() && snapshot.name().equals(positionOrName)))
                .findFirst()
                .map(Snapshot::id)
                .orElseThrow(() -> Refusal.notFound("Volume " + volume.environment() + "/" + volume.name()
                        + " has no snapshot \"" + positionOrName + "\"; flocker snapshot ls shows what there is"));
    }
}
