package io.flocker.cli.command.user;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `flocker user revoke`: takes tokens away.
@Command(
        name = "revoke",
        description = "Take a user's tokens away, or one of them. They are of no use from the next request on; the user"
                + " and what is theirs stay.",
        footer = {"", "For one: flocker user revoke alice"})
public final class UserRevoke extends ClusterCommand {
    @Parameters(index = "0", paramLabel = "NAME", description = "The user.")
    private String name = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "TOKEN",
            description = "A token's id, as flocker user ls shows it (default: all).")
    private String token = "";

    public UserRevoke(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        cluster.users().revoke(name, token).changes().forEach(shell.out()::println);
        return ExitCode.DONE;
    }
}
