package io.flocker.agent.engine;

import io.flocker.agent.program.Program;
import io.flocker.agent.program.ProgramFailed;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The mount of a container's root file system that the engine has lost track of, as one can that ends while a
/// container starts. From then on it refuses to remove the container, whose files are busy, until somebody detaches it.
///
/// @param path where it is
record LeftMount(String path) {
    private static final Logger log = LoggerFactory.getLogger(LeftMount.class);

    /// An engine that starts again mounts its folder on itself, and so hides what is mounted
    /// in it: nothing can unmount it there. In a namespace of its own this takes the covers
    /// off, then removes the directory. What other namespaces have mounted on a directory
    /// that is removed, the kernel detaches (Linux 4.2 and later). An overlay is a device of
    /// its own, so that another device than the parent's is one in sight.
    private static final String UNCOVER = """
            isMounted() { [ "$(stat -c %d "$1")" != "$(stat -c %d "$1/..")" ]; }
            cover=$(dirname "$1")
            until isMounted "$1"; do
              until umount --lazy "$cover" 2>/dev/null; do
                [ "$cover" != / ] || { echo "$1 is not mounted" >&2; exit 1; }
                cover=$(dirname "$cover")
              done
            done
            umount --lazy "$1"
            rmdir "$1"
            """;

    private static final Pattern BUSY = Pattern.compile("(/\\S+/merged): device or resource busy");

    /// The mount that is why an engine refused to remove a container.
    static Optional<LeftMount> behind(EngineFailure refusal) {
        return Optional.of(BUSY.matcher(String.valueOf(refusal.getMessage())))
                .filter(Matcher::find)
                .map(found -> new LeftMount(found.group(1)));
    }

    /// Unmounts it, and may remove its directory. Whoever still has a file open there keeps it.
    ///
    /// @throws IOException if it is mounted and stays so
    void detach() throws IOException {
        boolean inSight = Program.of("umount", "--lazy", path).end().exitCode() == 0;
        if (!inSight) {
            uncover();
        }
        log.atInfo().addKeyValue("mount", path).log("Detached what the engine had left mounted");
    }

    private void uncover() throws IOException {
        try {
            Program.of("unshare", "--mount", "--propagation", "private", "sh", "-euc", UNCOVER, "sh", path)
                    .run();
        } catch (ProgramFailed e) {
            throw new IOException(
                    "The engine left " + path + " mounted, and it cannot be detached ("
                            + e.errorOutput().strip() + "); restart the machine to be rid of it",
                    e);
        }
    }
}
