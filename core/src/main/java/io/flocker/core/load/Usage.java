package io.flocker.core.load;

/// What an instance, a volume or all of a node uses. What does not apply is 0: a volume has no CPUs.
///
/// @param cpuCores cores kept busy
/// @param memoryBytes bytes of memory that could not be taken away: without file cache that nobody has touched lately
/// @param diskBytes bytes stored
/// @param ioBytesPerSecond bytes read from disks and written to them, a second
/// @param networkBytesPerSecond bytes received and sent, a second
/// @param requestsPerSecond requests a second; connections, if it is not HTTP
public record Usage(
        double cpuCores,
        long memoryBytes,
        long diskBytes,
        long ioBytesPerSecond,
        long networkBytesPerSecond,
        double requestsPerSecond) {
    public static final Usage NOTHING = new Usage(0, 0, 0, 0, 0, 0);

    public Usage plus(Usage more) {
        return new Usage(
                cpuCores + more.cpuCores,
                memoryBytes + more.memoryBytes,
                diskBytes + more.diskBytes,
                ioBytesPerSecond + more.ioBytesPerSecond,
                networkBytesPerSecond + more.networkBytesPerSecond,
                requestsPerSecond + more.requestsPerSecond);
    }

    /// On the way to another one.
    ///
    /// @param part how far, 0 to 1
    public Usage towards(Usage other, double part) {
        return new Usage(
                between(cpuCores, other.cpuCores, part),
                Math.round(between(memoryBytes, other.memoryBytes, part)),
                Math.round(between(diskBytes, other.diskBytes, part)),
                Math.round(between(ioBytesPerSecond, other.ioBytesPerSecond, part)),
                Math.round(between(networkBytesPerSecond, other.networkBytesPerSecond, part)),
                between(requestsPerSecond, other.requestsPerSecond, part));
    }

    private static double between(double one, double other, double part) {
        return one + (other - one) * part;
    }

    /// With so many bytes stored.
    public Usage storing(long bytes) {
        return new Usage(cpuCores, memoryBytes, bytes, ioBytesPerSecond, networkBytesPerSecond, requestsPerSecond);
    }

    /// Less what something else uses; never less than nothing.
    public Usage minus(Usage less) {
        return new Usage(
                Math.max(0, cpuCores - less.cpuCores),
                Math.max(0, memoryBytes - less.memoryBytes),
                Math.max(0, diskBytes - less.diskBytes),
                Math.max(0, ioBytesPerSecond - less.ioBytesPerSecond),
                Math.max(0, networkBytesPerSecond - less.networkBytesPerSecond),
                Math.max(0, requestsPerSecond - less.requestsPerSecond));
    }
}
