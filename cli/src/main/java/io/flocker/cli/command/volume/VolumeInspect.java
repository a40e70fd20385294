package io.flocker.cli.command.volume;

import io.flocker.cli.amount.Bytes;
import io.flocker.cli.amount.Moment;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.EnvironmentChoice;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Output;
import io.flocker.cli.shell.Shell;
import io.flocker.cli.shell.Table;
import io.flocker.client.api.Status;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `flocker volume inspect`: all there is to know of a volume.
@Command(name = "inspect", description = "Show a volume, with the space it takes.")
public final class VolumeInspect extends ClusterCommand {
    @Mixin
    private final EnvironmentChoice environment = new EnvironmentChoice();

    @Mixin
    private final Output output = new Output();

    @Parameters(paramLabel = "VOLUME", description = "VOLUME or ENVIRONMENT/VOLUME.")
    private String volume = "";

    public VolumeInspect(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        Status.Volume found = cluster.volume(environment.volume(volume, shell, cluster));
        output.show(shell, found, () -> table(found));
        return ExitCode.DONE;
    }

    private String table(Status.Volume found) {
        var table = new Table("VOLUME", found.environment() + "/" + found.name());
        table.row("ID", found.id());
        table.row("STATE", found.state());
        table.row("PROBLEM", found.problem());
        table.row("PRIMARY", found.primary());
        table.row("EPOCH", found.epoch());
        table.row("LIMIT", found.sizeBytes() == 0 ? "" : Bytes.text(found.sizeBytes()));
        table.row("USED", found.usedBytes() < 0 ? "" : Bytes.text(found.usedBytes()));
        table.row("OF ITS OWN", found.exclusiveBytes() < 0 ? "" : Bytes.text(found.exclusiveBytes()));
        table.row("SNAPSHOTS", found.snapshots());
        table.row("CREATED", Moment.ago(found.createdAtMillis(), shell.nowMillis()));
        String replicas = ReplicaTable.of(List.of(found), shell.nowMillis());
        return table + (replicas.isEmpty() ? "" : "\n" + replicas) + ReplicaTable.notes(List.of(found));
    }
}
