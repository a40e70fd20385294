package io.flocker.cli.command.user;

import io.flocker.cli.amount.Seconds;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Output;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `flocker user add`: makes a user.
@Command(
        name = "add",
        description = "Make a user and print a token for them, this once. Whoever has the token is that user.",
        footer = {"", "For one: flocker user add alice --role developer --expires 90d", "Then, as alice: flocker login"
        })
public final class UserAdd extends ClusterCommand {
    @Mixin
    private final Output output = new Output();

    @Parameters(paramLabel = "NAME", description = "The user's name: a person's, or a pipeline's.")
    private String name = "";

    @Option(
            names = "--role",
            paramLabel = "ROLE",
            required = true,
            description = "viewer: looks; developer: does everything to environments of their own, branches of others'"
                    + " among them; operator: does everything to all environments; admin: everything.")
    private String role = "";

    @Option(
            names = "--expires",
            paramLabel = "TIME",
            converter = Seconds.class,
            defaultValue = "30d",
            description = "How long the token holds (default: ${DEFAULT-VALUE}).")
    private long lifeSeconds;

    public UserAdd(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        Answers.NewUserToken made = cluster.users().add(new Requests.AddUser(name, role, lifeSeconds));
        output.show(shell, made, () -> made.text() + "\n");
        return ExitCode.DONE;
    }
}
