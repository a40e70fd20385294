package io.flocker.control.api;

import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests;
import io.flocker.client.api.Status;
import io.flocker.control.api.user.DataQuota;
import io.flocker.core.access.Right;
import io.flocker.core.cluster.Command;
import io.flocker.core.model.Snapshot;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.model.Volume;
import io.flocker.core.spec.VolumeSpec;
import java.util.List;
import java.util.Optional;

/// Volumes and their snapshots.
final class VolumeEndpoints {
    private static final String VOLUME = "/v2/volumes/{environment}/{volume}";
    private static final long READY_MILLIS = 30_000;

    private final Decisions decisions;
    private final NodeCalls nodes;

    VolumeEndpoints(Decisions decisions, NodeCalls nodes) {
        this.decisions = decisions;
        this.nodes = nodes;
    }

    List<Endpoint> list() {
        return List.of(
                new Endpoint(
                        "GET",
                        "/v2/volumes",
                        Right.READ,
                        "All volumes.",
                        List.of("environment: only this one's", "usage: true for the space they take"),
                        Void.class,
                        Answers.Volumes.class,
                        this::all),
                new Endpoint(
                        "POST",
                        "/v2/volumes",
                        Right.CREATE,
                        "Make a volume, empty or as a clone. Answers when it is ready.",
                        List.of(),
                        Requests.CreateVolume.class,
                        Status.Volume.class,
                        this::create),
                new Endpoint(
                        "GET",
                        VOLUME,
                        Right.READ,
                        "One volume, with the space it takes.",
                        List.of(),
                        Void.class,
                        Status.Volume.class,
                        this::one),
                new Endpoint(
                        "PATCH",
                        VOLUME,
                        Right.CHANGE,
                        "Change a volume's size limit.",
                        List.of(),
                        Requests.ResizeVolume.class,
                        Status.Volume.class,
                        this::resize),
                new Endpoint(
                        "DELETE",
                        VOLUME,
                        Right.CHANGE,
                        "Delete a volume and its snapshots.",
                        List.of(),
                        Void.class,
                        Answers.Change.class,
                        this::delete),
                new Endpoint(
                        "GET",
                        VOLUME + "/snapshots",
                        Right.READ,
                        "A volume's snapshots, oldest first.",
                        List.of(),
                        Void.class,
                        Answers.Snapshots.class,
                        this::snapshots),
                new Endpoint(
                        "POST",
                        VOLUME + "/snapshots",
                        Right.CHANGE,
                        "Take a snapshot. Answers when it is taken.",
                        List.of(),
                        Requests.Name.class,
                        Status.VolumeSnapshot.class,
                        this::takeSnapshot),
                new Endpoint(
                        "DELETE",
                        VOLUME + "/snapshots/{snapshot}",
                        Right.CHANGE,
                        "Delete a snapshot, by position or name.",
                        List.of(),
                        Void.class,
                        Answers.Change.class,
                        this::deleteSnapshot));
    }

    private Object all(Call call) throws Exception {
        Views views = decisions.views();
        String environment = call.query("environment", "");
        List<Status.Volume> volumes = decisions.state().volumes().values().stream()
                .filter(volume -> environment.isEmpty() || volume.environment().equals(environment))
                .map(views::volume)
                .toList();
        return new Answers.Volumes(call.flag("usage") ? nodes.withUsage(volumes) : volumes);
    }

    private Object create(Call call) throws Exception {
        Requests.CreateVolume request = call.body(Requests.CreateVolume.class);
        decisions.allow(call, Right.CHANGE, request.environment());
        new DataQuota(decisions, nodes).refuseMore(request.environment(), call.by());
        Optional<SnapshotId> base = request.cloneOf().isEmpty() ? Optional.empty() : Optional.of(base(call, request));
        String id = request.environment() + "." + request.name() + "." + decisions.newId();
        VolumeSpec spec = request.spec().orElse(VolumeSpec.PLAIN);
        decisions.require(
                call,
                new Command.CreateVolume(
                        call.by(),
                        System.currentTimeMillis(),
                        id,
                        request.environment(),
                        request.name(),
                        spec,
                        base,
                        ""));
        decisions.await(
                READY_MILLIS,
                () -> decisions
                        .state()
                        .volume(request.environment(), request.name())
                        .filter(volume ->
                                decisions.views().volume(volume).state().equals("ready"))
                        .isPresent());
        return decisions.views().volume(found(request.environment(), request.name()));
    }

    private Volume found(String environment, String name) throws Refusal {
        return decisions
                .state()
                .volume(environment, name)
                .orElseThrow(() -> Refusal.notFound("Volume " + environment + "/" + name + " was deleted meanwhile"));
    }

    /// The snapshot to clone: the one that is named, or one taken now.
    private SnapshotId base(Call call, Requests.CreateVolume request) throws Exception {
        int slash = request.cloneOf().indexOf('/');
        if (slash < 0) {
            throw Refusal.invalid("A volume to clone is ENVIRONMENT/VOLUME, not \"" + request.cloneOf() + "\"");
        }
        Volume origin =
                found(request.cloneOf().substring(0, slash), request.cloneOf().substring(slash + 1));
        if (!request.snapshot().isEmpty()) {
            return RollBackTargets.named(origin, request.snapshot());
        }
        decisions.requireFirst(new Command.TakeSnapshot(call.by(), System.currentTimeMillis(), origin.id(), ""));
        return taken(origin, "").id();
    }

    private Object one(Call call) throws Exception {
        return nodes.withUsage(decisions.views().volume(decisions.volume(call)));
    }

    private Object resize(Call call) throws Exception {
        Volume volume = decisions.volume(call);
        Requests.ResizeVolume request = call.body(Requests.ResizeVolume.class);
        decisions.require(
                call,
                new Command.ResizeVolume(call.by(), System.currentTimeMillis(), volume.id(), request.sizeBytes()));
        return decisions.views().volume(decisions.volume(call));
    }

    private Object delete(Call call) throws Exception {
        Volume volume = decisions.volume(call);
        decisions.require(call, new Command.DeleteVolume(call.by(), System.currentTimeMillis(), volume.id()));
        decisions.await(
                READY_MILLIS, () -> decisions.state().volume(volume.id()).isEmpty());
        return new Answers.Change("", List.of("- volume " + volume.environment() + "/" + volume.name()));
    }

    private Object snapshots(Call call) throws Refusal {
        Volume volume = decisions.volume(call);
        return new Answers.Snapshots(volume.snapshots().values().stream()
                .sorted((a, b) -> a.id().compareTo(b.id()))
                .map(snapshot -> new Status.VolumeSnapshot(volume.environment(), volume.name(), snapshot))
                .toList());
    }

    private Object takeSnapshot(Call call) throws Exception {
        Volume volume = decisions.volume(call);
        String name = call.body(Requests.Name.class).name();
        decisions.require(call, new Command.TakeSnapshot(call.by(), System.currentTimeMillis(), volume.id(), name));
        return new Status.VolumeSnapshot(volume.environment(), volume.name(), taken(volume, name));
    }

    /// Waits for the snapshot that was just decided.
    ///
    /// @param volume as it was before
    private Snapshot taken(Volume volume, String name) throws Exception {
        long before = volume.nextSequence();
        Volume asked = decisions.state().volume(volume.id()).orElse(volume);
        Snapshot requested = asked.snapshots().values().stream()
                .filter(snapshot -> snapshot.origin() == Snapshot.Origin.USER
                        && snapshot.name().equals(name)
                        && snapshot.id().epoch() == volume.head().epoch()
                        && (snapshot.id().sequence() >= before || !name.isEmpty()))
                .findFirst()
                .orElseThrow(() -> Refusal.notFound("The snapshot was deleted before it was taken"));
        decisions.await(
                READY_MILLIS,
                () -> decisions
                        .state()
                        .volume(volume.id())
                        .flatMap(found -> found.snapshot(requested.id()))
                        .filter(snapshot -> snapshot.state() != Snapshot.State.REQUESTED)
                        .isPresent());
        return decisions
                .state()
                .volume(volume.id())
                .flatMap(found -> found.snapshot(requested.id()))
                .orElse(requested);
    }

    private Object deleteSnapshot(Call call) throws Exception {
        Volume volume = decisions.volume(call);
        SnapshotId id = RollBackTargets.named(volume, call.path("snapshot"));
        decisions.require(call, new Command.DeleteSnapshot(call.by(), System.currentTimeMillis(), id));
        decisions.await(
                READY_MILLIS,
                () -> decisions
                        .state()
                        .volume(volume.id())
                        .flatMap(found -> found.snapshot(id))
                        .isEmpty());
        return new Answers.Change("", List.of("- snapshot " + id.position()));
    }
}
