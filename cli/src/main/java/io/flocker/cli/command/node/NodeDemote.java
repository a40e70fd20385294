package io.flocker.cli.command.node;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `flocker node demote`
@Command(
        name = "demote",
        description = "Make voters ordinary nodes again; also what to do with one that is lost."
                + " Refused if no majority of the others is there.")
public final class NodeDemote extends ClusterCommand {
    @Mixin
    private final Promotion.Options options = new Promotion.Options();

    public NodeDemote(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        new Promotion(shell, cluster).change(options, false);
        return ExitCode.DONE;
    }
}
