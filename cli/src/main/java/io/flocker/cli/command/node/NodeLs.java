package io.flocker.cli.command.node;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Output;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Status;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `flocker node ls`: the nodes.
@Command(name = "ls", description = "List nodes.")
public final class NodeLs extends ClusterCommand {
    @Mixin
    private final Output output = new Output();

    @Option(
            names = {"-q", "--quiet"},
            description = "Only names.")
    private boolean quiet;

    public NodeLs(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        List<Status.Node> nodes = cluster.nodes();
        if (quiet) {
            nodes.forEach(node -> shell.out().println(node.name()));
        } else {
            output.show(
                    shell, nodes, () -> NodeTable.of(nodes, shell.nowMillis()).toString());
        }
        return ExitCode.DONE;
    }
}
