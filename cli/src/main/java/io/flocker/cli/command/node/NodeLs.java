package io.flocker.cli.command.node;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.ListOutput;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Status;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `flocker node ls`: the nodes.
@Command(name = "ls", description = "List nodes.")
public final class NodeLs extends ClusterCommand {
    @Mixin
    private final ListOutput output = new ListOutput();

    public NodeLs(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        List<Status.Node> nodes = cluster.nodes();
        return output.show(shell, nodes, Status.Node::name, () -> NodeTable.of(nodes, shell.nowMillis()));
    }
}
