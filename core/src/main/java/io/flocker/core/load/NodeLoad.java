package io.flocker.core.load;

/// How large a node is, and how busy.
///
/// @param used by all that runs on it, Flocker's or not; `diskBytes` are those of its pool
/// @param cores how many it has
/// @param memoryBytes bytes of memory it has
/// @param poolBytes the size of its pool for volumes, in bytes
/// @param poolFreeBytes bytes left in the pool
/// @param pressureCpu the share of the time, 0 to 1, in which something waited for a CPU
/// @param pressureMemory the share of the time, 0 to 1, in which something waited for memory
/// @param pressureIo the share of the time, 0 to 1, in which something waited for a disk
/// @param sinceMillis since when it is measured without a gap, by the leader's clock: what is younger than the time it
///     is smoothed over says little
/// @param atMillis when it last said so, by the same clock
public record NodeLoad(
        Usage used,
        double cores,
        long memoryBytes,
        long poolBytes,
        long poolFreeBytes,
        double pressureCpu,
        double pressureMemory,
        double pressureIo,
        long sinceMillis,
        long atMillis) {
    /// Of a node that said nothing yet.
    public static final NodeLoad UNKNOWN = new NodeLoad(Usage.NOTHING, 0, 0, 0, 0, 0, 0, 0, 0, 0);
}
