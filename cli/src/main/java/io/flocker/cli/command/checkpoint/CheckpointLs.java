package io.flocker.cli.command.checkpoint;

import io.flocker.cli.amount.Moment;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.EnvironmentChoice;
import io.flocker.cli.shell.ListOutput;
import io.flocker.cli.shell.Shell;
import io.flocker.cli.shell.Table;
import io.flocker.core.model.Checkpoint;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `flocker checkpoint ls`: the checkpoints.
@Command(name = "ls", description = "List the checkpoints of an environment, oldest first.")
public final class CheckpointLs extends ClusterCommand {
    @Mixin
    private final EnvironmentChoice environment = new EnvironmentChoice();

    @Mixin
    private final ListOutput output = new ListOutput();

    public CheckpointLs(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        String name = environment.resolve(shell, cluster);
        List<Checkpoint> checkpoints = cluster.environment(name).checkpoints().values().stream()
                .sorted(Comparator.comparingLong(Checkpoint::createdAtMillis))
                .toList();
        return output.show(
                shell, checkpoints, checkpoint -> name + "@" + checkpoint.name(), () -> table(name, checkpoints));
    }

    private Table table(String environmentName, List<Checkpoint> checkpoints) {
        var table = new Table("CHECKPOINT", "TAKEN", "STATE", "VOLUMES", "RELEASES", "PAUSE", "PROBLEM");
        for (Checkpoint checkpoint : checkpoints) {
            table.row(
                    environmentName + "@" + checkpoint.name(),
                    Moment.ago(checkpoint.createdAtMillis(), shell.nowMillis()),
                    checkpoint.state().toString().toLowerCase(Locale.ROOT),
                    checkpoint.volumes().size(),
                    checkpoint.releases().entrySet().stream()
                            .map(release -> release.getKey() + " " + release.getValue())
                            .collect(Collectors.joining(", ")),
                    String.format(Locale.ROOT, "%.1f ms", checkpoint.pauseMicros() / 1_000.0),
                    checkpoint.problem());
        }
        return table;
    }
}
