package io.flocker.cli.command.branch;

import io.flocker.cli.amount.Seconds;
import io.flocker.cli.command.ChangeOptions;
import io.flocker.cli.follow.Follower;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.CommandException;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests;
import io.flocker.core.model.Checkpoint;
import java.util.List;
import org.pcollections.TreePMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `flocker env reset`: brings a branch back to how it was made.
@Command(
        name = "reset",
        description = {
            "Bring an environment back to how it was made from its origin, or to one of its checkpoints.",
            "What is there now is kept as a checkpoint, so that a reset can be undone."
        },
        footer = {
            "",
            "Examples:",
            "  flocker env reset alice                        as it was made",
            "  flocker env reset alice --to before-migration  a checkpoint of it"
        })
public final class EnvironmentReset extends ClusterCommand {
    @Mixin
    private final ChangeOptions change = new ChangeOptions();

    @Option(
            names = "--to",
            paramLabel = "CHECKPOINT",
            description = "A checkpoint of the environment (default: how it was made).")
    private String to = "";

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = Seconds.class,
            description = "When to give up, such as 5m (default: 10m).")
    private long timeoutSeconds;

    @Parameters(paramLabel = "ENVIRONMENT", description = "The environment.")
    private String name = "";

    public EnvironmentReset(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        if (to.isEmpty() && cluster.environment(name).origin().isEmpty()) {
            throw CommandException.usage(
                    name + " is not a branch: say with --to to which of its checkpoints it is to go back");
        }
        var request = new Requests.RollBack(
                List.of(),
                List.of(),
                to.isEmpty() ? Checkpoint.ORIGIN : to,
                0,
                TreePMap.empty(),
                false,
                timeoutSeconds);
        Answers.Change reset = cluster.rollBack(name, request, change.dryRun());
        new Follower(cluster, shell).changed(reset, change.detach());
        Undo.tell(shell, cluster, name, reset);
        return ExitCode.DONE;
    }
}
