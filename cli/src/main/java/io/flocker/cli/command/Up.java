package io.flocker.cli.command;

import io.flocker.cli.amount.Seconds;
import io.flocker.cli.compose.ComposeException;
import io.flocker.cli.compose.ComposeFile;
import io.flocker.cli.follow.Follower;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Requests;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `flocker up`: makes an environment what the Compose files say.
@Command(
        name = "up",
        description = "Make an environment what the Compose files say: start, upgrade and remove services. Data stays.")
public final class Up extends ClusterCommand {
    @Mixin
    private final ComposeOptions compose = new ComposeOptions();

    @Mixin
    private final ChangeOptions change = new ChangeOptions();

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = Seconds.class,
            description = "When to give up, such as 5m (default: 10m).")
    private long timeoutSeconds;

    private @Nullable ComposeFile file;

    public Up(Shell shell) {
        super(shell);
    }

    @Override
    protected void prepare() throws ComposeException {
        file = compose.read(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        ComposeFile read = Objects.requireNonNull(file);
        var request = new Requests.Deploy(read.application(), timeoutSeconds);
        new Follower(cluster, shell)
                .changed(cluster.deploy(read.projectName(), request, change.dryRun()), change.detach());
        return ExitCode.DONE;
    }
}
