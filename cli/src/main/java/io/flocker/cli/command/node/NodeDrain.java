package io.flocker.cli.command.node;

import io.flocker.cli.amount.Seconds;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.CommandException;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Requests;
import io.flocker.client.api.Status;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.pcollections.TreePMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `flocker node drain`: moves everything away from a node.
@Command(
        name = "drain",
        description = "Move everything away from a node, data too, and let nothing new come. No request fails.",
        footer = {"", "flocker node activate lets it have instances and volumes again."})
public final class NodeDrain extends ClusterCommand {
    private static final long LOOK_MILLIS = 500;
    private static final long USUAL_SECONDS = 3_600;

    @Option(
            names = {"-d", "--detach"},
            description = "Do not wait until it is empty.")
    private boolean detach;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = Seconds.class,
            description = "How long to wait, such as 5m (default: 1h).")
    private long timeoutSeconds;

    @Parameters(paramLabel = "NODE", description = "The node.")
    private String node = "";

    private final Set<String> told = new HashSet<>();

    public NodeDrain(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        cluster.change(node, new Requests.ChangeNode(TreePMap.empty(), List.of(), "drained", ""));
        long seconds = timeoutSeconds == 0 ? USUAL_SECONDS : timeoutSeconds;
        long deadline = shell.nowMillis() + seconds * 1_000;
        Status.Node status = cluster.node(node);
        while (!detach && (status.instances() > 0 || status.volumes() > 0)) {
            if (shell.nowMillis() > deadline) {
                throw CommandException.failed("Node " + node + " still has " + left(status) + " after " + seconds
                        + " s; it goes on. flocker events tells what was tried, flocker node activate " + node
                        + " calls it off");
            }
            tell(cluster, status);
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            status = cluster.node(node);
        }
        shell.out().println(node);
        return ExitCode.DONE;
    }

    private void tell(Cluster cluster, Status.Node status) throws IOException, InterruptedException {
        once(status.name() + " has " + left(status) + " left");
        cluster.operations().stream()
                .filter(operation -> operation.startedBy().equals("placement"))
                .filter(operation -> operation.goesOn() || !operation.error().isEmpty())
                .forEach(operation -> once(operation.verb() + " in " + operation.environment()
                        + (operation.error().isEmpty() ? "" : " failed: " + operation.error())));
    }

    private static String left(Status.Node status) {
        return status.instances() + " instances and " + status.volumes() + " volumes";
    }

    private void once(String line) {
        if (told.add(line)) {
            shell.err().println(line);
            shell.flush();
        }
    }
}
