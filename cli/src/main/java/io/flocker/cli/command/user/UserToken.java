package io.flocker.cli.command.user;

import io.flocker.cli.amount.Seconds;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Output;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Answers;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `flocker user token`: makes another token.
@Command(
        name = "token",
        description = "Make another token for a user and print it, this once. Those they have go on to hold.",
        footer = {"", "For one: flocker user token alice --expires 90d"})
public final class UserToken extends ClusterCommand {
    @Mixin
    private final Output output = new Output();

    @Parameters(paramLabel = "NAME", description = "The user.")
    private String name = "";

    @Option(
            names = "--expires",
            paramLabel = "TIME",
            converter = Seconds.class,
            defaultValue = "30d",
            description = "How long it holds (default: ${DEFAULT-VALUE}).")
    private long lifeSeconds;

    public UserToken(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        Answers.NewUserToken made = cluster.users().token(name, lifeSeconds);
        output.show(shell, made, () -> made.text() + "\n");
        return ExitCode.DONE;
    }
}
