package io.flocker.cli.command.volume;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.EnvironmentChoice;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Output;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Status;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `flocker volume ls`: the volumes.
@Command(name = "ls", description = "List volumes: all, or those of one environment.")
public final class VolumeLs extends ClusterCommand {
    @Mixin
    private final EnvironmentChoice environment = new EnvironmentChoice();

    @Mixin
    private final Output output = new Output();

    @Option(
            names = {"-q", "--quiet"},
            description = "Only names.")
    private boolean quiet;

    public VolumeLs(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        List<Status.Volume> volumes = cluster.volumes(environment.said(shell));
        if (quiet) {
            volumes.forEach(volume -> shell.out().println(volume.environment() + "/" + volume.name()));
        } else {
            output.show(shell, volumes, () -> VolumeTable.of(volumes).toString());
        }
        return ExitCode.DONE;
    }
}
