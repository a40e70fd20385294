package io.flocker.cli.command.snapshot;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.CommandException;
import io.flocker.cli.shell.EnvironmentChoice;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import io.flocker.cli.shell.VolumeName;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `flocker snapshot rm`: deletes snapshots.
@Command(name = "rm", description = "Delete snapshots.")
public final class SnapshotRm extends ClusterCommand {
    @Mixin
    private final EnvironmentChoice environment = new EnvironmentChoice();

    @Parameters(
            arity = "1..*",
            paramLabel = "VOLUME@SNAPSHOT",
            description = "A volume (VOLUME or ENVIRONMENT/VOLUME), @, and the snapshot's name or position.")
    private List<String> snapshots = new ArrayList<>();

    public SnapshotRm(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        for (String snapshot : snapshots) {
            int at = snapshot.indexOf('@');
            if (at <= 0 || at == snapshot.length() - 1) {
                throw CommandException.usage("A snapshot is VOLUME@SNAPSHOT, such as data@3.17, not \"" + snapshot
                        + "\"; flocker snapshot ls shows them");
            }
            VolumeName volume = environment.volume(snapshot.substring(0, at), shell, cluster);
            cluster.deleteSnapshot(volume, snapshot.substring(at + 1));
            shell.out().println(volume + "@" + snapshot.substring(at + 1));
            shell.flush();
        }
        return ExitCode.DONE;
    }
}
