package io.flocker.core.balance;

import io.flocker.core.plan.Sighting;
import io.flocker.core.plan.Transfer;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// How long copies take that are all made at once, each by the node that has the data then.
///
/// @param bytesPerSecond what a node is taken to send
/// @param seconds until the last one has come
public record Copying(long bytesPerSecond, long seconds) {
    /// What a node is taken to send while nobody knows better: half of what a gigabit network carries.
    static final long USUAL_BYTES_PER_SECOND = 50L << 20;

    /// A smaller transfer takes most of its time to begin and to end.
    static final long TELLING_BYTES = 64L << 20;

    /// As fast as the slowest of the large transfers that nodes still tell of.
    public static Copying of(List<Resettled> resettled, Collection<Sighting> sightings) {
        long rate = sightings.stream()
                .flatMap(sighting -> sighting.transfers().stream())
                .filter(transfer -> transfer.doneBytes() >= TELLING_BYTES && transfer.bytesPerSecond() > 0)
                .mapToLong(Transfer::bytesPerSecond)
                .min()
                .orElse(USUAL_BYTES_PER_SECOND);
        Map<String, Long> bytes = new HashMap<>();
        resettled.forEach(one -> bytes.merge(one.to(), one.bytes(), Long::sum));
        long most = bytes.values().stream().mapToLong(Long::longValue).max().orElse(0);
        return new Copying(rate, Math.ceilDiv(most, rate));
    }
}
