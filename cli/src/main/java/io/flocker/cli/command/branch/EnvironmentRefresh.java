package io.flocker.cli.command.branch;

import io.flocker.cli.amount.Seconds;
import io.flocker.cli.command.ChangeOptions;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Requests;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `flocker env refresh`: brings branches to a newer state of their origin.
@Command(
        name = "refresh",
        description = {
            "Bring branches to a checkpoint of the environment they were made from: its data and its services.",
            "Images, variables and numbers of instances that a branch has of its own stay. What is there now is kept"
                    + " as a checkpoint, so that a refresh can be undone. Other branches stay as they are."
        },
        footer = {
            "",
            "Examples:",
            "  flocker env refresh alice                 the newest checkpoint that somebody named",
            "  flocker env refresh alice bob --to fresh"
        })
public final class EnvironmentRefresh extends ClusterCommand {
    @Mixin
    private final ChangeOptions change = new ChangeOptions();

    @Option(
            names = "--to",
            paramLabel = "CHECKPOINT",
            description = "A checkpoint of the origin (default: the newest that somebody named).")
    private String to = "";

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = Seconds.class,
            description = "When to give up, such as 5m (default: 10m).")
    private long timeoutSeconds;

    @Parameters(arity = "1..*", paramLabel = "ENVIRONMENT", description = "The branches.")
    private List<String> names = new ArrayList<>();

    public EnvironmentRefresh(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        var refreshes = new SideBySide(cluster, shell);
        for (String name : new LinkedHashSet<>(names)) {
            refreshes.start(
                    name, () -> cluster.refresh(name, new Requests.Refresh(to, timeoutSeconds), change.dryRun()));
        }
        if (change.detach()) {
            refreshes.leave("\nThe others are being refreshed");
        } else {
            refreshes.follow((name, refresh) -> Undo.tell(shell, cluster, name, refresh), "\nThe others are refreshed");
        }
        return ExitCode.DONE;
    }
}
