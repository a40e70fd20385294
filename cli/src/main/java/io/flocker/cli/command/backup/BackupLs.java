package io.flocker.cli.command.backup;

import io.flocker.cli.amount.Bytes;
import io.flocker.cli.amount.Moment;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.CommandException;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.ListOutput;
import io.flocker.cli.shell.Shell;
import io.flocker.cli.shell.Table;
import io.flocker.client.api.Backups;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `flocker backup ls`: what is in a destination.
@Command(name = "ls", description = "List the backups in a destination, oldest first.")
public final class BackupLs extends ClusterCommand {
    @Mixin
    private final DestinationOptions options = new DestinationOptions();

    @Mixin
    private final ListOutput output = new ListOutput();

    @Option(names = "--node", paramLabel = "NODE", description = "The node that looks, whose folder a file:// is.")
    private String node = "";

    @Parameters(paramLabel = "URL", description = "file:///FOLDER or s3://BUCKET/PREFIX.")
    private String url = "";

    private Backups.@Nullable Look look;

    public BackupLs(Shell shell) {
        super(shell);
    }

    @Override
    protected void prepare() throws CommandException {
        look = new Backups.Look(options.destination(url, shell), node);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        if (look == null) {
            return ExitCode.USAGE;
        }
        Backups.Errand ended = new ErrandFollower(cluster, shell).await(new Errands(cluster).list(look));
        ended.told().forEach(shell.err()::println);
        return output.show(shell, ended.backups(), Backups.Backup::id, () -> table(ended.backups()));
    }

    private Table table(List<Backups.Backup> backups) {
        var table = new Table("BACKUP", "VOLUME", "TAKEN", "SIZE", "BUILDS UPON", "POOL");
        for (Backups.Backup each : backups) {
            table.row(
                    each.id(),
                    each.volume(),
                    Moment.ago(each.takenAtMillis(), shell.nowMillis()),
                    Bytes.text(each.bytes()),
                    each.base(),
                    each.kind());
        }
        return table;
    }
}
