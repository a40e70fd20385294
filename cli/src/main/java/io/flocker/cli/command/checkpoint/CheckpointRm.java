package io.flocker.cli.command.checkpoint;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.EnvironmentChoice;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `flocker checkpoint rm`: deletes checkpoints.
@Command(name = "rm", description = "Delete checkpoints and their snapshots.")
public final class CheckpointRm extends ClusterCommand {
    @Mixin
    private final EnvironmentChoice environment = new EnvironmentChoice();

    @Parameters(arity = "1..*", paramLabel = "CHECKPOINT", description = "CHECKPOINT or ENVIRONMENT@CHECKPOINT.")
    private List<String> checkpoints = new ArrayList<>();

    public CheckpointRm(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        for (String checkpoint : checkpoints) {
            CheckpointName name = CheckpointName.of(checkpoint, environment, shell, cluster);
            cluster.deleteCheckpoint(name.environment(), name.checkpoint());
            shell.out().println(name);
            shell.flush();
        }
        return ExitCode.DONE;
    }
}
