package io.flocker.cli.command;

import io.flocker.cli.amount.Moment;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.EnvironmentChoice;
import io.flocker.cli.shell.ListOutput;
import io.flocker.cli.shell.Shell;
import io.flocker.cli.shell.Table;
import io.flocker.client.api.Status;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `flocker ps`: the instances.
@Command(name = "ps", description = "List the instances of an environment's services.")
public final class Ps extends ClusterCommand {
    private static final int SHORT_ID = 12;

    @Mixin
    private final EnvironmentChoice environment = new EnvironmentChoice();

    @Mixin
    private final ListOutput output = new ListOutput();

    @Option(
            names = {"-a", "--all"},
            description = "Those of all environments.")
    private boolean all;

    public Ps(Shell shell) {
        super(shell);
    }

    /// An instance, and what it is of.
    private record Row(String environment, String service, String image, Status.Instance instance) {}

    @Override
    protected int run(Cluster cluster) throws Exception {
        List<Row> rows =
                rows(all ? cluster.environments() : List.of(cluster.environment(environment.resolve(shell, cluster))));
        return output.show(shell, rows, this::name, () -> table(rows));
    }

    private static List<Row> rows(List<Status.Environment> environments) {
        var rows = new ArrayList<Row>();
        for (Status.Environment environment : environments) {
            for (Status.Service service : environment.services()) {
                service.instances()
                        .forEach(instance ->
                                rows.add(new Row(environment.name(), service.name(), service.image(), instance)));
            }
        }
        return rows;
    }

    private String name(Row row) {
        return all
                ? row.environment() + "/" + row.instance().name()
                : row.instance().name();
    }

    private Table table(List<Row> rows) {
        var table = new Table("INSTANCE", "IMAGE", "RELEASE", "NODE", "STATE", "SINCE", "CONTAINER");
        for (Row row : rows) {
            Status.Instance instance = row.instance();
            table.row(
                    name(row),
                    row.image(),
                    instance.release(),
                    instance.node(),
                    state(instance),
                    since(instance),
                    instance.container()
                            .substring(
                                    0, Math.min(SHORT_ID, instance.container().length())));
        }
        return table;
    }

    private String since(Status.Instance instance) {
        boolean ended = List.of("exited", "completed", "restarting").contains(instance.state());
        return Moment.ago(ended ? instance.endedAtMillis() : instance.startedAtMillis(), shell.nowMillis());
    }

    static String state(Status.Instance instance) {
        return instance.state().equals("exited") || instance.state().equals("restarting")
                ? instance.state() + " (" + instance.exitCode() + ")"
                : instance.state();
    }
}
