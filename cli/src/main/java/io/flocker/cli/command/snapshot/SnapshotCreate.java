package io.flocker.cli.command.snapshot;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.CommandException;
import io.flocker.cli.shell.EnvironmentChoice;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import io.flocker.cli.shell.VolumeName;
import io.flocker.client.api.Status;
import io.flocker.core.model.Snapshot;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `flocker snapshot create`: takes one.
@Command(name = "create", description = "Take a snapshot of a volume while it is in use. Returns when it is taken.")
public final class SnapshotCreate extends ClusterCommand {
    @Mixin
    private final EnvironmentChoice environment = new EnvironmentChoice();

    @Option(
            names = {"-n", "--name"},
            paramLabel = "NAME",
            description = "What to call it (default: it has only its position).")
    private String name = "";

    @Parameters(paramLabel = "VOLUME", description = "VOLUME or ENVIRONMENT/VOLUME.")
    private String volume = "";

    public SnapshotCreate(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        VolumeName of = environment.volume(volume, shell, cluster);
        Status.VolumeSnapshot taken = cluster.takeSnapshot(of, name);
        shell.out().println(of + "@" + taken.snapshot().id().position());
        if (taken.snapshot().state() == Snapshot.State.REQUESTED) {
            throw CommandException.failed("The snapshot is not taken yet; flocker status " + of.environment()
                    + " tells why, flocker snapshot ls whether it is");
        }
        return ExitCode.DONE;
    }
}
