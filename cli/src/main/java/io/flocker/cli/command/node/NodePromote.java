package io.flocker.cli.command.node;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `flocker node promote`
@Command(
        name = "promote",
        description = "Make nodes voters: members of the log that all changes go through. Have one, three or five.")
public final class NodePromote extends ClusterCommand {
    @Mixin
    private final Promotion.Options options = new Promotion.Options();

    public NodePromote(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        new Promotion(shell, cluster).change(options, true);
        return ExitCode.DONE;
    }
}
