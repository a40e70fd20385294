package io.flocker.cli.command.user;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Status;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `flocker user role`: gives a user another role.
@Command(
        name = "role",
        description = "Give a user another role. It holds from their next request on.",
        footer = {"", "For one: flocker user role alice operator"})
public final class UserRole extends ClusterCommand {
    @Parameters(index = "0", paramLabel = "NAME", description = "The user.")
    private String name = "";

    @Parameters(index = "1", paramLabel = "ROLE", description = "viewer, developer, operator or admin.")
    private String role = "";

    public UserRole(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        Status.User user = cluster.users().role(name, role);
        shell.out().println(user.name() + " is " + user.role());
        return ExitCode.DONE;
    }
}
