package io.flocker.cli.command.backup;

import io.flocker.cli.amount.Moment;
import io.flocker.cli.command.ChangeOptions;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.CommandException;
import io.flocker.cli.shell.EnvironmentChoice;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import io.flocker.cli.shell.VolumeName;
import io.flocker.client.api.Backups;
import java.time.ZoneId;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `flocker restore`: a new volume of a backup.
@Command(
        name = "restore",
        description = {
            "Make a new volume of a backup. It is there when all of it was read, checked and written, or not at all.",
            "It needs the destination and the key, and nothing of the cluster that made the backup."
        },
        footer = {
            "",
            "Examples:",
            "  flocker restore s3://shop/prod --as shop/data -k backup.key",
            "  flocker restore s3://shop/prod --at '2h ago' --as lab/data -k backup.key"
        })
public final class Restore extends ClusterCommand {
    @Mixin
    private final EnvironmentChoice environment = new EnvironmentChoice();

    @Mixin
    private final DestinationOptions options = new DestinationOptions();

    @Mixin
    private final RateOption rate = new RateOption();

    @Mixin
    private final ChangeOptions change = new ChangeOptions();

    @Parameters(paramLabel = "URL", description = "Where the backups are: file:///FOLDER or s3://BUCKET/PREFIX.")
    private String url = "";

    @Option(
            names = "--as",
            required = true,
            paramLabel = "VOLUME",
            description = "The new volume: VOLUME or ENVIRONMENT/VOLUME. There must be none of that name.")
    private String as = "";

    @Option(
            names = "--at",
            paramLabel = "BACKUP|TIME",
            description = "A backup, or the newest that is not younger than a moment: 2026-01-31, '2026-01-31 12:00',"
                    + " '2h ago' (default: the newest).")
    private String at = "";

    @Option(
            names = "--of",
            paramLabel = "VOLUME",
            description = "Of which volume, ENVIRONMENT/VOLUME as it was called (default: the only one there).")
    private String of = "";

    @Option(
            names = "--node",
            paramLabel = "NODE",
            description = "The node where it is to be, whose folder a file:// is (default: where it fits best).")
    private String node = "";

    private Backups.@Nullable Destination destination;

    public Restore(Shell shell) {
        super(shell);
    }

    @Override
    protected void prepare() throws CommandException {
        destination = options.destination(url, shell);
    }

    private Backups.Which which() {
        OptionalLong moment = Moment.parse(at, shell.nowMillis(), ZoneId.systemDefault());
        return moment.isPresent() ? new Backups.Which("", of, moment.getAsLong()) : new Backups.Which(at, of, 0);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        if (destination == null) {
            return ExitCode.USAGE;
        }
        VolumeName name = environment.volume(as, shell, cluster);
        var restore = new Backups.Restore(
                destination, which(), name.environment(), name.volume(), node, rate.bytesPerSecond());
        Backups.Errand begun = new Errands(cluster).restore(restore, change.dryRun());
        if (change.detach() && !change.dryRun()) {
            shell.out().println(begun.id());
            return ExitCode.DONE;
        }
        var follower = new ErrandFollower(cluster, shell);
        Backups.Errand ended = follower.follow(begun);
        if (!change.dryRun()) {
            shell.out().println("Done: " + follower.line(ended));
            shell.out()
                    .println("A service of environment " + name.environment() + " that has \"" + name.volume()
                            + "\" among its volumes uses it from the next flocker up on");
        }
        return ExitCode.DONE;
    }
}
