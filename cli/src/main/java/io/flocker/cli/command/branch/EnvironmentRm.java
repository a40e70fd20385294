package io.flocker.cli.command.branch;

import io.flocker.cli.command.ChangeOptions;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.CommandException;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `flocker env rm`: removes branches with their data.
@Command(
        name = "rm",
        description = "Remove branches with their data. Their origin and their own branches stay as they are.")
public final class EnvironmentRm extends ClusterCommand {
    @Mixin
    private final ChangeOptions change = new ChangeOptions();

    @Parameters(arity = "1..*", paramLabel = "ENVIRONMENT", description = "The branches.")
    private List<String> names = new ArrayList<>();

    public EnvironmentRm(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        for (String name : names) {
            if (cluster.environment(name).origin().isEmpty()) {
                throw CommandException.usage(
                        name + " is not a branch: flocker down -e " + name + " --volumes removes it with its data");
            }
        }
        var removals = new SideBySide(cluster, shell);
        for (String name : new LinkedHashSet<>(names)) {
            removals.start(name, () -> cluster.remove(name, true, change.dryRun()));
        }
        if (change.detach()) {
            removals.leave("\nThe others are being removed");
        } else {
            removals.follow((name, removal) -> {}, "\nThe others are gone");
        }
        return ExitCode.DONE;
    }
}
