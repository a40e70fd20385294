package io.flocker.cli.command.node;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `flocker node remove`: nodes leave the cluster.
@Command(
        name = "remove",
        aliases = "rm",
        description = "Remove nodes from the cluster. Refused while one has volumes or instances, which would be lost."
                + " A removed node's certificate is refused from then on.")
public final class NodeRemove extends ClusterCommand {
    @Parameters(arity = "1..*", paramLabel = "NODE", description = "The nodes.")
    private List<String> nodes = new ArrayList<>();

    public NodeRemove(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        for (String node : nodes) {
            cluster.removeNode(node);
            shell.out().println(node);
            shell.flush();
        }
        return ExitCode.DONE;
    }
}
