package io.flocker.cli.command.top;

import io.flocker.cli.amount.Bytes;
import io.flocker.cli.command.top.TopRow.What;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.CommandException;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Output;
import io.flocker.cli.shell.Shell;
import io.flocker.cli.shell.Table;
import io.flocker.client.api.Load;
import io.flocker.core.load.NodeLoad;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/// `flocker top`: what is busy, live.
@Command(
        name = "top",
        description = {
            "Show how busy nodes, services, instances or volumes are, the busiest first: means over the last two minutes.",
            "On a terminal it goes on until it is interrupted; elsewhere, with --once or another form than a table, it"
                    + " shows one picture."
        })
public final class Top extends ClusterCommand {
    private static final String HOME = "\033[H";
    private static final String CLEAR = "\033[2J";
    private static final String CLEAR_LINE = "\033[K";
    private static final String CLEAR_BELOW = "\033[J";

    @Parameters(
            arity = "0..1",
            paramLabel = "WHAT",
            converter = WhatReader.class,
            description = "nodes, services, instances or volumes (default: nodes and services).")
    private Optional<What> what = Optional.empty();

    @Option(
            names = {"-e", "--environment"},
            paramLabel = "ENVIRONMENT",
            description = "Only what is in this one, beside the nodes (default: all).")
    private String environment = "";

    @Option(
            names = {"-s", "--sort"},
            paramLabel = "COLUMN",
            converter = ColumnReader.class,
            description = "cpu, memory, disk, io, network or requests (default: cpu).")
    private Column sort = Column.CPU;

    @Option(
            names = {"-n", "--tail"},
            paramLabel = "ROWS",
            description = "Only so many rows (default: all).")
    private int most = Integer.MAX_VALUE;

    @Option(
            names = {"--once", "--no-stream"},
            description = "Show one picture and end.")
    private boolean once;

    @Option(
            names = "--interval",
            paramLabel = "SECONDS",
            description = "How often to look (default: ${DEFAULT-VALUE}).")
    private int intervalSeconds = 2;

    @Mixin
    private final Output output = new Output();

    public Top(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        if (most < 1 || intervalSeconds < 1) {
            throw CommandException.usage("-n and --interval take a whole number from 1 on");
        }
        if (once || !output.isTable() || !shell.redraws()) {
            Load load = cluster.load(environment);
            output.show(shell, shown(load), () -> text(load));
            return ExitCode.DONE;
        }
        shell.out().print(CLEAR);
        while (!shell.out().checkError()) {
            String picture = text(cluster.load(environment)).replace("\n", CLEAR_LINE + "\n");
            shell.out().print(HOME + picture + CLEAR_BELOW);
            shell.flush();
            TimeUnit.SECONDS.sleep(intervalSeconds);
        }
        return ExitCode.DONE;
    }

    /// What programs get: all of it, or the part that was asked for, in the same order.
    private Object shown(Load load) {
        return what.<Object>map(only -> switch (only) {
                    case NODES -> load.nodes();
                    case SERVICES -> rows(load, What.SERVICES);
                    case INSTANCES -> load.instances();
                    case VOLUMES -> load.volumes();
                })
                .orElse(load);
    }

    private List<TopRow> rows(Load load, What part) {
        List<TopRow> rows = new ArrayList<>(TopRow.of(load, part));
        rows.sort(Comparator.<TopRow>comparingDouble(row -> -sort.amount(row.usage()))
                .thenComparing(TopRow::name));
        return List.copyOf(rows.subList(0, Math.min(most, rows.size())));
    }

    private String text(Load load) {
        List<What> parts = what.map(List::of).orElse(List.of(What.NODES, What.SERVICES));
        if (load.nodes().isEmpty()) {
            return "No node has told how busy it is yet: it takes about ten seconds.\n";
        }
        return parts.stream().map(part -> table(load, part).toString()).collect(Collectors.joining("\n"));
    }

    private Table table(Load load, What part) {
        List<TopRow> rows = rows(load, part);
        return part == What.NODES ? nodes(rows) : things(rows, part);
    }

    private static Table nodes(List<TopRow> rows) {
        var table = new Table(
                "NODE", "CPU", "MEMORY", "POOL", "I/O", "NETWORK", "REQUESTS", "WAITING FOR CPU", "MEMORY", "I/O");
        for (TopRow row : rows) {
            NodeLoad node = row.node().orElse(NodeLoad.UNKNOWN);
            table.row(
                    row.name(),
                    Column.CPU.text(row.usage()) + " of " + (long) node.cores(),
                    Bytes.text(node.used().memoryBytes()) + " of " + Bytes.text(node.memoryBytes()),
                    Bytes.text(node.poolBytes() - node.poolFreeBytes()) + " of " + Bytes.text(node.poolBytes()),
                    Column.IO.text(row.usage()),
                    Column.NETWORK.text(row.usage()),
                    Column.REQUESTS.text(row.usage()),
                    percent(node.pressureCpu()),
                    percent(node.pressureMemory()),
                    percent(node.pressureIo()));
        }
        return table;
    }

    private static Table things(List<TopRow> rows, What part) {
        List<Column> columns = switch (part) {
            case VOLUMES -> List.of(Column.DISK, Column.IO);
            case NODES, SERVICES, INSTANCES ->
                List.of(Column.CPU, Column.MEMORY, Column.IO, Column.NETWORK, Column.REQUESTS);
        };
        List<String> headings = new ArrayList<>();
        headings.add(part.name().substring(0, part.name().length() - 1));
        headings.add(part == What.SERVICES ? "INSTANCES" : "NODE");
        columns.forEach(column -> headings.add(column.heading()));
        var table = new Table(headings.toArray(String[]::new));
        for (TopRow row : rows) {
            List<Object> cells = new ArrayList<>(List.of(row.name(), row.where()));
            columns.forEach(column -> cells.add(column.text(row.usage())));
            table.row(cells.toArray());
        }
        return table;
    }

    /// Reads what to look at.
    static final class WhatReader implements ITypeConverter<What> {
        @Override
        public What convert(String text) {
            return one(What.values(), text);
        }
    }

    /// Reads what to sort by.
    static final class ColumnReader implements ITypeConverter<Column> {
        @Override
        public Column convert(String text) {
            return one(Column.values(), text);
        }
    }

    private static <T extends Enum<T>> T one(T[] all, String text) {
        for (T each : all) {
            if (each.name().equalsIgnoreCase(text)) {
                return each;
            }
        }
        String known =
                Stream.of(all).map(each -> each.name().toLowerCase(Locale.ROOT)).collect(Collectors.joining(", "));
        throw new TypeConversionException("it is one of " + known + ", not \"" + text + "\"");
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, share >= 0.1 || share == 0 ? "%.0f%%" : "%.1f%%", share * 100);
    }
}
