package io.flocker.cli.command.node;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.CommandException;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Requests;
import java.util.ArrayList;
import java.util.List;
import org.pcollections.TreePMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `flocker node label`: sets and removes labels.
@Command(
        name = "label",
        description = "Set labels of a node (KEY=VALUE) or remove them (KEY-).",
        footer = {"", "Example: flocker node label n2 datacenter=paris disk=ssd old-"})
public final class NodeLabel extends ClusterCommand {
    @Parameters(index = "0", paramLabel = "NODE", description = "The node.")
    private String node = "";

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "LABEL", description = "KEY=VALUE, or KEY- to remove it.")
    private List<String> labels = new ArrayList<>();

    public NodeLabel(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        TreePMap<String, String> set = TreePMap.empty();
        List<String> remove = new ArrayList<>();
        for (String label : labels) {
            int equals = label.indexOf('=');
            if (equals > 0) {
                set = set.plus(label.substring(0, equals), label.substring(equals + 1));
            } else if (label.endsWith("-") && label.length() > 1) {
                remove.add(label.substring(0, label.length() - 1));
            } else {
                throw CommandException.usage("A label is KEY=VALUE, or KEY- to remove it, not \"" + label + "\"");
            }
        }
        cluster.change(node, new Requests.ChangeNode(set, remove, "", ""));
        shell.out().println(node);
        return ExitCode.DONE;
    }
}
