package io.flocker.cli.command;

import io.flocker.cli.compose.ComposeException;
import io.flocker.cli.compose.ComposeFile;
import io.flocker.cli.compose.ComposeReader;
import io.flocker.cli.compose.ComposeRequest;
import io.flocker.cli.shell.Shell;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which Compose files to read, and how.
final class ComposeOptions {
    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description =
                    "A Compose file; later ones are laid over earlier ones (default: as Docker Compose finds them).")
    private List<Path> files = new ArrayList<>();

    @Option(
            names = {"-e", "--environment"},
            paramLabel = "NAME",
            description = "The environment (FLOCKER_ENVIRONMENT; default: the Compose project's name).")
    private @Nullable String environment;

    @Option(
            names = "--env-file",
            paramLabel = "FILE",
            description = "Variables for the Compose files (default: .env beside them).")
    private List<Path> envFiles = new ArrayList<>();

    @Option(
            names = "--profile",
            paramLabel = "NAME",
            description = "A profile to include (also COMPOSE_PROFILES); * for all.")
    private List<String> profiles = new ArrayList<>();

    /// The files' application. What the user should know of them goes to standard error.
    ComposeFile read(Shell shell) throws ComposeException {
        ComposeRequest request = ComposeRequest.in(shell.folder(), shell.variables())
                .withFiles(files)
                .withEnvFiles(envFiles)
                .withProfiles(Set.copyOf(profiles));
        String name = environment == null ? shell.variable("FLOCKER_ENVIRONMENT") : environment;
        ComposeFile file = ComposeReader.read(name.isEmpty() ? request : request.withProject(name));
        file.notes().forEach(note -> shell.err().println("note: " + note));
        return file;
    }
}
