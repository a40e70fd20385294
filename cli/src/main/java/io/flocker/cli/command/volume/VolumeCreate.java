package io.flocker.cli.command.volume;

import io.flocker.cli.amount.Bytes;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.EnvironmentChoice;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import io.flocker.cli.shell.VolumeName;
import io.flocker.client.api.Requests;
import io.flocker.core.spec.VolumeSpec;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `flocker volume create`: an empty volume.
@Command(name = "create", description = "Make an empty volume. Returns when it is ready.")
public final class VolumeCreate extends ClusterCommand {
    @Mixin
    private final EnvironmentChoice environment = new EnvironmentChoice();

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            converter = Bytes.class,
            description = "The most it may hold, such as 10G (default: no limit of its own).")
    private long sizeBytes;

    @Parameters(paramLabel = "VOLUME", description = "Its name: VOLUME or ENVIRONMENT/VOLUME.")
    private String volume = "";

    public VolumeCreate(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        VolumeName name = environment.volume(volume, shell, cluster);
        VolumeSpec spec = VolumeSpec.PLAIN.withSize(sizeBytes);
        cluster.createVolume(new Requests.CreateVolume(name.environment(), name.volume(), Optional.of(spec), "", ""));
        shell.out().println(name);
        return ExitCode.DONE;
    }
}
