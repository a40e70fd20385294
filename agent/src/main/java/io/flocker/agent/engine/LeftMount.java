package io.flocker.agent.engine;

import io.flocker.agent.program.Program;
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
    private static final Pattern BUSY = Pattern.compile("(/\\S+/merged): device or resource busy");

    /// The mount that is why an engine refused to remove a container.
    static Optional<LeftMount> behind(EngineFailure refusal) {
        return Optional.of(BUSY.matcher(String.valueOf(refusal.getMessage())))
                .filter(Matcher::find)
                .map(found -> new LeftMount(found.group(1)));
    }

    /// Whoever still has a file open there keeps it.
    void detach() throws IOException {
        Program.of("umount", "--lazy", path).run();
        log.atInfo().addKeyValue("mount", path).log("Detached what the engine had left mounted");
    }
}
