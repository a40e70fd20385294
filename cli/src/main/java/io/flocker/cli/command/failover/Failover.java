package io.flocker.cli.command.failover;

import io.flocker.cli.command.ChangeOptions;
import io.flocker.cli.command.MoveTimeout;
import io.flocker.cli.follow.Follower;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.CommandException;
import io.flocker.cli.shell.Consent;
import io.flocker.cli.shell.EnvironmentChoice;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import io.flocker.client.ApiException;
import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests;
import io.flocker.client.api.Status;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `flocker failover`: has a service go on on a node with a replica.
@Command(
        name = "failover",
        description =
                "Have a service, with its data and whatever shares it, go on on a node that has a replica. If its own"
                        + " node is there, it stops first and nothing is lost. If that node is gone, it goes on from what"
                        + " the replica has; what is missing there is told first and must be accepted.",
        footer = {"", "Examples: flocker failover db --to n2", "          flocker failover --datacenter paris --to lyon"
        })
public final class Failover extends ClusterCommand {
    @Mixin
    private final EnvironmentChoice environment = new EnvironmentChoice();

    @Mixin
    private final ChangeOptions change = new ChangeOptions();

    @Mixin
    private final MoveTimeout timeout = new MoveTimeout();

    @Parameters(arity = "0..1", paramLabel = "SERVICE", description = "The service, or a volume that no service uses.")
    private String target = "";

    @Option(
            names = "--datacenter",
            paramLabel = "DATACENTER",
            description = "Instead of one service, all that have their data in that data center, what others depend on"
                    + " first. Then --to is a data center as well.")
    private String datacenter = "";

    @Option(names = "--to", paramLabel = "NODE", description = "Where to (default: the replica that loses least).")
    private String node = "";

    @Option(names = "--accept-loss", description = "Go on although something is missing in the replica.")
    private boolean acceptLoss;

    public Failover(Shell shell) {
        super(shell);
    }

    @Override
    protected void prepare() throws CommandException {
        if (target.isEmpty() == datacenter.isEmpty()) {
            throw CommandException.usage("What is to fail over? Say a service, or --datacenter for all in one");
        }
    }

    private void evacuate(Cluster cluster) throws Exception {
        var evacuation = new Evacuation(cluster, shell, change);
        for (Status.Failover one : cluster.failovers("", datacenter, node)) {
            if (one.to().isEmpty()) {
                evacuation.failed(one, "no replica can take over: " + one.objections());
            } else {
                evacuation.take(
                        one,
                        one.to(),
                        acceptLoss,
                        timeout.seconds(),
                        (it, request) -> cluster.failOver(it.environment(), request, change.dryRun()));
            }
        }
        evacuation.end("failed over");
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        if (!datacenter.isEmpty()) {
            evacuate(cluster);
            return ExitCode.DONE;
        }
        FailoverTarget what = FailoverTarget.of(target, environment, shell, cluster);
        Answers.Change begun;
        try {
            begun = request(cluster, what, acceptLoss);
        } catch (ApiException e) {
            boolean loses = e.problem().type().equals("loss");
            if (!loses || !Consent.to(e.problem().detail(), shell)) {
                throw e;
            }
            begun = request(cluster, what, true);
        }
        new Follower(cluster, shell).changed(begun, change.detach());
        return ExitCode.DONE;
    }

    private Answers.Change request(Cluster cluster, FailoverTarget what, boolean accepts)
            throws IOException, InterruptedException {
        Requests.FailOver request = what.request(node, accepts, timeout.seconds());
        return cluster.failOver(what.environment(), request, change.dryRun());
    }
}
