package io.flocker.cli.command.branch;

import io.flocker.cli.command.ChangeOptions;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `flocker env wake`: runs again what is asleep.
@Command(
        name = "wake",
        description = {"Run again what is asleep, and wait until it serves."})
public final class EnvironmentWake extends ClusterCommand {
    @Mixin
    private final ChangeOptions change = new ChangeOptions();

    @Parameters(arity = "1..*", paramLabel = "ENVIRONMENT", description = "The environments.")
    private List<String> names = new ArrayList<>();

    public EnvironmentWake(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        var changes = new SideBySide(cluster, shell);
        for (String name : new LinkedHashSet<>(names)) {
            changes.start(name, () -> cluster.wake(name, change.dryRun()));
        }
        if (change.detach()) {
            changes.leave("\nThe others wake up");
        } else {
            changes.follow((name, wake) -> {}, "\nThe others are awake");
        }
        return ExitCode.DONE;
    }
}
