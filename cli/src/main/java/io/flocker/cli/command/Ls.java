package io.flocker.cli.command;

import io.flocker.cli.amount.Moment;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Output;
import io.flocker.cli.shell.Shell;
import io.flocker.cli.shell.Table;
import io.flocker.client.api.Status;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `flocker ls`: the environments.
@Command(name = "ls", description = "List environments.")
public final class Ls extends ClusterCommand {
    @Mixin
    private final Output output = new Output();

    @Option(
            names = {"-q", "--quiet"},
            description = "Only names.")
    private boolean quiet;

    public Ls(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        List<Status.Environment> environments = cluster.environments();
        if (quiet) {
            environments.forEach(environment -> shell.out().println(environment.name()));
        } else {
            output.show(shell, environments, () -> table(environments, shell.nowMillis()));
        }
        return ExitCode.DONE;
    }

    static String table(List<Status.Environment> environments, long nowMillis) {
        var table = new Table("ENVIRONMENT", "STATE", "SERVICES", "VOLUMES", "CREATED");
        for (Status.Environment environment : environments) {
            table.row(
                    environment.name(),
                    environment.state(),
                    environment.services().size(),
                    environment.volumes().size(),
                    Moment.ago(environment.createdAtMillis(), nowMillis));
        }
        return table.toString();
    }
}
