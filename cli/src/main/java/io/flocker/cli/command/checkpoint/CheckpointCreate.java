package io.flocker.cli.command.checkpoint;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.CommandException;
import io.flocker.cli.shell.EnvironmentChoice;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import io.flocker.core.model.Checkpoint;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `flocker checkpoint create`: takes one.
@Command(
        name = "create",
        description = "Take a snapshot of all volumes of an environment at one moment. Returns when it is complete.")
public final class CheckpointCreate extends ClusterCommand {
    @Mixin
    private final EnvironmentChoice environment = new EnvironmentChoice();

    @Parameters(paramLabel = "CHECKPOINT", description = "Its name: CHECKPOINT or ENVIRONMENT@CHECKPOINT.")
    private String checkpoint = "";

    public CheckpointCreate(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        CheckpointName name = CheckpointName.of(checkpoint, environment, shell, cluster);
        Checkpoint taken = cluster.takeCheckpoint(name.environment(), name.checkpoint());
        shell.out().println(name);
        if (taken.state() != Checkpoint.State.COMPLETE) {
            throw CommandException.failed("The checkpoint is not complete yet; flocker status " + name.environment()
                    + " tells why, flocker checkpoint ls whether it is");
        }
        return ExitCode.DONE;
    }
}
