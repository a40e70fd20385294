package io.flocker.cli.command;

import io.flocker.cli.amount.Moment;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.EnvironmentChoice;
import io.flocker.cli.shell.ListOutput;
import io.flocker.cli.shell.Shell;
import io.flocker.cli.shell.Table;
import io.flocker.client.api.Status;
import java.io.IOException;
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

    @Option(
            names = {"-w", "--wide"},
            description = "Also which rules chose each instance's node.")
    private boolean wide;

    public Ps(Shell shell) {
        super(shell);
    }

    /// An instance, and what it is of.
    private record Row(String environment, String service, String image, Status.Instance instance) {}

    @Override
    protected int run(Cluster cluster) throws Exception {
        List<Status.Environment> environments =
                all ? cluster.environments() : List.of(cluster.environment(environment.resolve(shell, cluster)));
        List<Row> rows = rows(environments);
        environments.forEach(this::tellVacancies);
        environments.forEach(this::tellLoads);
        for (Status.Environment environment : environments) {
            tellPause(cluster, environment);
        }
        return output.show(shell, rows, this::name, () -> table(rows));
    }

    /// What has no instance to be listed with.
    private void tellVacancies(Status.Environment environment) {
        for (Status.Service service : environment.services()) {
            if (!service.waits().isEmpty() && !service.waits().startsWith("operation ")) {
                shell.err().println(environment.name() + "/" + service.name() + " waits for " + service.waits());
            }
        }
    }

    /// Why there are as many as there are.
    private void tellLoads(Status.Environment environment) {
        for (Status.Service service : environment.services()) {
            String name = environment.name() + "/" + service.name();
            if (!service.load().isEmpty()) {
                shell.err().println(name + " follows its load: " + service.load());
            } else if (service.follows().equals(Status.Service.LOAD)) {
                shell.err().println(name + " follows its load");
            } else if (service.follows().equals(Status.Service.CORES)) {
                shell.err().println(name + " runs one instance for each core");
            }
        }
    }

    /// Why releases stay beside each other.
    private void tellPause(Cluster cluster, Status.Environment environment) throws IOException, InterruptedException {
        if (environment.operation().isEmpty()) {
            return;
        }
        Status.Operation operation = cluster.operation(environment.operation(), 0);
        if (operation.state().equals(Status.Operation.PAUSED)
                || operation.state().equals(Status.Operation.PAUSING)) {
            shell.err()
                    .println(environment.name() + ": operation " + operation.id() + " (" + operation.verb() + ") is "
                            + operation.state() + "; flocker op resume " + operation.id() + " has it go on");
        }
    }

    private static List<Row> rows(List<Status.Environment> environments) {
        var rows = new ArrayList<Row>();
        for (Status.Environment environment : environments) {
            for (Status.Service service : environment.services()) {
                service.instances()
                        .forEach(instance ->
                                rows.add(new Row(environment.name(), service.name(), instance.image(), instance)));
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
        List<String> columns =
                new ArrayList<>(List.of("INSTANCE", "IMAGE", "RELEASE", "NODE", "STATE", "SINCE", "CONTAINER"));
        if (wide) {
            columns.add("PLACED BY");
        }
        var table = new Table(columns.toArray(String[]::new));
        for (Row row : rows) {
            Status.Instance instance = row.instance();
            List<Object> cells = new ArrayList<>(List.of(
                    name(row),
                    row.image(),
                    instance.release(),
                    instance.node(),
                    state(instance),
                    since(instance),
                    instance.container()
                            .substring(
                                    0, Math.min(SHORT_ID, instance.container().length()))));
            if (wide) {
                cells.add(instance.placedBy());
            }
            table.row(cells.toArray());
        }
        return table;
    }

    private String since(Status.Instance instance) {
        boolean ended = List.of("exited", "completed", "restarting").contains(instance.state());
        return Moment.ago(ended ? instance.endedAtMillis() : instance.startedAtMillis(), shell.nowMillis());
    }

    static String state(Status.Instance instance) {
        String state = instance.state().equals("exited") || instance.state().equals("restarting")
                ? instance.state() + " (" + instance.exitCode() + ")"
                : instance.state();
        return state
                + switch (instance.part()) {
                    case Status.HELD -> ", no requests yet";
                    case Status.STANDBY -> ", stands by";
                    case Status.CANARY -> ", canary " + Math.round(instance.sharePercent()) + " %";
                    default -> "";
                };
    }
}
