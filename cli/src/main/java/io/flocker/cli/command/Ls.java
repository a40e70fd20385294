package io.flocker.cli.command;

import io.flocker.cli.amount.Moment;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.ListOutput;
import io.flocker.cli.shell.Shell;
import io.flocker.cli.shell.Table;
import io.flocker.client.api.Status;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `flocker ls`: the environments.
@Command(name = "ls", description = "List environments.")
public final class Ls extends ClusterCommand {
    @Mixin
    private final ListOutput output = new ListOutput();

    public Ls(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        List<Status.Environment> environments = cluster.environments();
        return output.show(shell, environments, Status.Environment::name, () -> table(environments, shell.nowMillis()));
    }

    static Table table(List<Status.Environment> environments, long nowMillis) {
        var table = new Table("ENVIRONMENT", "STATE", "SERVICES", "VOLUMES", "CREATED");
        for (Status.Environment environment : environments) {
            table.row(
                    environment.name(),
                    environment.state(),
                    environment.services().size(),
                    environment.volumes().size(),
                    Moment.ago(environment.createdAtMillis(), nowMillis));
        }
        return table;
    }
}
