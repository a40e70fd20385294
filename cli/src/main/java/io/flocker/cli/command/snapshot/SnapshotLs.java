package io.flocker.cli.command.snapshot;

import io.flocker.cli.amount.Moment;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.EnvironmentChoice;
import io.flocker.cli.shell.ListOutput;
import io.flocker.cli.shell.Shell;
import io.flocker.cli.shell.Table;
import io.flocker.cli.shell.VolumeName;
import io.flocker.client.api.Status;
import io.flocker.core.model.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `flocker snapshot ls`: the snapshots.
@Command(name = "ls", description = "List snapshots, oldest first: of a volume, or of all volumes of an environment.")
public final class SnapshotLs extends ClusterCommand {
    @Mixin
    private final EnvironmentChoice environment = new EnvironmentChoice();

    @Mixin
    private final ListOutput output = new ListOutput();

    @Parameters(arity = "0..1", paramLabel = "VOLUME", description = "VOLUME or ENVIRONMENT/VOLUME.")
    private @Nullable String volume;

    public SnapshotLs(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        var snapshots = new ArrayList<Status.VolumeSnapshot>();
        for (VolumeName each : volumes(cluster)) {
            snapshots.addAll(cluster.snapshots(each));
        }
        return output.show(shell, snapshots, SnapshotLs::name, () -> table(snapshots));
    }

    private List<VolumeName> volumes(Cluster cluster) throws Exception {
        if (volume != null) {
            return List.of(environment.volume(volume, shell, cluster));
        }
        return cluster.volumes(Optional.of(environment.resolve(shell, cluster))).stream()
                .map(found -> new VolumeName(found.environment(), found.name()))
                .toList();
    }

    private static String name(Status.VolumeSnapshot snapshot) {
        return snapshot.environment() + "/" + snapshot.volume() + "@"
                + snapshot.snapshot().id().position();
    }

    private Table table(List<Status.VolumeSnapshot> snapshots) {
        var table = new Table("SNAPSHOT", "NAME", "BY", "TAKEN", "STATE", "PAUSE");
        for (Status.VolumeSnapshot each : snapshots) {
            Snapshot snapshot = each.snapshot();
            String by = snapshot.origin().toString().toLowerCase(Locale.ROOT).replace('_', ' ');
            table.row(
                    name(each),
                    snapshot.name(),
                    snapshot.checkpoint().isEmpty() ? by : by + " " + snapshot.checkpoint(),
                    Moment.ago(snapshot.takenAtMillis(), shell.nowMillis()),
                    snapshot.state().toString().toLowerCase(Locale.ROOT),
                    String.format(Locale.ROOT, "%.1f ms", snapshot.pauseMicros() / 1_000.0));
        }
        return table;
    }
}
