package io.flocker.cli.command;

import io.flocker.cli.follow.Follower;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.EnvironmentChoice;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `flocker down`: stops and removes an environment's services.
@Command(
        name = "down",
        description = "Stop and remove an environment's services. Data stays unless --volumes is given.")
public final class Down extends ClusterCommand {
    @Mixin
    private final EnvironmentChoice environment = new EnvironmentChoice();

    @Mixin
    private final ChangeOptions change = new ChangeOptions();

    @Option(
            names = {"-v", "--volumes"},
            description = "Delete the environment's volumes and their snapshots too.")
    private boolean volumes;

    public Down(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        String name = environment.resolve(shell, cluster);
        new Follower(cluster, shell).changed(cluster.remove(name, volumes, change.dryRun()), change.detach());
        return ExitCode.DONE;
    }
}
