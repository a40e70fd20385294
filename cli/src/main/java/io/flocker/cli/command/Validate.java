package io.flocker.cli.command;

import io.flocker.cli.compose.ComposeFile;
import io.flocker.cli.compose.ComposeWriter;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `flocker validate`: reads Compose files and prints what they come to. Asks no cluster.
@Command(name = "validate", description = "Check Compose files and print what they come to, as one Compose file.")
public final class Validate implements Callable<Integer> {
    private final Shell shell;

    @Mixin
    private final ComposeOptions compose = new ComposeOptions();

    @Option(
            names = {"-q", "--quiet"},
            description = "Only check.")
    private boolean quiet;

    public Validate(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws Exception {
        ComposeFile file = compose.read(shell);
        file.builds()
                .forEach((service, build) -> shell.err()
                        .println("note: " + service + " is built by flocker up from "
                                + build.context().folder() + ", as "
                                + build.request().image()));
        if (!quiet) {
            shell.out().print(ComposeWriter.write(file.projectName(), file.application()));
        }
        shell.flush();
        return ExitCode.DONE;
    }
}
