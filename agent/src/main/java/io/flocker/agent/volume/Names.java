package io.flocker.agent.volume;

import io.flocker.core.model.SnapshotId;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Which names a pool gives to volumes and snapshots: those that are safe in a path and in a dataset's name.
final class Names {
    private static final Pattern VOLUME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,127}");
    private static final Pattern POSITION = Pattern.compile("[1-9][0-9]{0,18}\\.[1-9][0-9]{0,18}");

    private Names() {}

    static boolean isVolume(String name) {
        return VOLUME.matcher(name).matches();
    }

    /// @throws IOException if no volume can have this id
    static String volume(String id) throws IOException {
        if (!isVolume(id)) {
            throw new IOException("\"" + id + "\" cannot be a volume's id: it takes 1 to 128 letters, digits, "
                    + "dots, dashes and underscores, beginning with a letter or digit");
        }
        return id;
    }

    /// The snapshot of `volume` that is called `position` in a pool; empty if that is not a snapshot's name.
    static Optional<SnapshotId> snapshot(String volume, String position) {
        if (!POSITION.matcher(position).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(SnapshotId.of(volume, position));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /// Those of `names` that are snapshots of `volume`, ascending.
    static List<SnapshotId> snapshots(String volume, Collection<String> names) {
        return names.stream()
                .flatMap(name -> snapshot(volume, name).stream())
                .sorted()
                .toList();
    }

    /// The next free snapshot of `epoch`.
    static SnapshotId next(String volume, long epoch, Collection<SnapshotId> present) {
        long last = present.stream()
                .filter(snapshot -> snapshot.epoch() == epoch)
                .mapToLong(SnapshotId::sequence)
                .max()
                .orElse(0);
        return new SnapshotId(volume, epoch, last + 1);
    }
}
