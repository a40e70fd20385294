package io.flocker.agent.load;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What the kernel counts of a machine since it was started.
///
/// @param busyTicks of all CPUs, in the kernel's ticks
/// @param allTicks the same with those in which nothing ran
/// @param memoryBytes it has
/// @param usedMemoryBytes that could not be taken away
/// @param ioBytes read from disks and written to them
/// @param networkBytes received and sent
/// @param cpuMicros in which something waited for a CPU
/// @param memoryMicros the same for memory
/// @param ioMicros the same for disks
record Machine(
        long busyTicks,
        long allTicks,
        long memoryBytes,
        long usedMemoryBytes,
        long ioBytes,
        long networkBytes,
        long cpuMicros,
        long memoryMicros,
        long ioMicros) {
    private static final int SECTOR_BYTES = 512;

    /// Columns of `/proc/diskstats`.
    private static final int NAME = 2;

    private static final int SECTORS_READ = 5;
    private static final int SECTORS_WRITTEN = 9;

    /// Columns of the first line of `/proc/stat`: user, nice, system, idle, iowait, irq, softirq, steal.
    private static final int IDLE = 4;

    private static final int WAITING = 5;
    private static final int STOLEN = 8;

    /// @param proc `/proc`
    /// @param blocks `/sys/block`, which has whole disks only
    static Machine look(Path proc, Path blocks) {
        long busy = 0;
        long all = 0;
        List<String> stat = ProcText.lines(proc.resolve("stat"));
        String[] ticks =
                stat.isEmpty() ? new String[0] : stat.getFirst().strip().split("\\s+");
        for (int column = 1; column < ticks.length && column <= STOLEN; column++) {
            long count = ProcText.number(ticks[column]);
            all += count;
            busy += column == IDLE || column == WAITING ? 0 : count;
        }
        List<String> memory = ProcText.lines(proc.resolve("meminfo"));
        long total = ProcText.number(memory, "MemTotal") << 10;
        return new Machine(
                busy,
                all,
                total,
                Math.max(0, total - (ProcText.number(memory, "MemAvailable") << 10)),
                ioBytes(proc, blocks),
                ProcText.networkBytes(ProcText.lines(proc.resolve("net/dev"))),
                ProcText.waitedMicros(ProcText.lines(proc.resolve("pressure/cpu"))),
                ProcText.waitedMicros(ProcText.lines(proc.resolve("pressure/memory"))),
                ProcText.waitedMicros(ProcText.lines(proc.resolve("pressure/io"))));
    }

    /// Of whole disks: what goes through a loop device, or several that are one, is counted below them.
    private static long ioBytes(Path proc, Path blocks) {
        long bytes = 0;
        for (String line : ProcText.lines(proc.resolve("diskstats"))) {
            String[] columns = line.strip().split("\\s+");
            boolean whole = columns.length > SECTORS_WRITTEN
                    && !columns[NAME].matches("(loop|ram|dm-|md|zram)[0-9]+")
                    && Files.isDirectory(blocks.resolve(columns[NAME]));
            bytes += whole
                    ? (ProcText.number(columns[SECTORS_READ]) + ProcText.number(columns[SECTORS_WRITTEN]))
                            * SECTOR_BYTES
                    : 0;
        }
        return bytes;
    }
}
