package io.flocker.core.plan;

import java.util.List;

/// A volume as a node finds it in its pool.
///
/// @param headEpoch the epoch of the writable head; 0 if there is none
/// @param snapshots positions (`epoch.sequence`), ascending
/// @param limitBytes the most its head may hold; 0 for no limit
/// @param problem why it cannot be protected or read as it is (a nested subvolume, say); empty for nothing
public record StoredVolume(String id, long headEpoch, List<String> snapshots, long limitBytes, String problem) {}
