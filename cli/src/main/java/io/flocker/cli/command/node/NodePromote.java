package io.flocker.cli.command.node;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `flocker node promote`
@Command(
        name = "promote",
        description = "Make nodes voters: members of the log that all changes go through. Have one, three or five.")
public final class NodePromote extends ClusterCommand {
    @Parameters(arity = "1..*", paramLabel = "NODE", description = "The nodes.")
    private List<String> nodes = new ArrayList<>();

    @Option(
            names = {"-d", "--detach"},
            description = "Do not wait until it is so.")
    private boolean detach;

    public NodePromote(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        new Promotion(shell, cluster).change(nodes, true, detach);
        return ExitCode.DONE;
    }
}
