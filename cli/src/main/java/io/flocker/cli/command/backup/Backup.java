package io.flocker.cli.command.backup;

import io.flocker.cli.command.ChangeOptions;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.CommandException;
import io.flocker.cli.shell.EnvironmentChoice;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import io.flocker.cli.shell.VolumeName;
import io.flocker.client.api.Backups;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `flocker backup`: puts a volume into a destination; its members look after what is there.
@Command(
        name = "backup",
        synopsisSubcommandLabel = "[COMMAND]",
        description = {
            "Back a volume up, while it is in use: all of it the first time, later what has changed. What leaves the"
                    + " node is encrypted.",
            "Or look after backups: ls, verify, rm, show, cancel, key."
        },
        footer = {
            "",
            "Examples:",
            "  flocker backup key backup.key",
            "  flocker backup shop/data --to s3://shop/prod -k backup.key --keep 30",
            "  flocker backup ls s3://shop/prod -k backup.key"
        })
public final class Backup extends ClusterCommand {
    @Mixin
    private final EnvironmentChoice environment = new EnvironmentChoice();

    @Mixin
    private final DestinationOptions options = new DestinationOptions();

    @Mixin
    private final RateOption rate = new RateOption();

    @Mixin
    private final ChangeOptions change = new ChangeOptions();

    @Option(
            names = "--to",
            paramLabel = "URL",
            description = "Where to: file:///FOLDER (of the node that has the volume) or s3://BUCKET/PREFIX.")
    private @Nullable String to;

    @Option(names = "--full", description = "Put all of it there, whatever is there.")
    private boolean full;

    @Option(
            names = "--keep",
            paramLabel = "N",
            description = "Delete older backups of this volume than the newest N, unless those need them.")
    private int keep;

    @Option(
            names = "--keep-days",
            paramLabel = "D",
            description = "Delete backups of this volume that are older than D days, unless younger ones need them."
                    + " With --keep, those that both rules give up.")
    private int keepDays;

    @Parameters(arity = "0..1", paramLabel = "VOLUME", description = "VOLUME or ENVIRONMENT/VOLUME.")
    private @Nullable String volume;

    private Backups.@Nullable Make make;

    public Backup(Shell shell) {
        super(shell);
    }

    @Override
    protected void prepare() throws CommandException {
        if (volume == null || to == null) {
            throw CommandException.usage(
                    "Say which volume to back up, and where to: flocker backup VOLUME --to URL --key-file FILE");
        }
        if (keep < 0 || keepDays < 0) {
            throw CommandException.usage("--keep and --keep-days are numbers from 1 on");
        }
        make = new Backups.Make(
                options.destination(to, shell), full, new Backups.Keep(keep, keepDays), rate.bytesPerSecond());
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        if (volume == null || make == null) {
            return ExitCode.USAGE;
        }
        VolumeName name = environment.volume(volume, shell, cluster);
        Backups.Errand begun = new Errands(cluster).make(name, make, change.dryRun());
        if (change.detach() && !change.dryRun()) {
            shell.out().println(begun.id());
            return ExitCode.DONE;
        }
        var follower = new ErrandFollower(cluster, shell);
        Backups.Errand ended = follower.follow(begun);
        if (!change.dryRun()) {
            shell.out().println("Done: " + follower.line(ended));
        }
        return ExitCode.DONE;
    }
}
