package io.flocker.control.api.backup;

import io.flocker.client.api.Answers;
import io.flocker.client.api.Backups;
import io.flocker.control.api.Call;
import io.flocker.control.api.Decisions;
import io.flocker.control.api.Endpoint;
import io.flocker.control.api.Refusal;
import io.flocker.core.access.Right;
import io.flocker.core.cluster.Command;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Snapshot;
import io.flocker.core.model.Volume;
import io.flocker.core.spec.VolumeSpec;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What nodes tell of backups and restores, and ask.
public final class BackupNotices {
    private static final Logger log = LoggerFactory.getLogger(BackupNotices.class);

    private final Decisions decisions;

    public BackupNotices(Decisions decisions) {
        this.decisions = decisions;
    }

    public List<Endpoint> list() {
        return List.of(
                new Endpoint(
                        "POST",
                        "/v2/agent/backups",
                        Right.NODE,
                        "A node is done with a backup: snapshots that were taken for such and are needed no more go.",
                        List.of(),
                        Backups.Made.class,
                        Answers.Change.class,
                        this::made),
                new Endpoint(
                        "POST",
                        "/v2/agent/restores",
                        Right.NODE,
                        "A node has the data of a restored volume: the cluster has that volume from now on.",
                        List.of(),
                        Backups.Restored.class,
                        Answers.Change.class,
                        this::restored),
                new Endpoint(
                        "GET",
                        "/v2/agent/volumes/{volume}",
                        Right.NODE,
                        "Whether the cluster has a volume of that id.",
                        List.of(),
                        Void.class,
                        Backups.Known.class,
                        call -> new Backups.Known(
                                decisions.state().volume(call.path("volume")).isPresent())));
    }

    private Object made(Call call) throws Exception {
        Backups.Made made = call.body(Backups.Made.class);
        Optional<Volume> volume = decisions.state().volume(made.volume());
        if (volume.isPresent() && !made.label().isEmpty()) {
            for (Snapshot snapshot : volume.get().snapshots().values()) {
                String position = snapshot.id().position();
                boolean goes = made.failed().isEmpty()
                        ? !made.keep().contains(position)
                        : made.failed().equals(position);
                if (goes && snapshot.name().startsWith(made.label()) && snapshot.state() == Snapshot.State.READY) {
                    delete(call, snapshot);
                }
            }
        }
        return new Answers.Change("", List.of());
    }

    /// One that something else needs stays, until the next backup.
    private void delete(Call call, Snapshot snapshot) throws IOException, InterruptedException {
        try {
            decisions.decide(new Command.DeleteSnapshot(call.by(), System.currentTimeMillis(), snapshot.id()));
        } catch (Refusal refusal) {
            log.atInfo()
                    .addKeyValue("snapshot", snapshot.id().toString())
                    .addKeyValue("reason", refusal.getMessage())
                    .log("A snapshot for a backup stays");
        }
    }

    private Object restored(Call call) throws Exception {
        Backups.Restored restored = call.body(Backups.Restored.class);
        if (decisions.state().volume(restored.volume()).isEmpty()) {
            refuseOthers(restored);
            decisions.decide(new Command.CreateVolume(
                    restored.by(),
                    System.currentTimeMillis(),
                    restored.volume(),
                    restored.environment(),
                    restored.name(),
                    VolumeSpec.PLAIN,
                    Optional.empty(),
                    call.by()));
        }
        return new Answers.Change("", List.of("+ volume " + restored.environment() + "/" + restored.name()));
    }

    /// Whoever asked for it was allowed to then: the environment may have become somebody else's.
    private void refuseOthers(Backups.Restored restored) throws Refusal {
        Optional<String> owner =
                decisions.state().environment(restored.environment()).map(Environment::owner);
        boolean changed = owner.isPresent()
                && !owner.get().equals(restored.owner())
                && !owner.get().equals(restored.by());
        if (changed) {
            throw Refusal.of(
                    409,
                    "conflict",
                    "Not as things are",
                    "Environment " + restored.environment() + " has become " + owner.get()
                            + "'s since the restore began; restore into another one");
        }
    }
}
