package io.flocker.cli.command.volume;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.EnvironmentChoice;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import io.flocker.cli.shell.VolumeName;
import io.flocker.client.api.Requests;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `flocker volume clone`: a volume that begins as another one is, or was.
@Command(
        name = "clone",
        description =
                "Make a volume that begins with the data of another one. It takes no time and, at first, no space.")
public final class VolumeClone extends ClusterCommand {
    @Mixin
    private final EnvironmentChoice environment = new EnvironmentChoice();

    @Option(
            names = "--snapshot",
            paramLabel = "SNAPSHOT",
            description = "A snapshot of the origin, by name or position (default: one taken now).")
    private String snapshot = "";

    @Parameters(index = "0", paramLabel = "ORIGIN", description = "The volume to clone: VOLUME or ENVIRONMENT/VOLUME.")
    private String origin = "";

    @Parameters(index = "1", paramLabel = "VOLUME", description = "The new volume: VOLUME or ENVIRONMENT/VOLUME.")
    private String volume = "";

    public VolumeClone(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        VolumeName from = environment.volume(origin, shell, cluster);
        VolumeName name = environment.volume(volume, shell, cluster);
        cluster.createVolume(new Requests.CreateVolume(
                name.environment(), name.volume(), Optional.empty(), from.toString(), snapshot));
        shell.out().println(name);
        return ExitCode.DONE;
    }
}
