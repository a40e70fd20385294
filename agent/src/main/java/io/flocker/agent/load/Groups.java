package io.flocker.agent.load;

import io.flocker.agent.engine.ContainerEngine.Use;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/// What a container has used, from its control groups of version 1 (kernel documentation: cgroup-v1, `memory`, `blkio`,
/// `cpuacct`) or 2 (cgroup-v2), and its network from its own view of `/proc/net/dev`.
///
/// @param root where control groups are mounted
/// @param proc where processes are
public record Groups(Path root, Path proc) {
    public static final Groups OF_MACHINE = new Groups(Path.of("/sys/fs/cgroup"), Path.of("/proc"));

    /// What a process's groups have used since they began.
    ///
    /// @param lines of `/proc/PID/cgroup`: hierarchy, controllers and path
    public Use of(long pid, List<String> lines) {
        long network = ProcText.networkBytes(
                ProcText.lines(proc.resolve(Long.toString(pid)).resolve("net/dev")));
        Use used = new Use(0, 0, 0, network);
        for (String line : lines) {
            String[] parts = line.split(":", 3);
            if (parts.length == 3) {
                used = used.plus(of(Set.of(parts[1].split(",")), Path.of("/").relativize(Path.of(parts[2]))));
            }
        }
        return used;
    }

    private Use of(Set<String> controllers, Path group) {
        if (controllers.contains("cpuacct")) {
            return new Use(
                    ProcText.number(root.resolve("cpuacct").resolve(group).resolve("cpuacct.usage")), 0, 0, 0);
        }
        if (controllers.contains("memory")) {
            Path folder = root.resolve("memory").resolve(group);
            return new Use(0, memory(folder, "memory.usage_in_bytes", "total_inactive_file"), 0, 0);
        }
        if (controllers.contains("blkio")) {
            Path folder = root.resolve("blkio").resolve(group);
            List<String> bytes = ProcText.lines(folder.resolve("blkio.throttle.io_service_bytes_recursive"));
            return new Use(
                    0,
                    0,
                    ProcText.number(
                            bytes.isEmpty() ? ProcText.lines(folder.resolve("blkio.throttle.io_service_bytes")) : bytes,
                            "Total"),
                    0);
        }
        return controllers.contains("") ? second(root.resolve(group)) : Use.NOTHING;
    }

    private static Use second(Path folder) {
        long micros = ProcText.number(ProcText.lines(folder.resolve("cpu.stat")), "usage_usec");
        long io = 0;
        for (String line : ProcText.lines(folder.resolve("io.stat"))) {
            for (String word : line.split(" ")) {
                boolean counts = word.startsWith("rbytes=") || word.startsWith("wbytes=");
                io += counts ? ProcText.number(word.substring("rbytes=".length())) : 0;
            }
        }
        return new Use(micros * 1_000, memory(folder, "memory.current", "inactive_file"), io, 0);
    }

    /// Without file cache that nobody touched lately, as `docker stats` has it.
    private static long memory(Path folder, String file, String inactive) {
        long all = ProcText.number(folder.resolve(file));
        return Math.max(0, all - ProcText.number(ProcText.lines(folder.resolve("memory.stat")), inactive));
    }
}
