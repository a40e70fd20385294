package io.flocker.cli.command;

import io.flocker.cli.follow.Follower;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.EnvironmentChoice;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Requests;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `flocker move`: brings a service to another node.
@Command(
        name = "move",
        description =
                "Bring a service, with its data and whatever shares it, to another node. Requests wait while it is"
                        + " handed over.",
        footer = {"", "Example: flocker move db n2"})
public final class Move extends ClusterCommand {
    @Mixin
    private final EnvironmentChoice environment = new EnvironmentChoice();

    @Mixin
    private final ChangeOptions change = new ChangeOptions();

    @Mixin
    private final MoveTimeout timeout = new MoveTimeout();

    @Parameters(index = "0", paramLabel = "SERVICE", description = "The service.")
    private String service = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "NODE",
            description = "Where to (default: the node that suits best).")
    private String node = "";

    public Move(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        String name = environment.resolve(shell, cluster);
        var request = new Requests.Move(service, "", node, timeout.seconds());
        new Follower(cluster, shell).changed(cluster.move(name, request, change.dryRun()), change.detach());
        return ExitCode.DONE;
    }
}
