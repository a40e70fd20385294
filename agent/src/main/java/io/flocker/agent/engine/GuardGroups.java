package io.flocker.agent.engine;

import com.github.dockerjava.api.DockerClient;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The control groups that containers are put into which the guard can fence, of version 1 (one below each controller;
/// the freezer's counts) or 2. Only by an engine that makes them itself: one whose groups are systemd's names them
/// otherwise, and makes them when something starts, too late to be guarded before.
final class GuardGroups {
    private static final Logger log = LoggerFactory.getLogger(GuardGroups.class);
    private static final Path ROOT = Path.of("/sys/fs/cgroup");
    private static final Path FREEZER = ROOT.resolve("freezer");

    private final DockerClient docker;
    private @Nullable String driver;

    GuardGroups(DockerClient docker) {
        this.docker = docker;
    }

    /// Where a group is or will be.
    ///
    /// @throws EngineFailure if the engine cannot use it
    Path of(String name) throws EngineFailure {
        String uses = driver;
        if (uses == null) {
            uses = EngineFailure.trying(
                    "ask for the engine's cgroup driver",
                    () -> String.valueOf(docker.infoCmd().exec().getCGroupDriver()));
            driver = uses;
        }
        if (!uses.equals("cgroupfs")) {
            throw EngineFailure.of(
                    "Cannot start what may fail over by itself: the engine's cgroup driver is " + uses
                            + ", under which nothing can be guarded before it starts; put \"exec-opts\":"
                            + " [\"native.cgroupdriver=cgroupfs\"] into /etc/docker/daemon.json and restart the engine,"
                            + " or set the volume's failover to manual",
                    true);
        }
        return (Files.isDirectory(FREEZER) ? FREEZER : ROOT).resolve(name);
    }

    /// Removes the groups in `parent` that are empty and not among `used`, below every controller.
    static void remove(String parent, Set<String> used) throws IOException {
        List<Path> roots = new ArrayList<>(List.of(ROOT));
        try (DirectoryStream<Path> hierarchies = Files.newDirectoryStream(ROOT, Files::isDirectory)) {
            hierarchies.forEach(roots::add);
        }
        for (Path root : roots) {
            Path folder = root.resolve(parent);
            if (Files.isDirectory(folder)) {
                removeIn(folder, parent, used);
            }
        }
    }

    private static void removeIn(Path folder, String parent, Set<String> used) throws IOException {
        List<Path> unused = new ArrayList<>();
        try (DirectoryStream<Path> groups = Files.newDirectoryStream(folder, Files::isDirectory)) {
            for (Path group : groups) {
                if (!used.contains(parent + "/" + group.getFileName())) {
                    unused.add(group);
                }
            }
        }
        for (Path group : unused) {
            try {
                Files.deleteIfExists(group);
            } catch (FileSystemException e) {
                // Busy: something is in it, though nothing is known of that.
                log.atDebug().addKeyValue("group", group).log("A control group is still used");
            }
        }
    }
}
