package io.flocker.agent.engine;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.NotFoundException;
import io.flocker.agent.load.Groups;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// What containers have used, from their control groups. CPU time by itself is that of version 1 (kernel
/// documentation: cgroup-v1/cpuacct, `cpuacct.usage`) or 2 (cgroup-v2, `cpu.stat`). Where they are is asked once a
/// container.
final class ControlGroups {
    private static final Path ROOT = Path.of("/sys/fs/cgroup");

    /// Containers that nobody asks about any more are forgotten together, once there are so many.
    private static final int MOST_KNOWN = 10_000;

    private final DockerClient docker;
    private final Map<String, Process> processes = new ConcurrentHashMap<>();

    /// A container's first process.
    ///
    /// @param groups the lines of its `/proc/PID/cgroup`
    private record Process(long pid, List<String> groups) {
        boolean runs() {
            return Files.exists(Path.of("/proc/" + pid));
        }
    }

    ControlGroups(DockerClient docker) {
        this.docker = docker;
    }

    /// Nanoseconds of CPU time that a container's processes have used; empty if it does not run.
    ///
    /// @throws IOException if its control group counts none, or cannot be read
    OptionalLong cpuNanos(String container) throws IOException {
        Optional<Process> process = process(container);
        if (process.isEmpty()) {
            return OptionalLong.empty();
        }
        Path file = file(ROOT, process.get().groups())
                .orElseThrow(() -> new IOException("Cannot tell how much CPU time container " + container
                        + " uses: no control group of its counts it"));
        try {
            return OptionalLong.of(nanos(file, Files.readString(file)));
        } catch (NoSuchFileException e) {
            processes.remove(container);
            return OptionalLong.empty();
        }
    }

    /// What a container's processes have used; empty if it does not run.
    Optional<ContainerEngine.Use> use(String container) throws IOException {
        return process(container).map(process -> Groups.OF_MACHINE.of(process.pid(), process.groups()));
    }

    private Optional<Process> process(String container) throws IOException {
        Process known = processes.get(container);
        if (known != null && known.runs()) {
            return Optional.of(known);
        }
        processes.remove(container);
        Optional<Long> pid = pid(container);
        if (pid.isEmpty()) {
            return Optional.empty();
        }
        if (processes.size() >= MOST_KNOWN) {
            processes.clear();
        }
        var process = new Process(pid.get(), Files.readAllLines(Path.of("/proc/" + pid.get() + "/cgroup")));
        processes.put(container, process);
        return Optional.of(process);
    }

    private Optional<Long> pid(String container) throws EngineFailure {
        return EngineFailure.trying("look at container " + container, () -> {
            try {
                return Optional.ofNullable(docker.inspectContainerCmd(container)
                                .exec()
                                .getState()
                                .getPidLong())
                        .filter(pid -> pid > 0);
            } catch (NotFoundException e) {
                return Optional.empty();
            }
        });
    }

    /// The file that counts, by what `/proc/PID/cgroup` says: lines of hierarchy, controllers and path.
    ///
    /// @param root where control groups are mounted
    static Optional<Path> file(Path root, List<String> lines) {
        Optional<Path> second = Optional.empty();
        for (String line : lines) {
            String[] parts = line.split(":", 3);
            if (parts.length < 3) {
                continue;
            }
            Path group = Path.of("/").relativize(Path.of(parts[2]));
            if (Set.of(parts[1].split(",")).contains("cpuacct")) {
                return Optional.of(root.resolve("cpuacct").resolve(group).resolve("cpuacct.usage"));
            }
            Path file = root.resolve(group).resolve("cpu.stat");
            if (parts[1].isEmpty() && Files.exists(file)) {
                second = Optional.of(file);
            }
        }
        return second;
    }

    static long nanos(Path file, String text) throws IOException {
        if (!file.endsWith("cpu.stat")) {
            return Long.parseLong(text.strip());
        }
        return text.lines()
                .filter(line -> line.startsWith("usage_usec "))
                .mapToLong(line ->
                        Long.parseLong(line.substring(line.indexOf(' ') + 1).strip()) * 1_000)
                .findFirst()
                .orElseThrow(() -> new IOException(file + " does not say usage_usec"));
    }
}
