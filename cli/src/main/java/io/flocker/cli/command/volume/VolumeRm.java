package io.flocker.cli.command.volume;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.EnvironmentChoice;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import io.flocker.cli.shell.VolumeName;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `flocker volume rm`: deletes volumes.
@Command(name = "rm", description = "Delete volumes and all their snapshots. This cannot be undone.")
public final class VolumeRm extends ClusterCommand {
    @Mixin
    private final EnvironmentChoice environment = new EnvironmentChoice();

    @Parameters(arity = "1..*", paramLabel = "VOLUME", description = "VOLUME or ENVIRONMENT/VOLUME.")
    private List<String> volumes = new ArrayList<>();

    public VolumeRm(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        for (String volume : volumes) {
            VolumeName name = environment.volume(volume, shell, cluster);
            cluster.delete(name);
            shell.out().println(name);
            shell.flush();
        }
        return ExitCode.DONE;
    }
}
