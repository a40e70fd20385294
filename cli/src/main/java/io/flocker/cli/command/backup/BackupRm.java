package io.flocker.cli.command.backup;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.CommandException;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Backups;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `flocker backup rm`: deletes backups.
@Command(
        name = "rm",
        description = "Delete backups. One that others build upon is deleted together with those, or not at all.")
public final class BackupRm extends ClusterCommand {
    @Mixin
    private final DestinationOptions options = new DestinationOptions();

    @Option(names = "--node", paramLabel = "NODE", description = "The node that does it, whose folder a file:// is.")
    private String node = "";

    @Option(names = "--dry-run", description = "Only tell what would be done.")
    private boolean dryRun;

    @Parameters(index = "0", paramLabel = "URL", description = "file:///FOLDER or s3://BUCKET/PREFIX.")
    private String url = "";

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "BACKUP", description = "The backups.")
    private List<String> backups = new ArrayList<>();

    private Backups.@Nullable Delete delete;

    public BackupRm(Shell shell) {
        super(shell);
    }

    @Override
    protected void prepare() throws CommandException {
        delete = new Backups.Delete(options.destination(url, shell), node, List.copyOf(backups));
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        if (delete == null) {
            return ExitCode.USAGE;
        }
        new ErrandFollower(cluster, shell).follow(new Errands(cluster).delete(delete, dryRun));
        return ExitCode.DONE;
    }
}
