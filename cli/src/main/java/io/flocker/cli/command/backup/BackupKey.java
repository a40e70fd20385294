package io.flocker.cli.command.backup;

import io.flocker.cli.shell.CommandException;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `flocker backup key`: makes a key. Needs no cluster.
@Command(
        name = "key",
        description = "Make a key for backups, in a new file that only you can read. Keep copies of it away from the"
                + " cluster and from the backups: nobody can restore without it.")
public final class BackupKey implements Callable<Integer> {
    private final Shell shell;

    @Parameters(paramLabel = "FILE", description = "The new file.")
    private Path file = Path.of("");

    public BackupKey(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws CommandException {
        KeyFile.make(shell.folder().resolve(file));
        shell.out()
                .println("Made " + file + ". Keep a copy of it away from the cluster and from the backups: nobody can"
                        + " restore without it.");
        shell.flush();
        return ExitCode.DONE;
    }
}
