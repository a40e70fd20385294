package io.flocker.core.replication;

import io.flocker.core.model.Snapshot;
import io.flocker.core.model.Volume;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pcollections.TreePMap;

/// The moments at which snapshots of several volumes were taken together, while nobody wrote.
public final class Moments {
    private Moments() {}

    /// What volumes that belong together would go on from where somebody has these snapshots: of their newest common
    /// moment; if they have none, of the newest of each.
    ///
    /// @param held positions by volume id
    /// @return by volume id; without those that have nothing to go on from
    public static TreePMap<String, Snapshot> bases(List<Volume> volumes, Map<String, List<String>> held) {
        OptionalLong common = volumes.size() > 1
                ? newest(volumes.stream()
                        .map(volume -> Replication.ancestors(volume, held.getOrDefault(volume.id(), List.of())))
                        .toList())
                : OptionalLong.empty();
        TreePMap<String, Snapshot> bases = TreePMap.empty();
        for (Volume volume : volumes) {
            Optional<Snapshot> base = Replication.ancestors(volume, held.getOrDefault(volume.id(), List.of()))
                    .filter(snapshot -> common.isEmpty() || isOf(common.getAsLong(), snapshot))
                    .max(Comparator.comparing(Snapshot::id));
            bases = base.isPresent() ? bases.plus(volume.id(), base.get()) : bases;
        }
        return bases;
    }

    /// Whether all are of one moment: taken together, while nobody wrote.
    static boolean areOne(Collection<Snapshot> snapshots) {
        return snapshots.size() < 2
                || newest(snapshots.stream().map(Stream::of).toList()).isPresent();
    }

    /// The newest moment of which there is a snapshot in every one.
    static OptionalLong newest(List<Stream<Snapshot>> all) {
        Set<Long> common = new TreeSet<>();
        for (int i = 0; i < all.size(); i++) {
            Set<Long> moments =
                    all.get(i).map(Moments::of).flatMap(Optional::stream).collect(Collectors.toSet());
            if (i == 0) {
                common.addAll(moments);
            } else {
                common.retainAll(moments);
            }
        }
        return common.stream().mapToLong(Long::longValue).max();
    }

    /// When it was taken together with others, by the clock of its node. One that was taken alone, or of which its node
    /// does not know that any more, stopped nobody.
    static Optional<Long> of(Snapshot snapshot) {
        return snapshot.pauseMicros() > 0 ? Optional.of(snapshot.takenAtMillis()) : Optional.empty();
    }

    private static boolean isOf(long moment, Snapshot snapshot) {
        return of(snapshot).filter(its -> its == moment).isPresent();
    }
}
