package io.flocker.control.api;

import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests;
import io.flocker.control.view.Changes;
import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.model.Checkpoint;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Release;
import io.flocker.core.model.Service;
import io.flocker.core.model.Snapshot;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.model.Volume;
import io.flocker.core.spec.ApplicationSpec;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.pcollections.TreePMap;

/// Where a roll back goes: a snapshot for each volume concerned, and what the services become.
///
/// @param snapshots by volume id
/// @param digests as in [io.flocker.core.model.Operation.Kind.RollBack#digests]
record RollBackTargets(
        TreePMap<String, SnapshotId> snapshots,
        Optional<ApplicationSpec> application,
        TreePMap<String, String> digests) {

    /// Begins to go there, or with `dryRun` only tells what that would do.
    Answers.Change start(Decisions decisions, Call call, Environment environment, long timeoutSeconds)
            throws Refusal, IOException, InterruptedException {
        ClusterState state = decisions.state();
        Optional<ApplicationSpec> back = application.map(it -> Upgrades.following(Optional.of(environment), it));
        if (back.isPresent()) {
            decisions.refuseReach(call, back.get(), environment.application());
        }
        long now = System.currentTimeMillis();
        Command command = new Command.RollBack(
                call.by(),
                now,
                decisions.newId(),
                EnvironmentEndpoints.deadline(now, timeoutSeconds),
                environment.name(),
                snapshots,
                back,
                digests);
        List<String> changes = new ArrayList<>();
        for (SnapshotId target : snapshots.values()) {
            state.volume(target.volume())
                    .ifPresent(volume -> changes.add("~ volume " + volume.name() + " back to snapshot "
                            + target.position() + "; what is there now is kept as snapshot "
                            + volume.nextSnapshot().position()));
        }
        back.ifPresent(services -> changes.addAll(Changes.of(state, environment.name(), services, digests)));
        return decisions.change(call, command, changes);
    }

    /// An earlier release of a service with the data it had when the next one took its place.
    ///
    /// @param application what the environment becomes, with that release
    static RollBackTargets toRelease(
            ClusterState state, Environment environment, Service service, Release release, ApplicationSpec application)
            throws Refusal {
        TreePMap<String, SnapshotId> targets = TreePMap.empty();
        Checkpoint checkpoint = after(environment, service, release);
        for (String name : release.spec().volumeNames()) {
            Optional<SnapshotId> snapshot = Optional.ofNullable(
                            checkpoint.volumes().get(name))
                    .filter(id -> state.volume(environment.name(), name)
                            .filter(volume -> volume.id().equals(id.volume()))
                            .isPresent());
            if (snapshot.isEmpty()) {
                throw Refusal.of(
                        409,
                        "conflict",
                        "Not as things are",
                        "Checkpoint " + checkpoint.name() + " has no snapshot of the volume " + name
                                + " that is there now; " + without(environment, service, release));
            }
            targets = targets.plus(snapshot.get().volume(), snapshot.get());
        }
        return new RollBackTargets(
                targets, Optional.of(application), TreePMap.singleton(service.name(), release.digest()));
    }

    /// The checkpoint that was taken before the next good release took the place of `release`.
    private static Checkpoint after(Environment environment, Service service, Release release) throws Refusal {
        String which = "release " + release.number() + " of " + service.name();
        if (release.spec().volumeNames().isEmpty()) {
            throw Refusal.invalid("There is no data of " + which + ": it has no volumes; leave --with-data out");
        }
        Release next = service.releases().tailMap(release.number(), false).values().stream()
                .filter(later -> !later.failed())
                .findFirst()
                .orElseThrow(() -> Refusal.of(
                        409,
                        "conflict",
                        "Not as things are",
                        "No upgrade has followed " + which + ", so that no checkpoint was taken: flocker rollback "
                                + environment.name() + "/" + service.name() + " --to TIME brings its data back"));
        String name = Operation.checkpoint(next.operation());
        Checkpoint checkpoint = environment.checkpoints().get(name);
        if (checkpoint == null || checkpoint.state() != Checkpoint.State.COMPLETE) {
            throw Refusal.notFound("The data of " + which + " is not there any more: the checkpoint " + name
                    + ", which the upgrade to release " + next.number() + " would have taken, is not (the newest "
                    + Operation.MAX_CHECKPOINTS + " of these are kept, and only an upgrade of a service with data"
                    + " takes one); " + without(environment, service, release));
        }
        return checkpoint;
    }

    private static String without(Environment environment, Service service, Release release) {
        return "run the release with the present data (leave --with-data out), or bring the data back to another"
                + " moment: flocker snapshot ls shows which there are, flocker rollback " + environment.name() + "/"
                + service.name() + " --to TIME goes there, and then flocker rollback " + service.name()
                + " --release " + release.number();
    }

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
        return new RollBackTargets(targets, Optional.empty(), TreePMap.empty());
    }

    private static RollBackTargets toCheckpoint(Environment environment, Requests.RollBack request) throws Refusal {
        Checkpoint checkpoint = environment.checkpoints().get(request.checkpoint());
        if (checkpoint == null) {
            throw Refusal.notFound("Environment " + environment.name() + " has no checkpoint \"" + request.checkpoint()
                    + "\"; it has " + environment.checkpoints().keySet());
        }
        Optional<String> objection = checkpoint.objection();
        if (objection.isPresent()) {
            throw Refusal.of(
                    409,
                    "conflict",
                    "Not as things are",
                    "Checkpoint " + checkpoint.name() + " of " + environment.name() + " " + objection.get());
        }
        List<String> concerned = concerned(environment, request);
        boolean whole = request.services().isEmpty() && request.volumes().isEmpty();
        TreePMap<String, SnapshotId> targets = TreePMap.empty();
        for (var entry : checkpoint.volumes().entrySet()) {
            if (concerned.contains(entry.getKey())) {
                targets = targets.plus(entry.getValue().volume(), entry.getValue());
            }
        }
        return whole && !request.dataOnly()
                ? new RollBackTargets(targets, Optional.of(checkpoint.application()), digests(environment, checkpoint))
                : new RollBackTargets(targets, Optional.empty(), TreePMap.empty());
    }

    /// What the images were, of all services: two releases may differ in that only.
    private static TreePMap<String, String> digests(Environment environment, Checkpoint checkpoint) {
        TreePMap<String, String> digests = TreePMap.empty();
        for (Service service : environment.services().values()) {
            int then = checkpoint.releases().getOrDefault(service.name(), 0);
            String digest = service.release(then).map(Release::digest).orElse("");
            digests = digests.plus(service.name(), digest);
        }
        return digests;
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
