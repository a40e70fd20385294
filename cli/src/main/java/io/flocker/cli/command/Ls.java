package io.flocker.cli.command;

import io.flocker.cli.amount.Moment;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.ListOutput;
import io.flocker.cli.shell.Shell;
import io.flocker.cli.shell.Table;
import io.flocker.client.api.Status;
import java.util.List;
import java.util.stream.Collectors;
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
                    services(environment),
                    environment.volumes().size(),
                    Moment.ago(environment.createdAtMillis(), nowMillis));
        }
        return table;
    }

    /// How many there are, and which numbers of instances nobody has to say: `3 (web by load, worker by cores)`.
    private static String services(Status.Environment environment) {
        String following = environment.services().stream()
                .filter(service -> service.follows().equals(Status.Service.LOAD)
                        || service.follows().equals(Status.Service.CORES))
                .map(service -> service.name() + " by " + service.follows())
                .collect(Collectors.joining(", "));
        int count = environment.services().size();
        return following.isEmpty() ? Integer.toString(count) : count + " (" + following + ")";
    }
}
