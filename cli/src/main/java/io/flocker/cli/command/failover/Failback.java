package io.flocker.cli.command.failover;

import io.flocker.cli.command.ChangeOptions;
import io.flocker.cli.command.MoveTimeout;
import io.flocker.cli.follow.Follower;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.CommandException;
import io.flocker.cli.shell.EnvironmentChoice;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Status;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `flocker failback`: brings a service back to where it belongs.
@Command(
        name = "failback",
        description = "Bring a service that failed over back to the node it was on before, once that one has caught up."
                + " Requests wait while it is handed over; nothing is lost.",
        footer = {"", "Examples: flocker failback db", "          flocker failback --all"})
public final class Failback extends ClusterCommand {
    @Mixin
    private final EnvironmentChoice environment = new EnvironmentChoice();

    @Mixin
    private final ChangeOptions change = new ChangeOptions();

    @Mixin
    private final MoveTimeout timeout = new MoveTimeout();

    @Parameters(arity = "0..1", paramLabel = "SERVICE", description = "The service, or a volume that no service uses.")
    private String target = "";

    @Option(names = "--all", description = "All that are away from where they belong, what others depend on first.")
    private boolean all;

    public Failback(Shell shell) {
        super(shell);
    }

    @Override
    protected void prepare() throws CommandException {
        if (target.isEmpty() != all) {
            throw CommandException.usage("What is to come back? Say a service, or --all");
        }
    }

    private void returnAll(Cluster cluster) throws Exception {
        var evacuation = new Evacuation(cluster, shell, change);
        for (Status.Failover one : cluster.failovers("", "", "")) {
            if (!one.home().isEmpty()) {
                evacuation.take(
                        one,
                        "",
                        false,
                        timeout.seconds(),
                        (it, request) -> cluster.failBack(it.environment(), request, change.dryRun()));
            }
        }
        evacuation.end("came back");
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        if (all) {
            returnAll(cluster);
            return ExitCode.DONE;
        }
        FailoverTarget what = FailoverTarget.of(target, environment, shell, cluster);
        var request = what.request("", false, timeout.seconds());
        new Follower(cluster, shell)
                .changed(cluster.failBack(what.environment(), request, change.dryRun()), change.detach());
        return ExitCode.DONE;
    }
}
