package io.flocker.cli.command.branch;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.CommandException;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Answers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// A command that changes each of some environments at once, without an operation.
abstract class OfEach extends ClusterCommand {
    @Option(names = "--dry-run", description = "Only tell what would be done.")
    private boolean dryRun;

    @Parameters(arity = "1..*", paramLabel = "ENVIRONMENT", description = "The environments.")
    private List<String> names = new ArrayList<>();

    OfEach(Shell shell) {
        super(shell);
    }

    abstract Answers.Change change(Cluster cluster, String environment, boolean dryRun)
            throws IOException, InterruptedException;

    @Override
    protected final int run(Cluster cluster) throws Exception {
        var changes = new SideBySide(cluster, shell);
        for (String name : new LinkedHashSet<>(names)) {
            changes.start(name, () -> change(cluster, name, dryRun));
        }
        if (dryRun) {
            changes.leave("");
        } else {
            changes.await(environment -> settle(cluster, environment), "\nThe others are changed");
        }
        return ExitCode.DONE;
    }

    /// Waits until a change is in force, if it is not at once.
    void settle(Cluster cluster, String environment) throws CommandException, IOException, InterruptedException {}
}
