package io.flocker.control.api.backup;

import io.flocker.client.api.Backups;
import io.flocker.control.api.Call;
import io.flocker.control.api.Decisions;
import io.flocker.control.api.Endpoint;
import io.flocker.control.api.NodeCalls;
import io.flocker.control.api.Refusal;
import io.flocker.control.api.user.DataQuota;
import io.flocker.core.access.Right;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Snapshot;
import io.flocker.core.model.Volume;
import io.flocker.core.plan.RoutingTable;
import io.flocker.core.spec.VolumeSpec;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// Backups and restores, begun on the node that has the volume or gets it.
public final class BackupEndpoints {
    private static final String DRY_RUN = "dryRun: true to only tell what would be done";
    private static final long SNAPSHOT_MILLIS = 30_000;
    private static final int LABEL_LENGTH = 8;

    private final Decisions decisions;
    private final DataQuota data;
    private final Destinations destinations;

    public BackupEndpoints(Decisions decisions, NodeCalls nodes, DataQuota data) {
        this.decisions = decisions;
        this.data = data;
        destinations = new Destinations(decisions, nodes);
    }

    public List<Endpoint> list() {
        return List.of(
                new Endpoint(
                        "POST",
                        "/v2/volumes/{environment}/{volume}/backups",
                        Right.CHANGE,
                        "Back a volume up, in the background.",
                        List.of(DRY_RUN),
                        Backups.Make.class,
                        Backups.Errand.class,
                        this::make),
                new Endpoint(
                        "POST",
                        "/v2/restores",
                        Right.CREATE,
                        "Make a volume of a backup, in the background.",
                        List.of(DRY_RUN),
                        Backups.Restore.class,
                        Backups.Errand.class,
                        this::restore),
                new Endpoint(
                        "POST",
                        "/v2/backups/list",
                        Right.CREATE,
                        "List the backups in a destination, in the background.",
                        List.of(),
                        Backups.Look.class,
                        Backups.Errand.class,
                        this::look),
                new Endpoint(
                        "POST",
                        "/v2/backups/verify",
                        Right.CREATE,
                        "Read backups and check all of them, in the background.",
                        List.of(),
                        Backups.Check.class,
                        Backups.Errand.class,
                        this::check),
                new Endpoint(
                        "POST",
                        "/v2/backups/delete",
                        Right.CREATE,
                        "Delete backups that no others build upon, in the background.",
                        List.of(DRY_RUN),
                        Backups.Delete.class,
                        Backups.Errand.class,
                        this::delete));
    }

    /// What names of snapshots begin with that are taken for a destination.
    static String label(Backups.Destination to) {
        String place = to.url().replaceAll("/+$", "") + " " + to.endpoint().replaceAll("/+$", "");
        return "backup-" + RoutingTable.hash(place).substring(0, LABEL_LENGTH) + "-";
    }

    private Object make(Call call) throws Exception {
        Backups.Make request = call.body(Backups.Make.class);
        destinations.refuseReach(call, request.to());
        Volume volume = volume(call);
        String label = label(request.to());
        if (call.flag("dryRun")) {
            return begin(call, volume, task(request, volume, "", 0, label, true));
        }
        String name = label + decisions.newId();
        decisions.require(call, new Command.TakeSnapshot(call.by(), System.currentTimeMillis(), volume.id(), name));
        Snapshot taken = taken(volume, name);
        boolean begun = false;
        try {
            Backups.Errand errand = begin(
                    call, volume, task(request, volume, taken.id().position(), taken.takenAtMillis(), label, false));
            begun = true;
            return errand;
        } finally {
            if (!begun) {
                decisions.decide(new Command.DeleteSnapshot(call.by(), System.currentTimeMillis(), taken.id()));
            }
        }
    }

    private static Backups.MakeTask task(
            Backups.Make request, Volume volume, String position, long takenAtMillis, String label, boolean rehearsed) {
        return new Backups.MakeTask(
                request,
                volume.id(),
                volume.environment() + "/" + volume.name(),
                position,
                takenAtMillis,
                label,
                rehearsed);
    }

    private Backups.Errand begin(Call call, Volume volume, Backups.Task task) throws Exception {
        return destinations.begin(call, volume.head().primary(), task);
    }

    private Volume volume(Call call) throws Refusal {
        String environment = call.path("environment");
        String name = call.path("volume");
        return decisions
                .state()
                .volume(environment, name)
                .orElseThrow(() -> Refusal.notFound(
                        "There is no volume " + environment + "/" + name + "; flocker volume ls shows them"));
    }

    /// Waits for a snapshot that was decided.
    private Snapshot taken(Volume volume, String name) throws Refusal, IOException, InterruptedException {
        decisions.await(
                SNAPSHOT_MILLIS,
                () -> find(volume, name)
                        .filter(snapshot -> snapshot.state() == Snapshot.State.REQUESTED)
                        .isEmpty());
        Snapshot found = find(volume, name)
                .orElseThrow(() -> Refusal.notFound("Volume " + volume.environment() + "/" + volume.name()
                        + " or its snapshot was deleted before it could be backed up"));
        if (found.state() != Snapshot.State.READY) {
            decisions.decide(new Command.DeleteSnapshot("backup", System.currentTimeMillis(), found.id()));
            throw Refusal.of(
                    409,
                    "conflict",
                    "Not as things are",
                    "Volume " + volume.environment() + "/" + volume.name() + " was not backed up: no snapshot of it"
                            + " could be taken within " + SNAPSHOT_MILLIS / 1_000 + " s; flocker status "
                            + volume.environment() + " tells why");
        }
        return found;
    }

    private Optional<Snapshot> find(Volume volume, String name) {
        return decisions.state().volume(volume.id()).stream()
                .flatMap(found -> found.snapshots().values().stream())
                .filter(snapshot -> snapshot.name().equals(name))
                .findFirst();
    }

    private Object restore(Call call) throws Exception {
        Backups.Restore request = call.body(Backups.Restore.class);
        decisions.allow(call, Right.CHANGE, request.environment());
        destinations.refuseReach(call, request.from());
        data.refuseMore(request.environment(), call.by());
        String id = request.environment() + "." + request.volume() + "." + decisions.newId();
        var command = new Command.CreateVolume(
                call.by(),
                System.currentTimeMillis(),
                id,
                request.environment(),
                request.volume(),
                VolumeSpec.PLAIN,
                Optional.empty(),
                request.node());
        String node = switch (decisions.state().after(command)) {
            case Outcome.Refused refused -> throw Refusal.of(refused);
            case Outcome.Accepted accepted ->
                accepted.state()
                        .volume(id)
                        .map(volume -> volume.head().primary())
                        .orElseThrow(() -> Refusal.notFound("There is no node for volume " + request.volume()));
        };
        String owner = decisions
                .state()
                .environment(request.environment())
                .map(Environment::owner)
                .orElse("");
        var result = new Backups.Restored(id, request.environment(), request.volume(), call.by(), owner);
        return destinations.begin(call, node, new Backups.RestoreTask(request, result, call.flag("dryRun")));
    }

    private Object look(Call call) throws Exception {
        Backups.Look request = call.body(Backups.Look.class);
        return destinations.begin(call, destinations.node(request.at(), request.node()), new Backups.LookTask(request));
    }

    private Object check(Call call) throws Exception {
        Backups.Check request = call.body(Backups.Check.class);
        return destinations.begin(
                call, destinations.node(request.at(), request.node()), new Backups.CheckTask(request));
    }

    private Object delete(Call call) throws Exception {
        Backups.Delete request = call.body(Backups.Delete.class);
        return destinations.begin(
                call,
                destinations.node(request.at(), request.node()),
                new Backups.DeleteTask(request, call.flag("dryRun")));
    }
}
