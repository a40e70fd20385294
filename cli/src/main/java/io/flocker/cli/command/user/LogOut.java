package io.flocker.cli.command.user;

import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.LoginFile;
import io.flocker.cli.shell.Shell;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// `flocker logout`: forgets the token that `flocker login` keeps.
@Command(
        name = "logout",
        description =
                "Forget the token that flocker login keeps. It goes on to hold: flocker user revoke takes it away.")
public final class LogOut implements Callable<Integer> {
    private final Shell shell;

    public LogOut(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws Exception {
        boolean there = LoginFile.of(shell).delete();
        shell.out().println(there ? "Logged out" : "You were not logged in");
        shell.flush();
        return ExitCode.DONE;
    }
}
