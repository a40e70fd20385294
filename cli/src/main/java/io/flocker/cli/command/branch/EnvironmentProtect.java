package io.flocker.cli.command.branch;

import io.flocker.cli.command.ChangeOptions;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Requests;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `flocker env protect`: keeps environments from being removed.
@Command(
        name = "protect",
        description = {"Keep environments from being removed with their data, by expiry too."})
public final class EnvironmentProtect extends ClusterCommand {
    @Mixin
    private final ChangeOptions change = new ChangeOptions();

    @Option(names = "--off", description = "Allow it again.")
    private boolean off;

    @Parameters(arity = "1..*", paramLabel = "ENVIRONMENT", description = "The environments.")
    private List<String> names = new ArrayList<>();

    public EnvironmentProtect(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        var changes = new SideBySide(cluster, shell);
        for (String name : new LinkedHashSet<>(names)) {
            changes.start(
                    name,
                    () -> cluster.life(
                            name,
                            new Requests.Life(OptionalLong.empty(), OptionalLong.empty(), Optional.of(!off)),
                            change.dryRun()));
        }
        changes.leave("");
        return ExitCode.DONE;
    }
}
