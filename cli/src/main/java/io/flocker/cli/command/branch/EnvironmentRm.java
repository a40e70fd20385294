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
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `flocker env rm`: removes branches with their data.
@Command(
        name = "rm",
        description = "Remove branches with their data. Their origin and their own branches stay as they are.",
        footer = {"", "Example:", "  flocker env rm --if-exists pr-7"})
public final class EnvironmentRm extends ClusterCommand {
    @Mixin
    private final ChangeOptions change = new ChangeOptions();

    @Option(names = "--if-exists", description = "Do not fail for those that are gone already.")
    private boolean ifExists;

    @Parameters(arity = "1..*", paramLabel = "ENVIRONMENT", description = "The branches.")
    private List<String> names = new ArrayList<>();

    public EnvironmentRm(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        var wanted = new LinkedHashSet<>(names);
        if (ifExists) {
            for (String name : names) {
                if (cluster.find(name).isEmpty()) {
                    shell.out().println(name + " is gone already");
                    wanted.remove(name);
                }
            }
        }
        for (String name : wanted) {
            if (cluster.environment(name).origin().isEmpty()) {
                throw CommandException.usage(
                        name + " is not a branch: flocker down -e " + name + " --volumes removes it with its data");
            }
        }
        var removals = new SideBySide(cluster, shell);
        for (String name : wanted) {
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
