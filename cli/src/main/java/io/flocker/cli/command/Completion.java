package io.flocker.cli.command;

import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `flocker completion`: a script that lets a shell complete commands and options.
@Command(name = "completion", description = "Print a completion script for bash and zsh: source <(flocker completion)")
public final class Completion implements Callable<Integer> {
    private final Shell shell;

    @Spec
    private @Nullable CommandSpec spec;

    public Completion(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        if (spec != null) {
            shell.out().print(AutoComplete.bash("flocker", spec.root().commandLine()));
        }
        shell.flush();
        return ExitCode.DONE;
    }
}
