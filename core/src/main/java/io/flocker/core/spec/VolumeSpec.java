package io.flocker.core.spec;

import java.util.Optional;
import org.pcollections.TreePMap;

/// A named volume as the user declares it.
///
/// @param sizeBytes the most it may hold; 0 for no limit of its own
/// @param snapshots when to take snapshots by itself, and how long to keep them
/// @param seedBase64 a gzipped tar that a new, empty volume starts from (an uploaded relative bind folder); empty for
/// none
/// @param labels the user's own
public record VolumeSpec(
        long sizeBytes, Optional<SnapshotPolicy> snapshots, String seedBase64, TreePMap<String, String> labels) {

    public static final VolumeSpec PLAIN = new VolumeSpec(0, Optional.empty(), "", TreePMap.empty());

    public VolumeSpec withoutSeed() {
        return seedBase64.isEmpty() ? this : new VolumeSpec(sizeBytes, snapshots, "", labels);
    }

    public VolumeSpec withSize(long bytes) {
        return new VolumeSpec(bytes, snapshots, seedBase64, labels);
    }

    /// The longest seed, in Base64 characters.
    public static final int MAX_SEED_LENGTH = 8_000_000;
}
