package io.flocker.cli.command.backup;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Output;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Backups;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `flocker backup show`: how a backup or restore is that was begun.
@Command(name = "show", description = "Show how a backup, a restore or the like is, or follow it to its end.")
public final class BackupShow extends ClusterCommand {
    @Mixin
    private final Output output = new Output();

    @Option(
            names = {"-f", "--follow"},
            description = "Follow it; exits 0 when it ends well, 1 when it fails.")
    private boolean follow;

    @Parameters(paramLabel = "NODE/NUMBER", description = "What --detach printed.")
    private String id = "";

    public BackupShow(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        Backups.Errand errand = new Errands(cluster).look(id, 0);
        var follower = new ErrandFollower(cluster, shell);
        if (follow) {
            shell.out().println("Done: " + follower.line(follower.follow(errand)));
        } else {
            output.show(shell, errand, () -> text(errand, follower.line(errand)));
        }
        return ExitCode.DONE;
    }

    private static String text(Backups.Errand errand, String line) {
        var text = new StringBuilder(line).append(", ").append(errand.state()).append('\n');
        errand.told().forEach(told -> text.append(told).append('\n'));
        if (!errand.error().isEmpty()) {
            text.append("Error: ").append(errand.error()).append('\n');
        }
        return text.toString();
    }
}
