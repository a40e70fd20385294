package io.flocker.cli.command.volume;

import io.flocker.cli.command.ChangeOptions;
import io.flocker.cli.command.MoveTimeout;
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
import picocli.CommandLine.Parameters;

/// `flocker volume move`: brings a volume to another node, and the services that use it.
@Command(name = "move", description = "Bring a volume to another node, together with the services that use it.")
public final class VolumeMove extends ClusterCommand {
    @Mixin
    private final EnvironmentChoice environment = new EnvironmentChoice();

    @Mixin
    private final ChangeOptions change = new ChangeOptions();

    @Mixin
    private final MoveTimeout timeout = new MoveTimeout();

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
        var request = new Requests.Move("", name.volume(), node, timeout.seconds());
        new Follower(cluster, shell)
                .changed(cluster.move(name.environment(), request, change.dryRun()), change.detach());
        return ExitCode.DONE;
    }
}
