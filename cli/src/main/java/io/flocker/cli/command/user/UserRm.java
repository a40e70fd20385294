package io.flocker.cli.command.user;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `flocker user rm`: removes users.
@Command(
        name = "rm",
        description = "Remove users who own nothing. Their tokens are of no use from the next request on.",
        footer = {"", "What they own goes to somebody else first: flocker env give ENV USER"})
public final class UserRm extends ClusterCommand {
    @Parameters(arity = "1..*", paramLabel = "NAME", description = "The users.")
    private List<String> names = new ArrayList<>();

    public UserRm(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        for (String name : names) {
            cluster.users().remove(name);
            shell.out().println(name);
            shell.flush();
        }
        return ExitCode.DONE;
    }
}
