package io.flocker.core.plan;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.WayBack;
import io.flocker.core.model.Snapshot;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.model.Volume;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/// What the cluster writes down of a volume once its node has done it.
final class Bookkeeping {
    private Bookkeeping() {}

    /// What nodes had of volumes that left them, and have no more.
    static List<Command> copies(ClusterState state, TreePMap<String, Sighting> sightings, long nowMillis) {
        var gone = new TreeMap<String, List<String>>();
        for (Volume volume : state.volumes().values()) {
            volume.copies().forEach((node, copy) -> {
                if (copy == Volume.Copy.DROP && isGone(state, volume, node, sightings.get(node))) {
                    gone.computeIfAbsent(node, _ -> new ArrayList<>()).add(volume.id());
                }
            });
        }
        List<Command> commands = new ArrayList<>();
        gone.forEach((node, volumes) -> commands.add(new Command.ForgetCopies(nowMillis, node, List.copyOf(volumes))));
        return commands;
    }

    /// What moves left behind that gave up after the hand-over, once the new heads are made.
    static Optional<Command> leftovers(ClusterState state, TreePMap<String, Sighting> sightings, long nowMillis) {
        List<String> settled = state.volumes().values().stream()
                .filter(volume -> WayBack.isLeft(state, volume)
                        && isMade(volume, sightings.get(volume.head().primary())))
                .map(Volume::id)
                .toList();
        return settled.isEmpty() ? Optional.empty() : Optional.of(new Command.Settle(nowMillis, settled));
    }

    private static boolean isMade(Volume volume, @Nullable Sighting primary) {
        StoredVolume stored =
                primary == null ? null : primary.observed().volumes().get(volume.id());
        return stored != null && stored.headEpoch() == volume.head().epoch();
    }

    private static boolean isGone(ClusterState state, Volume volume, String node, @Nullable Sighting sighting) {
        if (!state.nodes().containsKey(node)) {
            return true;
        }
        return sighting != null
                && sighting.upToDate()
                && !sighting.busy().contains("volume " + volume.id())
                && !sighting.observed().volumes().containsKey(volume.id());
    }

    /// What its node says of a snapshot that is there. One that a checkpoint asked for must have been taken together
    /// with the others; if the agent has died since, nobody knows whether it was. What a roll back keeps was there.
    private static Optional<Command.Taken> said(Snapshot snapshot, Sighting sighting) {
        Command.Taken taken = sighting.taken().get(snapshot.id().toString());
        return taken == null && snapshot.origin() != Snapshot.Origin.CHECKPOINT
                ? Optional.of(new Command.Taken(snapshot.id(), snapshot.requestedAtMillis(), 0))
                : Optional.ofNullable(taken);
    }

    static Optional<Command> of(Volume volume, @Nullable Sighting sighting, long nowMillis) {
        if (sighting == null) {
            return Optional.empty();
        }
        StoredVolume stored = sighting.observed().volumes().get(volume.id());
        boolean settled = sighting.upToDate() && !sighting.busy().contains("volume " + volume.id());
        if (stored == null) {
            boolean gone = volume.state() == Volume.State.DELETING
                    && settled
                    && volume.copies().isEmpty();
            return gone ? Optional.of(new Command.ForgetVolumes(nowMillis, List.of(volume.id()))) : Optional.empty();
        }
        if (!volume.spec().seedBase64().isEmpty() && stored.headEpoch() > 0) {
            return Optional.of(new Command.ForgetSeeds(nowMillis, List.of(volume.id())));
        }
        boolean active = volume.state() == Volume.State.ACTIVE;
        List<Command.Taken> taken = new ArrayList<>();
        List<SnapshotId> gone = new ArrayList<>();
        for (Snapshot snapshot : volume.snapshots().values()) {
            boolean here = stored.snapshots().contains(snapshot.id().position());
            if (snapshot.state() == Snapshot.State.REQUESTED && here && active) {
                said(snapshot, sighting).ifPresent(taken::add);
            } else if (snapshot.state() == Snapshot.State.DELETING && !here && settled) {
                gone.add(snapshot.id());
            }
        }
        if (!taken.isEmpty()) {
            return Optional.of(new Command.ConfirmSnapshots(nowMillis, List.copyOf(taken)));
        }
        return gone.isEmpty()
                ? Optional.empty()
                : Optional.of(new Command.ForgetSnapshots(nowMillis, List.copyOf(gone)));
    }
}
