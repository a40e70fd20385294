package io.flocker.core.replication;

import io.flocker.core.model.Volume;
import io.flocker.core.plan.Sighting;
import io.flocker.core.plan.Transfer;
import io.flocker.core.spec.ReplicationSpec;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// About how much a replica lacks, in bytes: what its last difference had in the time between two
/// rounds, for as long as it is behind. What a volume is changed by can only be known by sending
/// it.
public final class Backlog {
    /// Nothing has come yet that it could be reckoned from.
    public static final long UNKNOWN = -1;

    private Backlog() {}

    /// @param sighting the replica's node; null if it was not heard
    /// @param lagMillis how far it is behind; negative if it has nothing
    public static long bytes(Volume volume, @Nullable Sighting sighting, long lagMillis) {
        long every = volume.spec()
                .replication()
                .map(ReplicationSpec::everyMillis)
                .orElse(ReplicationSpec.USUAL_EVERY_MILLIS);
        return lagMillis < 0
                ? UNKNOWN
                : last(volume, sighting)
                        .map(transfer -> (long) ((double) transfer.doneBytes() / every * lagMillis))
                        .orElse(UNKNOWN);
    }

    /// How fast the last difference came; 0 if none has.
    public static long bytesPerSecond(Volume volume, @Nullable Sighting sighting) {
        return last(volume, sighting).map(Transfer::bytesPerSecond).orElse(0L);
    }

    private static Optional<Transfer> last(Volume volume, @Nullable Sighting sighting) {
        return sighting == null
                ? Optional.empty()
                : sighting.transfers().stream()
                        .filter(transfer ->
                                transfer.ended() && transfer.volume().equals(volume.id()))
                        .findFirst();
    }

    /// Of several volumes; unknown if it is not known of one.
    static long sum(long one, long other) {
        return one < 0 || other < 0 ? UNKNOWN : one + other;
    }
}
