package io.flocker.agent.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/// A control group whose processes can be made to stand still (kernel documentation: cgroup-v1/freezer-subsystem;
/// cgroup-v2, `cgroup.freeze` and `cgroup.events`).
///
/// @param command the file by which it is asked
/// @param asking what asks it to
/// @param releasing what lets it go on
/// @param state the file that tells when all its processes do
/// @param frozen the line of it that says so
record FreezerGroup(Path command, String asking, String releasing, Path state, String frozen) {
    private static final long PATIENCE_NANOS = 2_000_000_000;

    static FreezerGroup ofVersion1(Path directory) {
        Path state = directory.resolve("freezer.state");
        return new FreezerGroup(state, "FROZEN", "THAWED", state, "FROZEN");
    }

    static boolean isVersion2(Path directory) {
        return Files.exists(directory.resolve("cgroup.freeze"));
    }

    static FreezerGroup ofVersion2(Path directory) {
        return new FreezerGroup(
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
