package io.flocker.cli.command.volume;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.EnvironmentChoice;
import io.flocker.cli.shell.ListOutput;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Status;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `flocker volume ls`: the volumes.
@Command(name = "ls", description = "List volumes: all, or those of one environment.")
public final class VolumeLs extends ClusterCommand {
    @Mixin
    private final EnvironmentChoice environment = new EnvironmentChoice();

    @Mixin
    private final ListOutput output = new ListOutput();

    public VolumeLs(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        List<Status.Volume> volumes = cluster.volumes(environment.said(shell));
        return output.show(
                shell, volumes, volume -> volume.environment() + "/" + volume.name(), () -> VolumeTable.of(volumes));
    }
}
