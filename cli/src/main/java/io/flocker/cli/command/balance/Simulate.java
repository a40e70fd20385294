package io.flocker.cli.command.balance;

import io.flocker.cli.amount.Bytes;
import io.flocker.cli.amount.Moment;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.CommandException;
import io.flocker.cli.shell.EnvironmentChoice;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Output;
import io.flocker.cli.shell.Shell;
import io.flocker.cli.shell.Table;
import io.flocker.client.api.Balances;
import io.flocker.core.balance.Copying;
import io.flocker.core.balance.Resettled;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `flocker simulate`: what would be where if something else happened.
@Command(
        name = "simulate",
        description =
                "Tell what would be where if nodes were lost, or a service had more instances: what goes where, what"
                        + " would be nowhere and why, and how much data would be copied. Nothing changes.",
        footer = {"", "Examples: flocker simulate --without n3", "          flocker simulate --scale web=6"})
public final class Simulate extends ClusterCommand {
    private static final Pattern SCALE = Pattern.compile("([^=]+)=(\\d{1,4})");

    @Mixin
    private final EnvironmentChoice environment = new EnvironmentChoice();

    @Mixin
    private final Output output = new Output();

    @Option(names = "--without", paramLabel = "NODE", split = ",", description = "Nodes that are gone.")
    private List<String> nodes = List.of();

    @Option(
            names = "--without-datacenter",
            paramLabel = "NAME",
            split = ",",
            description = "Data centers that are gone, with all their nodes.")
    private List<String> datacenters = List.of();

    @Option(names = "--scale", paramLabel = "SERVICE=COUNT", description = "How many instances a service has.")
    private String scale = "";

    public Simulate(Shell shell) {
        super(shell);
    }

    @Override
    protected void prepare() throws CommandException {
        boolean loss = !nodes.isEmpty() || !datacenters.isEmpty();
        if (loss == !scale.isEmpty()) {
            throw CommandException.usage(
                    "Say what happens: --without NODE or --without-datacenter NAME, or --scale" + " SERVICE=COUNT");
        }
        if (!scale.isEmpty() && !SCALE.matcher(scale).matches()) {
            throw CommandException.usage("--scale is like web=6, not \"" + scale + "\"");
        }
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        Balances.Simulation simulation = simulation(cluster);
        output.show(shell, simulation, () -> text(simulation));
        return ExitCode.DONE;
    }

    private Balances.Simulation simulation(Cluster cluster) throws Exception {
        Matcher wanted = SCALE.matcher(scale);
        return wanted.matches()
                ? cluster.spreading()
                        .scaled(environment.resolve(shell, cluster), wanted.group(1), Integer.parseInt(wanted.group(2)))
                : cluster.spreading().without(nodes, datacenters);
    }

    private static String text(Balances.Simulation simulation) {
        if (simulation.resettled().isEmpty()) {
            return "Nothing would go anywhere else.\n";
        }
        var table = new Table("ENVIRONMENT", "WHAT", "FROM", "TO", "TO COPY", "WHY");
        for (Resettled one : simulation.resettled()) {
            table.row(
                    one.environment(),
                    one.what(),
                    one.from(),
                    one.to().isEmpty() ? "nowhere" : one.to(),
                    one.bytes() == 0 ? "" : Bytes.text(one.bytes()),
                    one.why());
        }
        long placed = simulation.resettled().size() - simulation.unplaced();
        return table + "\n" + placed + " would have a place, " + simulation.unplaced() + " none; " + copying(simulation)
                + ".\n";
    }

    private static String copying(Balances.Simulation simulation) {
        Copying copying = simulation.copying();
        return copying.seconds() == 0
                ? "nothing to copy"
                : "about " + Bytes.text(simulation.bytes()) + " to copy, which takes "
                        + Moment.length(copying.seconds() * 1_000) + " if each node sends "
                        + Bytes.text(copying.bytesPerSecond()) + " a second";
    }
}
