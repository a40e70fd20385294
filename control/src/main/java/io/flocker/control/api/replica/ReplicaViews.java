package io.flocker.control.api.replica;

import io.flocker.client.api.Status;
import io.flocker.control.api.Views;
import io.flocker.core.model.Snapshot;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.model.Volume;
import io.flocker.core.plan.Problem;
import io.flocker.core.plan.Sighting;
import io.flocker.core.plan.StoredVolume;
import io.flocker.core.plan.Transfer;
import io.flocker.core.replication.Backlog;
import io.flocker.core.replication.Replication;
import io.flocker.core.spec.ReplicationSpec;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/// How far replicas are: what was decided beside what nodes last reported.
public final class ReplicaViews {
    private ReplicaViews() {}

    /// Those of one volume, by node.
    public static List<Status.Replica> of(Volume volume, TreePMap<String, Sighting> sightings, long nowMillis) {
        return Replication.nodes(volume).stream()
                .map(node -> of(volume, node, sightings.get(node), nowMillis))
                .toList();
    }

    private static Status.Replica of(Volume volume, String node, @Nullable Sighting sighting, long nowMillis) {
        StoredVolume stored =
                sighting == null ? null : sighting.observed().volumes().get(volume.id());
        Optional<SnapshotId> tip = stored == null
                ? Optional.ofNullable(volume.replicas().tips().get(node))
                : Replication.tip(volume, stored);
        long lag = tip.flatMap(volume::snapshot)
                .map(Snapshot::requestedAtMillis)
                .map(at -> Math.max(0, nowMillis - at))
                .orElse(-1L);
        Optional<Problem> problem = sighting == null
                ? Optional.empty()
                : sighting.problems().stream()
                        .filter(it -> it.subject().equals("volume " + volume.id()))
                        .findFirst();
        return new Status.Replica(
                node,
                state(volume, node, sighting, lag, nowMillis),
                tip.map(SnapshotId::position).orElse(""),
                lag,
                Backlog.bytes(volume, sighting, lag),
                Backlog.bytesPerSecond(volume, sighting),
                sighting == null ? Optional.empty() : transfer(volume, sighting),
                problem.map(Problem::message).orElse(stored == null ? "" : stored.problem()),
                problem.map(Problem::retryAtMillis).orElse(0L));
    }

    private static Optional<Transfer> transfer(Volume volume, Sighting sighting) {
        return sighting.transfers().stream()
                .filter(transfer -> transfer.volume().equals(volume.id()) && !transfer.ended())
                .findFirst();
    }

    private static String state(Volume volume, String node, @Nullable Sighting sighting, long lag, long nowMillis) {
        if (sighting == null || nowMillis - sighting.atMillis() > Views.SILENT_MILLIS) {
            return "away";
        }
        if (volume.replicas().rejoining().containsKey(node)) {
            return "returning";
        }
        if (lag < 0) {
            return "seeding";
        }
        long most = volume.spec()
                .replication()
                .map(ReplicationSpec::maxLossMillis)
                .orElse(ReplicationSpec.USUAL_MAX_LOSS_MILLIS);
        return lag > most ? "behind" : Status.Replica.IN_STEP;
    }
}
