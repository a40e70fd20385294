package io.flocker.cli.command.token;

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

/// `flocker token create`: makes one.
@Command(
        name = "create",
        description = "Make a join token and print it, this once. Whoever has it can make a machine a node.",
        footer = {"", "On the other machine: flocker join TOKEN"})
public final class TokenCreate extends ClusterCommand {
    @Mixin
    private final Output output = new Output();

    @Option(
            names = "--expires",
            paramLabel = "TIME",
            converter = Seconds.class,
            defaultValue = "1h",
            description = "How long it holds, such as 30m (default: ${DEFAULT-VALUE}).")
    private long lifeSeconds;

    @Option(
            names = "--uses",
            paramLabel = "COUNT",
            defaultValue = "1",
            description = "How many machines may join with it (default: ${DEFAULT-VALUE}).")
    private int uses;

    public TokenCreate(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        Answers.NewToken made = cluster.createToken(new Requests.CreateToken(lifeSeconds, uses));
        output.show(shell, made, () -> made.text() + "\n");
        return ExitCode.DONE;
    }
}
