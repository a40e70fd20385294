package io.flocker.cli.command.backup;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Backups;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `flocker backup cancel`: ends a backup or restore that is under way.
@Command(
        name = "cancel",
        description = "End a backup, a restore or the like that is under way. What it has done so far is deleted.")
public final class BackupCancel extends ClusterCommand {
    private static final int WAIT_SECONDS = 20;

    @Parameters(paramLabel = "NODE/NUMBER", description = "What --detach printed.")
    private String id = "";

    public BackupCancel(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        var errands = new Errands(cluster);
        errands.cancel(id);
        Backups.Errand errand = errands.look(id, WAIT_SECONDS);
        shell.out()
                .println(errand.verb() + " of " + errand.subject()
                        + (errand.goesOn()
                                ? " is being cancelled"
                                : errand.state().equals(Backups.Errand.DONE) ? " was done already" : " is cancelled"));
        return ExitCode.DONE;
    }
}
