package io.flocker.cli.command.volume;

import io.flocker.cli.amount.Bytes;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.EnvironmentChoice;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import io.flocker.cli.shell.VolumeName;
import io.flocker.client.api.Status;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `flocker volume resize`: another limit.
@Command(name = "resize", description = "Change how much a volume may hold, while it is in use.")
public final class VolumeResize extends ClusterCommand {
    @Mixin
    private final EnvironmentChoice environment = new EnvironmentChoice();

    @Parameters(index = "0", paramLabel = "VOLUME", description = "VOLUME or ENVIRONMENT/VOLUME.")
    private String volume = "";

    @Parameters(
            index = "1",
            paramLabel = "SIZE",
            converter = Bytes.class,
            description = "The new limit, such as 10G; none for no limit.")
    private long sizeBytes;

    public VolumeResize(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        VolumeName name = environment.volume(volume, shell, cluster);
        Status.Volume resized = cluster.resize(name, sizeBytes);
        shell.out()
                .println(name + " may hold "
                        + (resized.sizeBytes() == 0 ? "as much as fits" : Bytes.text(resized.sizeBytes())));
        return ExitCode.DONE;
    }
}
