package io.flocker.agent.backup;

import io.flocker.agent.backup.store.Store;
import io.flocker.agent.volume.VolumeDriver;
import io.flocker.client.ApiException;
import io.flocker.client.api.Backups;
import io.flocker.core.model.Head;
import io.flocker.core.model.SnapshotId;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Makes a volume of a backup. The cluster hears of it only when all of it is there and was
/// checked: until then there is a volume that no assignment names, [#staging], with the snapshots
/// of the backups, and at last the new one beside it.
final class RestoreWork {
    private static final String STAGING = "restoring-";
    private static final int FIRST_SERVER_STATUS = 500;
    /// For how long the control plane may be out of reach when the data is there.
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final VolumeDriver volumes;
    private final String node;
    private final Notices notices;
    private final Backups.RestoreTask task;
    private final Progress progress;

    RestoreWork(VolumeDriver volumes, String node, Notices notices, Backups.RestoreTask task, Progress progress) {
        this.volumes = volumes;
        this.node = node;
        this.notices = notices;
        this.task = task;
        this.progress = progress;
    }

    void run(Store store) throws IOException, InterruptedException {
        byte[] key = Seal.key(task.destination().keyBase64());
        Catalogue catalogue = Catalogue.of(store, key);
        Manifest manifest = catalogue.find(task.restore().which());
        List<Manifest.Opened> chain = catalogue.chain(manifest.id());
        if (!manifest.kind().equals(volumes.kind())) {
            throw new IOException("Backup " + manifest.id() + " was made from a " + manifest.kind()
                    + " pool, and the pool of node " + node + " is " + volumes.kind()
                    + ": restore it on a node with a " + manifest.kind() + " pool (--node)");
        }
        progress.expect(
                chain.stream().mapToLong(each -> each.manifest().storedBytes()).sum());
        progress.found(List.of(catalogue.told(manifest)));
        progress.tell("+ volume " + task.restore().environment() + "/"
                + task.restore().volume() + " on " + node + ": " + manifest.name() + " as of backup " + manifest.id());
        if (!task.rehearsed()) {
            receive(store, chain);
        }
    }

    private void receive(Store store, List<Manifest.Opened> chain) throws IOException, InterruptedException {
        String volume = task.result().volume();
        String staging = staging(volume);
        var outcome = Outcome.UNWANTED;
        try {
            Optional<SnapshotId> last = Optional.empty();
            for (Manifest.Opened each : chain) {
                SnapshotId snapshot = SnapshotId.of(staging, each.manifest().position());
                try (var in = new ChunkInput(store, each, progress.meter())) {
                    volumes.receive(snapshot, last, in);
                }
                last = Optional.of(snapshot);
            }
            volumes.makeHead(volume, new Head(1, node, last, Optional.empty()), VolumeDriver.Filler.NOTHING);
            outcome = Outcome.UNKNOWN;
            outcome = announce();
        } catch (ApiException e) {
            outcome = Outcome.UNWANTED;
            throw e;
        } finally {
            // With a flag set, nothing could be deleted.
            boolean interrupted = Thread.interrupted();
            if (outcome == Outcome.UNWANTED) {
                volumes.delete(volume);
            }
            if (outcome != Outcome.UNKNOWN) {
                volumes.delete(staging);
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// Whether the cluster has taken the volume.
    private enum Outcome {
        UNWANTED,
        /// It may have: what is here stays until a daemon has asked, at its start.
        UNKNOWN,
        TAKEN
    }

    private Outcome announce() throws IOException, InterruptedException {
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                notices.restored(task.result());
                return Outcome.TAKEN;
            } catch (IOException e) {
                boolean refused =
                        e instanceof ApiException answer && answer.problem().status() < FIRST_SERVER_STATUS;
                if (refused) {
                    throw e;
                }
                if (System.nanoTime() > giveUp) {
                    throw new IOException(
                            "The data is there, but the cluster could not be told of it: " + e.getMessage()
                                    + "; restore it again once it can",
                            e);
                }
                Thread.sleep(PAUSE);
            }
        }
    }

    /// The volume that snapshots for `volume` are received in.
    private static String staging(String volume) {
        return STAGING + volume.substring(volume.lastIndexOf('.') + 1);
    }

    /// The volumes in which a daemon was receiving when it ended.
    static List<String> left(VolumeDriver volumes) throws IOException {
        return volumes.list().keySet().stream()
                .filter(id -> id.startsWith(STAGING))
                .toList();
    }

    /// Deletes what is left of a restore in which a daemon ended: a volume that the cluster knows
    /// is whole, others nobody has ever seen.
    ///
    /// @param staging one that [#left] found
    static void clearAway(VolumeDriver volumes, Notices notices, String staging)
            throws IOException, InterruptedException {
        for (String volume : List.copyOf(volumes.list().keySet())) {
            boolean restored = !volume.equals(staging) && staging(volume).equals(staging);
            if (restored && !notices.isKnown(volume)) {
                volumes.delete(volume);
            }
        }
        volumes.delete(staging);
    }
}
