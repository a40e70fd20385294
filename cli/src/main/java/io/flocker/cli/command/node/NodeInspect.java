package io.flocker.cli.command.node;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Output;
import io.flocker.cli.shell.Shell;
import io.flocker.cli.shell.Table;
import io.flocker.client.api.Status;
import java.time.Instant;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `flocker node inspect`: one node and its problems.
@Command(name = "inspect", description = "Show a node and its problems.")
public final class NodeInspect extends ClusterCommand {
    @Mixin
    private final Output output = new Output();

    @Parameters(paramLabel = "NODE", description = "The node.")
    private String name = "";

    public NodeInspect(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        Status.Node node = cluster.node(name);
        output.show(shell, node, () -> text(node));
        return ExitCode.DONE;
    }

    private static String certificate(Status.Node node) {
        return node.certificateEndMillis() == 0
                ? ""
                : "\nCertificate: until " + Instant.ofEpochMilli(node.certificateEndMillis()) + "\n";
    }

    private String text(Status.Node node) {
        var problems = new Table("PROBLEM", "STEP", "TIMES", "MESSAGE");
        node.problems()
                .forEach(problem ->
                        problems.row(problem.subject(), problem.step(), problem.attempts(), problem.message()));
        String nodes = NodeTable.of(List.of(node), shell.nowMillis()) + certificate(node);
        return problems.isEmpty() ? nodes : nodes + "\n" + problems;
    }
}
