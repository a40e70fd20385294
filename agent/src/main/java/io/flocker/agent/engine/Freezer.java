package io.flocker.agent.engine;

import com.github.dockerjava.api.DockerClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes containers stand still by their control groups: under a millisecond, where the engine's own pause takes many.
/// Control groups of both versions.
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
        List<Group> groups = new ArrayList<>();
        for (String container : containers) {
            group(container).ifPresent(groups::add);
        }
        return action -> frozen(groups, action);
    }

    private long frozen(List<Group> groups, ContainerEngine.FrozenAction action) throws IOException {
        freezing.readLock().lock();
        long begun = System.nanoTime();
        try {
            for (Group group : groups) {
                unlessEnded(group::freeze);
            }
            for (Group group : groups) {
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
    private static void thaw(List<Group> groups) throws IOException {
        IOException failed = null;
        for (Group group : groups) {
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
                Optional<Group> group = group(container);
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
            return group(container).map(Group::directory);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private Optional<Group> group(String container) throws IOException {
        Long pid = EngineFailure.trying(
                "look at container " + container,
                () -> docker.inspectContainerCmd(container).exec().getState().getPidLong());
        if (pid == null || pid == 0) {
            return Optional.empty();
        }
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/cgroup"))) {
            String[] parts = line.split(":", 3);
            if (parts[1].equals("freezer")) {
                return Optional.of(Group.ofVersion1(ROOT.resolve("freezer" + parts[2])));
            }
            if (parts[0].equals("0") && parts[1].isEmpty()) {
                Path directory = ROOT.resolve(parts[2].substring(1));
                if (Group.isVersion2(directory)) {
                    return Optional.of(Group.ofVersion2(directory));
                }
            }
        }
        throw new IOException("Cannot freeze container " + container + ": its control group has no freezer");
    }

    /// A control group whose processes can be made to stand still (kernel documentation: cgroup-v1/freezer-subsystem;
    /// cgroup-v2, `cgroup.freeze` and `cgroup.events`).
    ///
    /// @param command the file by which it is asked
    /// @param asking what asks it to
    /// @param releasing what lets it go on
    /// @param state the file that tells when all its processes do
    /// @param frozen the line of it that says so
    record Group(Path command, String asking, String releasing, Path state, String frozen) {
        private static final long PATIENCE_NANOS = 2_000_000_000;

        static Group ofVersion1(Path directory) {
            Path state = directory.resolve("freezer.state");
            return new Group(state, "FROZEN", "THAWED", state, "FROZEN");
        }

        static boolean isVersion2(Path directory) {
            return Files.exists(directory.resolve("cgroup.freeze"));
        }

        static Group ofVersion2(Path directory) {
            return new Group(
                    directory.resolve("cgroup.freeze"), "1", "0", directory.resolve("cgroup.events"), "frozen 1");
        }

        Path directory() {
            return command.resolveSibling("");
        }

        void freeze() throws IOException {
            Files.writeString(command, asking);
        }

        /// Whether it was asked to stand still, and not to go on since.
        boolean isAsked() throws IOException {
            return !Files.readString(command).strip().equals(releasing);
        }

        /// Waits until all its processes do: one that waits for a disk goes on until it has been answered.
        void awaitFrozen() throws IOException {
            long deadline = System.nanoTime() + PATIENCE_NANOS;
            while (!Files.readAllLines(state).contains(frozen)) {
                if (System.nanoTime() > deadline) {
                    throw new IOException("Container did not stand still within 2 s: " + state);
                }
                LockSupport.parkNanos(100_000);
            }
        }

        void thaw() throws IOException {
            Files.writeString(command, releasing);
        }
    }
}
