package io.flocker.cli.command.node;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Requests;
import java.util.List;
import org.pcollections.TreePMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `flocker node activate`: a drained node gets instances and volumes again.
@Command(name = "activate", description = "Let a drained node have new instances and volumes again.")
public final class NodeActivate extends ClusterCommand {
    @Parameters(paramLabel = "NODE", description = "The node.")
    private String node = "";

    public NodeActivate(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        cluster.change(node, new Requests.ChangeNode(TreePMap.empty(), List.of(), "active", ""));
        shell.out().println(node);
        return ExitCode.DONE;
    }
}
