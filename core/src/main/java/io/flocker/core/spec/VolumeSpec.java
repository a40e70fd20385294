package io.flocker.core.spec;

import java.util.Optional;
import org.pcollections.TreePMap;

/// A named volume as the user declares it.
///
/// @param sizeBytes the most it may hold; 0 for no limit of its own
/// @param snapshots when to take snapshots by itself, and how long to keep them
/// @param replication where copies are kept; empty for nowhere
/// @param seedBase64 a gzipped tar that a new, empty volume starts from (an uploaded relative bind folder); empty for
/// none
/// @param labels the user's own
public record VolumeSpec(
        long sizeBytes,
        Optional<SnapshotPolicy> snapshots,
        Optional<ReplicationSpec> replication,
        String seedBase64,
        TreePMap<String, String> labels) {

    public static final VolumeSpec PLAIN = new VolumeSpec(0, Optional.empty(), Optional.empty(), "", TreePMap.empty());

    /// Without replication.
    public VolumeSpec(
            long sizeBytes, Optional<SnapshotPolicy> snapshots, String seedBase64, TreePMap<String, String> labels) {
        this(sizeBytes, snapshots, Optional.empty(), seedBase64, labels);
    }

    public VolumeSpec withoutSeed() {
        return seedBase64.isEmpty() ? this : new VolumeSpec(sizeBytes, snapshots, replication, "", labels);
    }

    public VolumeSpec withSize(long bytes) {
        return new VolumeSpec(bytes, snapshots, replication, seedBase64, labels);
    }

    public VolumeSpec withReplication(Optional<ReplicationSpec> newReplication) {
        return new VolumeSpec(sizeBytes, snapshots, newReplication, seedBase64, labels);
    }

    /// Whether a replica takes over by itself.
    public boolean failsOver() {
        return replication
                .filter(it -> it.failover() == ReplicationSpec.Failover.AUTO)
                .isPresent();
    }

    /// The longest seed, in Base64 characters.
    public static final int MAX_SEED_LENGTH = 8_000_000;
}
