package io.flocker.core.model;

/// Names one snapshot: the volume, the epoch it was taken in and its number in that epoch. Any two snapshots of a
/// volume can be ordered by it, whichever node took them.
///
/// @param volume a [Volume#id]
/// @param epoch at least 1
/// @param sequence at least 1, grows within the epoch
public record SnapshotId(String volume, long epoch, long sequence) implements Comparable<SnapshotId> {
    /// As on disk and in the API: `12.7`.
    public String position() {
        return epoch + "." + sequence;
    }

    /// Reads what [#position] wrote.
    ///
    /// @throws IllegalArgumentException if it is not of that form
    public static SnapshotId of(String volume, String position) {
        int dot = position.indexOf('.');
        try {
            return new SnapshotId(
                    volume,
                    Long.parseLong(position.substring(0, Math.max(dot, 0))),
                    Long.parseLong(position.substring(dot + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("A snapshot's position is EPOCH.SEQUENCE, not \"" + position + "\"", e);
        }
    }

    @Override
    public int compareTo(SnapshotId other) {
        int byVolume = volume.compareTo(other.volume);
        int byEpoch = byVolume != 0 ? byVolume : Long.compare(epoch, other.epoch);
        return byEpoch != 0 ? byEpoch : Long.compare(sequence, other.sequence);
    }

    @Override
    public String toString() {
        return volume + "@" + position();
    }
}
