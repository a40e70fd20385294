package io.flocker.cli.command.backup;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.CommandException;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Backups;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `flocker backup verify`: reads backups and checks all of them.
@Command(
        name = "verify",
        description = "Read every byte of backups and check that they can be restored. Fails if one cannot.")
public final class BackupVerify extends ClusterCommand {
    @Mixin
    private final DestinationOptions options = new DestinationOptions();

    @Mixin
    private final RateOption rate = new RateOption();

    @Option(names = "--node", paramLabel = "NODE", description = "The node that reads, whose folder a file:// is.")
    private String node = "";

    @Parameters(index = "0", paramLabel = "URL", description = "file:///FOLDER or s3://BUCKET/PREFIX.")
    private String url = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "BACKUP",
            description = "Only this one and those that it builds upon (default: all).")
    private String backup = "";

    private Backups.@Nullable Check check;

    public BackupVerify(Shell shell) {
        super(shell);
    }

    @Override
    protected void prepare() throws CommandException {
        check = new Backups.Check(options.destination(url, shell), node, backup, rate.bytesPerSecond());
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        if (check == null) {
            return ExitCode.USAGE;
        }
        var follower = new ErrandFollower(cluster, shell);
        Backups.Errand ended = follower.follow(new Errands(cluster).verify(check));
        shell.out().println("Done: " + follower.line(ended));
        return ExitCode.DONE;
    }
}
