package io.flocker.core.plan;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.WayBack;
import io.flocker.core.model.Snapshot;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.model.Volume;
import io.flocker.core.replication.Replication;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/// What the cluster writes down of a volume once its node has done it.
final class Bookkeeping {
    private final List<Command.Taken> taken = new ArrayList<>();
    private final List<SnapshotId> goneSnapshots = new ArrayList<>();
    private final List<String> goneVolumes = new ArrayList<>();
    /// Volumes that have the content that they were to begin with.
    private final List<String> filled = new ArrayList<>();

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

    /// What nodes have made and deleted of volumes that are theirs.
    static List<Command> volumes(ClusterState state, TreePMap<String, Sighting> sightings, long nowMillis) {
        var found = new Bookkeeping();
        for (Volume volume : state.volumes().values()) {
            Sighting sighting = sightings.get(volume.head().primary());
            if (sighting != null) {
                found.look(volume, sighting, nowMillis);
            }
        }
        return found.commands(nowMillis);
    }

    private List<Command> commands(long nowMillis) {
        List<Command> commands = new ArrayList<>();
        if (!taken.isEmpty()) {
            commands.add(new Command.ConfirmSnapshots(nowMillis, List.copyOf(taken)));
        }
        if (!goneSnapshots.isEmpty()) {
            commands.add(new Command.ForgetSnapshots(nowMillis, List.copyOf(goneSnapshots)));
        }
        if (!goneVolumes.isEmpty()) {
            commands.add(new Command.ForgetVolumes(nowMillis, List.copyOf(goneVolumes)));
        }
        if (!filled.isEmpty()) {
            commands.add(new Command.ForgetSeeds(nowMillis, List.copyOf(filled)));
        }
        return commands;
    }

    private void look(Volume volume, Sighting sighting, long nowMillis) {
        StoredVolume stored = sighting.observed().volumes().get(volume.id());
        boolean settled = sighting.upToDate() && !sighting.busy().contains("volume " + volume.id());
        if (stored == null) {
            if (volume.state() == Volume.State.DELETING
                    && settled
                    && volume.copies().isEmpty()) {
                goneVolumes.add(volume.id());
            }
            return;
        }
        if (!volume.spec().seedBase64().isEmpty() && stored.headEpoch() > 0) {
            filled.add(volume.id());
        }
        boolean active = volume.state() == Volume.State.ACTIVE;
        int before = taken.size();
        List<Snapshot> gone = new ArrayList<>();
        for (Snapshot snapshot : volume.snapshots().values()) {
            boolean here = stored.snapshots().contains(snapshot.id().position());
            if (snapshot.state() == Snapshot.State.REQUESTED && here && active) {
                said(snapshot, sighting).ifPresent(taken::add);
            } else if (snapshot.state() == Snapshot.State.DELETING && !here && settled) {
                gone.add(snapshot);
            }
        }
        if (gone.isEmpty()) {
            return;
        }
        boolean later = taken.size() == before && Replication.isSoonTaking(volume, nowMillis);
        gone.stream()
                .filter(snapshot -> !(later && snapshot.origin() == Snapshot.Origin.REPLICATION))
                .map(Snapshot::id)
                .forEach(goneSnapshots::add);
    }
}
