package io.flocker.verify.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.model.Head;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.plan.StoredVolume;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.pcollections.TreePMap;

/// A simulated machine's disk: it survives everything. A volume's content is the list of writes it has seen.
final class SimPool {
    static final List<String> MISSING = List.of("missing");

    private static final class Disk {
        long epoch;
        List<String> head = new ArrayList<>();
        final TreeMap<String, List<String>> snapshots = new TreeMap<>();
        long limit;
    }

    private final TreeMap<String, Disk> disks = new TreeMap<>();

    private Disk disk(String volume) {
        return disks.computeIfAbsent(volume, _ -> new Disk());
    }

    void write(String volume, String what) {
        disk(volume).head.add(what);
    }

    /// What is in a volume's head.
    List<String> head(String volume) {
        Disk disk = disks.get(volume);
        return disk == null ? List.of() : List.copyOf(disk.head);
    }

    long epoch(String volume) {
        Disk disk = disks.get(volume);
        return disk == null ? 0 : disk.epoch;
    }

    void limit(String volume, long bytes) {
        disk(volume).limit = bytes;
    }

    void delete(String volume) {
        disks.remove(volume);
    }

    /// Takes them at one moment, unless it is flawed.
    void snapshots(List<SnapshotId> ids) {
        for (SnapshotId id : ids) {
            snapshot(id);
            List<String> content = content(id);
            if (takesApart && !id.equals(ids.getFirst()) && content.size() > 1) {
                disk(id.volume()).snapshots.put(id.position(), content.subList(0, content.size() - 1));
            }
        }
    }

    void snapshot(SnapshotId id) {
        Disk disk = disks.get(id.volume());
        if (disk != null && disk.epoch == id.epoch() && !disk.snapshots.containsKey(id.position())) {
            disk.snapshots.put(id.position(), List.copyOf(disk.head));
        }
    }

    void discard(SnapshotId id) {
        if (disks.containsKey(id.volume())) {
            disk(id.volume()).snapshots.remove(id.position());
        }
    }

    /// A snapshot's content; "missing" if it is not here.
    List<String> content(SnapshotId id) {
        Disk disk = disks.get(id.volume());
        return disk == null ? MISSING : disk.snapshots.getOrDefault(id.position(), MISSING);
    }

    /// Gives a volume another head, unless its base is missing: then it says so.
    Optional<String> makeHead(String volume, Head head) {
        Disk disk = disk(volume);
        List<String> base = List.of();
        if (head.base().isPresent()) {
            base = content(head.base().get());
            if (base.equals(MISSING)) {
                return Optional.of("base " + head.base().get() + " is not here");
            }
        }
        head.keep().ifPresent(keep -> disk.snapshots.put(keep.position(), List.copyOf(disk.head)));
        disk.head = new ArrayList<>(base);
        disk.epoch = head.epoch();
        return Optional.empty();
    }

    /// Adds a snapshot, if there is one and its base is here; tells whether that is so.
    boolean receive(SnapshotId snapshot, Optional<SnapshotId> base, List<String> sent) {
        Disk disk = disk(snapshot.volume());
        boolean baseHere = base.stream().allMatch(it -> disk.snapshots.containsKey(it.position()));
        boolean takenHere = disk.epoch >= snapshot.epoch() && !disk.snapshots.containsKey(snapshot.position());
        if (sent.equals(MISSING) || !baseHere || takenHere) {
            return false;
        }
        disk.snapshots.putIfAbsent(snapshot.position(), sent);
        return true;
    }

    boolean losesTails;
    boolean takesApart;
    /// What was in heads that were given up after others went on without them, by volume.
    final TreeMap<String, List<String>> givenUp = new TreeMap<>();

    /// What was written to the head after `last`, which others went on from, is kept as a snapshot of its own epoch.
    void leaveHead(String volume, SnapshotId last) {
        Disk disk = disk(volume);
        if (disk.epoch == 0) {
            // An agent that died before it told of it does it once more.
            return;
        }
        SnapshotId newest = disk.snapshots.keySet().stream()
                .map(position -> SnapshotId.of(volume, position))
                .filter(id -> id.epoch() == disk.epoch)
                .max(SnapshotId::compareTo)
                .orElse(last);
        boolean held = disk.head.equals(disk.snapshots.get(newest.position()));
        long sequence = newest.epoch() == disk.epoch ? newest.sequence() : 0;
        givenUp.put(volume, List.copyOf(disk.head));
        if (!held && !losesTails) {
            disk.snapshots.put(new SnapshotId(volume, disk.epoch, sequence + 1).position(), List.copyOf(disk.head));
        }
        disk.epoch = 0;
        disk.head = new ArrayList<>();
    }

    /// Whatever was in the head must be in the snapshot that the next writer began from.
    void dropHead(String volume, SnapshotId last) {
        Disk disk = disk(volume);
        if (disk.epoch > 0) {
            assertThat(disk.snapshots.get(last.position()))
                    .as("what the new primary of %s began with", volume)
                    .isEqualTo(disk.head);
        }
        disk.epoch = 0;
        disk.head = new ArrayList<>();
    }

    TreePMap<String, StoredVolume> list() {
        TreePMap<String, StoredVolume> volumes = TreePMap.empty();
        for (var entry : disks.entrySet()) {
            Disk disk = entry.getValue();
            volumes = volumes.plus(
                    entry.getKey(),
                    new StoredVolume(entry.getKey(), disk.epoch, List.copyOf(disk.snapshots.keySet()), disk.limit, ""));
        }
        return volumes;
    }
}
