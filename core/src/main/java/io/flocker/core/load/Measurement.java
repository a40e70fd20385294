package io.flocker.core.load;

import java.util.ArrayList;
import java.util.List;
import org.pcollections.TreePMap;

/// What a node measured in the last seconds of itself and of what it runs, in the units of [Usage].
///
/// @param used by all that runs on it
/// @param cores how many it has
/// @param memoryBytes bytes of memory it has
/// @param pressureCpu share of the time, 0 to 1, in which something waited for a CPU
/// @param pressureMemory the same for memory
/// @param pressureIo the same for disks
/// @param instances by [io.flocker.core.plan.Found#key]
/// @param volumes by volume id
public record Measurement(
        Usage used,
        double cores,
        long memoryBytes,
        double pressureCpu,
        double pressureMemory,
        double pressureIo,
        TreePMap<String, Usage> instances,
        TreePMap<String, Usage> volumes) {
    /// No machine has more of them.
    static final double MOST_CORES = 65_536;

    static final long MOST_BYTES = 1L << 60;

    private static final long MOST_BYTES_PER_SECOND = 1L << 42;
    private static final double MOST_REQUESTS_PER_SECOND = 1e8;

    /// What is left of it after everything that cannot be was made what it can be at most or at least.
    ///
    /// @param objections what could not be, in words; empty if all of it could
    public record Plausible(Measurement measurement, List<String> objections) {}

    /// The same without what cannot be: a node that measures wrongly, or lies, must not make others do nonsense.
    ///
    /// @param poolBytes the size of the node's pool; 0 if that is not known
    public Plausible plausible(long poolBytes) {
        List<String> objections = new ArrayList<>();
        double realCores = within("cores", cores, MOST_CORES, objections);
        long realMemory = (long) within("memory in bytes", memoryBytes, MOST_BYTES, objections);
        long pool = poolBytes > 0 ? Math.min(poolBytes, MOST_BYTES) : MOST_BYTES;
        var most = new Usage(
                realCores > 0 ? realCores : MOST_CORES,
                realMemory > 0 ? realMemory : MOST_BYTES,
                pool,
                MOST_BYTES_PER_SECOND,
                MOST_BYTES_PER_SECOND,
                MOST_REQUESTS_PER_SECOND);
        var plausible = new Measurement(
                within("the node", used, most, objections),
                realCores,
                realMemory,
                within("CPU pressure", pressureCpu, 1, objections),
                within("memory pressure", pressureMemory, 1, objections),
                within("I/O pressure", pressureIo, 1, objections),
                within(instances, most, objections),
                within(volumes, most, objections));
        return new Plausible(plausible, List.copyOf(objections));
    }

    private static TreePMap<String, Usage> within(TreePMap<String, Usage> usages, Usage most, List<String> objections) {
        TreePMap<String, Usage> within = usages;
        for (var entry : usages.entrySet()) {
            Usage real = within(entry.getKey(), entry.getValue(), most, objections);
            within = real.equals(entry.getValue()) ? within : within.plus(entry.getKey(), real);
        }
        return within;
    }

    private static Usage within(String whose, Usage said, Usage most, List<String> objections) {
        return new Usage(
                within("cores used by " + whose, said.cpuCores(), most.cpuCores(), objections),
                (long) within("bytes of memory of " + whose, said.memoryBytes(), most.memoryBytes(), objections),
                (long) within("bytes on disk of " + whose, said.diskBytes(), most.diskBytes(), objections),
                (long) within(
                        "bytes of I/O a second of " + whose,
                        said.ioBytesPerSecond(),
                        most.ioBytesPerSecond(),
                        objections),
                (long) within(
                        "bytes on the network a second of " + whose,
                        said.networkBytesPerSecond(),
                        most.networkBytesPerSecond(),
                        objections),
                within(
                        "requests a second of " + whose,
                        said.requestsPerSecond(),
                        most.requestsPerSecond(),
                        objections));
    }

    /// A little more than there is may be two clocks that tick differently, and is no lie.
    private static double within(String what, double said, double most, List<String> objections) {
        double within = Double.isNaN(said) ? 0 : Math.clamp(said, 0, most);
        boolean small = said >= 0 && said <= most * 1.1;
        if (within != said && !small) {
            objections.add(what + ": " + said + ", taken as " + within);
        }
        return within;
    }
}
