package io.flocker.core.model;

import java.util.Optional;

/// The writable state of a volume: who may write it, under which epoch, and the snapshot that epoch started from.
/// Creating, cloning, rolling back, moving and failing over are all one change: a head with a higher epoch.
///
/// @param epoch grows at every hand-over
/// @param primary the one node that may write
/// @param base where this epoch started; absent for a volume that began empty. Of another volume for a clone.
/// @param keep how the head before this one is kept: the snapshot it becomes; absent if there was none
public record Head(long epoch, String primary, Optional<SnapshotId> base, Optional<SnapshotId> keep) {}
