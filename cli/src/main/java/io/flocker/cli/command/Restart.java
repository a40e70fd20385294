package io.flocker.cli.command;

import io.flocker.cli.amount.Seconds;
import io.flocker.cli.follow.Follower;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.EnvironmentChoice;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Requests;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `flocker restart`: restarts services.
@Command(name = "restart", description = "Restart services of an environment.")
public final class Restart extends ClusterCommand {
    @Mixin
    private final EnvironmentChoice environment = new EnvironmentChoice();

    @Mixin
    private final ChangeOptions change = new ChangeOptions();

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = Seconds.class,
            description = "When to give up, such as 5m (default: 10m).")
    private long timeoutSeconds;

    @Parameters(arity = "0..*", paramLabel = "SERVICE", description = "The services (default: all).")
    private List<String> services = new ArrayList<>();

    public Restart(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        String name = environment.resolve(shell, cluster);
        var request = new Requests.Restart(services, timeoutSeconds);
        new Follower(cluster, shell).changed(cluster.restart(name, request, change.dryRun()), change.detach());
        return ExitCode.DONE;
    }
}
