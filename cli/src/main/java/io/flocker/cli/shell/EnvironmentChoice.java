package io.flocker.cli.shell;

import io.flocker.cli.compose.ComposeException;
import io.flocker.cli.compose.ComposeReader;
import io.flocker.cli.compose.ComposeRequest;
import io.flocker.client.api.Status;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which environment a command is about: `-e`, else `FLOCKER_ENVIRONMENT`, else the project of the folder's Compose
/// file, else the only one there is.
public final class EnvironmentChoice {
    @Option(
            names = {"-e", "--environment"},
            paramLabel = "NAME",
            description = "The environment (FLOCKER_ENVIRONMENT; default: the Compose project of this folder, else the"
                    + " only one there is).")
    private @Nullable String name;

    /// What the user said, on the command line or by the variable; empty for nothing.
    public Optional<String> said(Shell shell) {
        return given().or(() -> Optional.of(shell.variable("FLOCKER_ENVIRONMENT")))
                .filter(said -> !said.isEmpty());
    }

    /// What the user said on the command line.
    public Optional<String> given() {
        return Optional.ofNullable(name);
    }

    /// The environment's name. Whether it exists is not looked up.
    ///
    /// @throws CommandException if it is not clear which
    public String resolve(Shell shell, Cluster cluster)
            throws CommandException, ComposeException, IOException, InterruptedException {
        Optional<String> known = said(shell);
        if (known.isEmpty()) {
            known = ComposeReader.projectName(ComposeRequest.in(shell.folder(), shell.variables()));
        }
        return known.isPresent() ? known.get() : only(cluster);
    }

    /// The environment that `target` names before its slash, else as [#resolve] says.
    public VolumeName volume(String target, Shell shell, Cluster cluster)
            throws CommandException, ComposeException, IOException, InterruptedException {
        int slash = target.indexOf('/');
        if (slash < 0) {
            return new VolumeName(resolve(shell, cluster), target);
        }
        String environment = target.substring(0, slash);
        if (given().isPresent() && !given().get().equals(environment)) {
            throw CommandException.usage(target + " is not in environment " + given().get() + ", which -e says");
        }
        return new VolumeName(environment, target.substring(slash + 1));
    }

    private static String only(Cluster cluster) throws CommandException, IOException, InterruptedException {
        List<Status.Environment> all = cluster.environments();
        if (all.isEmpty()) {
            throw CommandException.usage("There is no environment yet: flocker up makes one");
        }
        if (all.size() > 1) {
            throw CommandException.usage("Which environment? Say one with -e: "
                    + all.stream().map(Status.Environment::name).collect(Collectors.joining(", ")));
        }
        return all.getFirst().name();
    }
}
