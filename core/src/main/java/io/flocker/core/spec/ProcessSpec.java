package io.flocker.core.spec;

import java.util.List;
import java.util.Optional;
import org.pcollections.TreePMap;

/// What runs in a container and how it is told to stop.
///
/// @param command overrides the image's; absent keeps it, an empty list clears it
/// @param entrypoint overrides the image's; absent keeps it, an empty list clears it
/// @param user `uid[:gid]` or names; empty for the image's
/// @param stopSignal empty for the image's, which is SIGTERM unless it says otherwise
/// @param stopGraceMillis from the stop signal to SIGKILL
public record ProcessSpec(
        Optional<List<String>> command,
        Optional<List<String>> entrypoint,
        TreePMap<String, String> environment,
        String workingDir,
        String user,
        List<String> groups,
        String hostname,
        boolean tty,
        boolean stdinOpen,
        boolean init,
        String stopSignal,
        long stopGraceMillis) {

    /// Compose's default.
    public static final long STOP_GRACE_MILLIS = 10_000;

    /// What the image says, and nothing else.
    public static final ProcessSpec PLAIN = new ProcessSpec(
            Optional.empty(),
            Optional.empty(),
            TreePMap.empty(),
            "",
            "",
            List.of(),
            "",
            false,
            false,
            false,
            "",
            STOP_GRACE_MILLIS);

    /// The same with another command.
    public ProcessSpec withCommand(List<String> newCommand) {
        return new ProcessSpec(
                Optional.of(newCommand),
                entrypoint,
                environment,
                workingDir,
                user,
                groups,
                hostname,
                tty,
                stdinOpen,
                init,
                stopSignal,
                stopGraceMillis);
    }

    /// The same with other environment variables.
    public ProcessSpec with(TreePMap<String, String> newEnvironment) {
        return new ProcessSpec(
                command,
                entrypoint,
                newEnvironment,
                workingDir,
                user,
                groups,
                hostname,
                tty,
                stdinOpen,
                init,
                stopSignal,
                stopGraceMillis);
    }
}
