package io.flocker.verify.bench;

import java.io.IOException;
import java.util.Locale;

/// What can happen to a volume at once, whatever its size.
enum VolumeChange {
    SNAPSHOT,
    CLONE,
    ROLLBACK;

    /// Does it through the API and says how long the answer took.
    double millis(BenchVolume volume) throws IOException, InterruptedException {
        return switch (this) {
            case SNAPSHOT -> volume.snapshotMillis();
            case CLONE -> volume.cloneMillis();
            case ROLLBACK -> volume.rollbackMillis();
        };
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
