package io.flocker.core.spec;

/// Snapshots by themselves: one every `everySeconds`, thinned with age.
///
/// @param everySeconds at least 1
/// @param keepMinutes how many minutes keep the last snapshot of each minute (all younger than a minute are kept)
/// @param keepHours how many hours keep the last snapshot of each hour
/// @param keepDays how many days keep the last snapshot of each day
public record SnapshotPolicy(long everySeconds, int keepMinutes, int keepHours, int keepDays) {}
