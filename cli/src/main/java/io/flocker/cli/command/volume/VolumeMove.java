package io.flocker.cli.command.volume;

import io.flocker.cli.amount.Seconds;
import io.flocker.cli.follow.Follower;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.EnvironmentChoice;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import io.flocker.cli.shell.VolumeName;
import io.flocker.client.api.Requests;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `flocker volume move`: brings a volume to another node, and the services that use it.
@Command(name = "move", description = "Bring a volume to another node, together with the services that use it.")
public final class VolumeMove extends ClusterCommand {
    @Mixin
    private final EnvironmentChoice environment = new EnvironmentChoice();

    @Option(names = "--dry-run", description = "Only tell what would be done.")
    private boolean dryRun;

    @Option(
            names = {"-d", "--detach"},
            description = "Do not follow the operation; print its id.")
    private boolean detach;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = Seconds.class,
            description = "When to give up and leave it where it was, such as 5m (default: 1h).")
    private long timeoutSeconds;

    @Parameters(index = "0", paramLabel = "VOLUME", description = "The volume, as VOLUME or ENVIRONMENT/VOLUME.")
    private String volume = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "NODE", description = "Where to (default: the best suited).")
    private String node = "";

    public VolumeMove(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        VolumeName name = environment.volume(volume, shell, cluster);
        var request = new Requests.Move("", name.volume(), node, timeoutSeconds);
        new Follower(cluster, shell).changed(cluster.move(name.environment(), request, dryRun), detach);
        return ExitCode.DONE;
    }
}
