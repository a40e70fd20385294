package io.flocker.agent.engine;

import com.github.dockerjava.api.DockerClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes containers stand still by their control groups: under a millisecond, where the engine's own pause takes many.
/// Control groups of both versions (kernel documentation: cgroup-v1/freezer-subsystem, cgroup-v2 `cgroup.freeze`).
final class Freezer {
    private static final Logger log = LoggerFactory.getLogger(Freezer.class);
    private static final Path ROOT = Path.of("/sys/fs/cgroup");

    private final DockerClient docker;
    /// Held by whoever freezes; whoever thaws what is left wants it alone.
    private final ReadWriteLock freezing = new ReentrantReadWriteLock();

    Freezer(DockerClient docker) {
        this.docker = docker;
    }

    ContainerEngine.Standstill standstill(List<String> containers) throws IOException {
        List<FreezerGroup> groups = new ArrayList<>();
        for (String container : containers) {
            group(container).ifPresent(groups::add);
        }
        return action -> frozen(groups, action);
    }

    private long frozen(List<FreezerGroup> groups, ContainerEngine.FrozenAction action) throws IOException {
        freezing.readLock().lock();
        long begun = System.nanoTime();
        try {
            for (FreezerGroup group : groups) {
                unlessEnded(group::freeze);
            }
            for (FreezerGroup group : groups) {
                unlessEnded(group::awaitFrozen);
            }
            action.run();
        } finally {
            try {
                thaw(groups);
            } finally {
                freezing.readLock().unlock();
            }
        }
        return groups.isEmpty() ? 0 : (System.nanoTime() - begun) / 1_000;
    }

    /// A container that has ended since it was looked up has no control group any more, and writes nothing.
    private static void unlessEnded(ContainerEngine.FrozenAction action) throws IOException {
        try {
            action.run();
        } catch (NoSuchFileException e) {
            log.atDebug().addKeyValue("file", e.getMessage()).log("A container has ended meanwhile");
        }
    }

    /// All of them, whatever becomes of one.
    private static void thaw(List<FreezerGroup> groups) throws IOException {
        IOException failed = null;
        for (FreezerGroup group : groups) {
            try {
                unlessEnded(group::thaw);
            } catch (IOException e) {
                failed = e;
            }
        }
        if (failed != null) {
            throw failed;
        }
    }

    /// Lets those go on that an agent froze which has died since.
    void thawLeft(List<String> containers) throws IOException {
        freezing.writeLock().lock();
        try {
            for (String container : containers) {
                Optional<FreezerGroup> group = group(container);
                if (group.isPresent() && group.get().isAsked()) {
                    group.get().thaw();
                    log.atWarn().addKeyValue("container", container).log("Thawed what was left frozen");
                }
            }
        } finally {
            freezing.writeLock().unlock();
        }
    }

    /// The control group that a container is in; empty if it does not run.
    Optional<Path> groupOf(String container) throws IOException {
        try {
            return group(container).map(FreezerGroup::directory);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private Optional<FreezerGroup> group(String container) throws IOException {
        Long pid = EngineFailure.trying(
                "look at container " + container,
                () -> docker.inspectContainerCmd(container).exec().getState().getPidLong());
        if (pid == null || pid == 0) {
            return Optional.empty();
        }
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/cgroup"))) {
            String[] parts = line.split(":", 3);
            if (parts[1].equals("freezer")) {
                return Optional.of(FreezerGroup.ofVersion1(ROOT.resolve("freezer" + parts[2])));
            }
            if (parts[0].equals("0") && parts[1].isEmpty()) {
                Path directory = ROOT.resolve(parts[2].substring(1));
                if (FreezerGroup.isVersion2(directory)) {
                    return Optional.of(FreezerGroup.ofVersion2(directory));
                }
            }
        }
        throw new IOException("Cannot freeze container " + container + ": its control group has no freezer");
    }
}
