package io.flocker.verify.bench;

import io.flocker.core.wire.Json;
import io.flocker.verify.bench.cluster.AgentBenchmark;
import io.flocker.verify.bench.cluster.BranchBenchmark;
import io.flocker.verify.bench.cluster.DatabaseUpgradeBenchmark;
import io.flocker.verify.bench.cluster.LeaderBenchmark;
import io.flocker.verify.bench.cluster.MeshBenchmark;
import io.flocker.verify.bench.cluster.MoveBenchmark;
import io.flocker.verify.bench.cluster.ReportBenchmark;
import io.flocker.verify.bench.cluster.ScaleBenchmark;
import io.flocker.verify.bench.cluster.SplitBenchmark;
import io.flocker.verify.bench.cluster.UpgradeBenchmark;
import io.flocker.verify.bench.failover.FailoverBenchmark;
import io.flocker.verify.bench.failover.ReplicationBenchmark;
import io.flocker.verify.bench.scale.AgentsBenchmark;
import io.flocker.verify.bench.scale.GrowthChart;
import io.flocker.verify.bench.scale.LeaderLossBenchmark;
import io.flocker.verify.bench.scale.PlannerBenchmark;
import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// The program behind `./bench`. One server for all of them, which goes when they are done; what misses its target or
/// cannot be measured is told, and fails nothing.
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measures Flocker on servers of its own, each figure beside what it is compared with.")
public final class Bench implements Callable<Integer> {
    private static final List<Benchmark> ALL = List.of(
            new UpBenchmark(),
            new IdleBenchmark(),
            new StartBenchmark(),
            new HttpBenchmark(),
            new VolumeTimeBenchmark(VolumeChange.SNAPSHOT),
            new VolumeTimeBenchmark(VolumeChange.CLONE),
            new VolumeTimeBenchmark(VolumeChange.ROLLBACK),
            new VolumeSizeBenchmark(VolumeChange.SNAPSHOT),
            new VolumeSizeBenchmark(VolumeChange.CLONE),
            new VolumeSizeBenchmark(VolumeChange.ROLLBACK),
            new LogBenchmark(),
            new ReportBenchmark(),
            new MeshBenchmark(),
            new MoveBenchmark(),
            new AgentBenchmark(),
            new LeaderBenchmark(),
            new UpgradeBenchmark(),
            new DatabaseUpgradeBenchmark(),
            new ScaleBenchmark(),
            new SplitBenchmark(),
            new BranchBenchmark(),
            new PlannerBenchmark(),
            new AgentsBenchmark(1_000, ""),
            new AgentsBenchmark(5_000, "-large"),
            new LeaderLossBenchmark(),
            new FailoverBenchmark(),
            new ReplicationBenchmark());

    /// Those about the size of a cluster.
    private static final List<Class<? extends Benchmark>> OF_SCALE = List.of(
            PlannerBenchmark.class,
            AgentsBenchmark.class,
            LeaderLossBenchmark.class,
            ReportBenchmark.class,
            AgentBenchmark.class,
            LeaderBenchmark.class);

    /// Labs with lower numbers are those of `./lab` and of the tests.
    private static final int FIRST_LAB = 100;

    private static final String POOL_SIZE = "16G";

    @Option(names = "--list", description = "Only tell what there is, a line each.")
    private boolean list;

    @Option(names = "--scale", description = "Only measure what is about thousands of nodes and instances.")
    private boolean scale;

    @Option(
            names = "--chart",
            paramLabel = "FILE",
            description = "Only measure how the planner's cost grows with the cluster, and draw that as SVG.")
    private Optional<Path> chart = Optional.empty();

    @Option(names = "--json", paramLabel = "FILE", description = "Write the table into a file, as JSON.")
    private Optional<Path> json = Optional.empty();

    @Parameters(paramLabel = "NAME", description = "What to measure (default: everything).")
    private List<String> names = List.of();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    public static void main(String[] args) {
        System.exit(new CommandLine(new Bench())
                .setExecutionExceptionHandler((failure, line, _) -> {
                    line.getErr().println("bench: " + failure.getMessage());
                    return 1;
                })
                .execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (chart.isPresent()) {
            Files.writeString(chart.get(), GrowthChart.measured());
            return 0;
        }
        List<Figure> known =
                ALL.stream().flatMap(each -> each.figures().stream()).toList();
        for (String name : names) {
            if (known.stream().noneMatch(figure -> figure.name().equals(name))) {
                throw new ParameterException(
                        spec.commandLine(), "There is no benchmark " + name + "; --list tells which there are");
            }
        }
        List<Row> rows = list ? List.of() : measured();
        if (list) {
            print(known.stream()
                    .map(figure -> new String[] {figure.name(), figure.what()})
                    .toList());
        } else {
            List<String[]> table = new ArrayList<>();
            table.add(new String[] {"name", "value", "reference", "ratio", "target", "holds"});
            rows.forEach(row -> table.add(row.cells()));
            print(table);
            rows.stream()
                    .filter(row -> !row.problem().isEmpty())
                    .forEach(row -> System.out.println(row.figure().name() + ": " + row.problem()));
        }
        if (json.isPresent()) {
            Files.writeString(
                    json.get(), Json.pretty(rows.stream().map(Row::properties).toList()) + "\n");
        }
        return 0;
    }

    private List<Row> measured() throws IOException, InterruptedException {
        List<Row> rows = new ArrayList<>();
        for (int nodes : List.of(Benchmark.NONE, 1, Benchmark.MANY)) {
            List<Benchmark> due = ALL.stream()
                    .filter(benchmark -> benchmark.nodes() == nodes
                            && (!scale || OF_SCALE.contains(benchmark.getClass()))
                            && benchmark.figures().stream().anyMatch(this::wanted))
                    .toList();
            if (!due.isEmpty()) {
                rows.addAll(measured(due, nodes));
            }
        }
        return rows;
    }

    private List<Row> measured(List<Benchmark> due, int nodes) throws IOException, InterruptedException {
        List<Row> rows = new ArrayList<>();
        if (nodes == Benchmark.NONE) {
            for (Benchmark benchmark : due) {
                rows.addAll(measured(benchmark, benchmark::measure));
            }
            return rows;
        }
        int lab = FIRST_LAB + (int) (ProcessHandle.current().pid() % 100);
        Progress.say("Bringing up " + (nodes == 1 ? "a server" : nodes + " servers"));
        try (var server = new Servers(lab, POOL_SIZE, nodes)) {
            for (Benchmark benchmark : due) {
                rows.addAll(measured(benchmark, () -> benchmark.measure(server)));
            }
        }
        return rows;
    }

    /// What measures.
    private interface Measuring {
        List<Medians> measure() throws IOException, InterruptedException;
    }

    /// The rows that were asked for.
    private List<Row> measured(Benchmark benchmark, Measuring measuring) throws InterruptedException {
        List<Figure> figures = benchmark.figures();
        Progress.say(String.join(", ", figures.stream().map(Figure::name).toList()));
        List<Row> rows = new ArrayList<>();
        try {
            List<Medians> medians = measuring.measure();
            for (int i = 0; i < figures.size(); i++) {
                rows.add(new Row(figures.get(i), Optional.of(medians.get(i)), ""));
            }
        } catch (IOException | RuntimeException e) {
            // Whatever stopped it, the others can still be measured.
            Progress.say("  " + e.getMessage());
            String problem = String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason given");
            figures.forEach(figure -> rows.add(new Row(figure, Optional.empty(), problem)));
        }
        return rows.stream().filter(row -> wanted(row.figure())).toList();
    }

    private boolean wanted(Figure figure) {
        return names.isEmpty() || names.contains(figure.name());
    }

    private static void print(List<String[]> table) {
        int[] widths = new int[table.getFirst().length];
        for (String[] cells : table) {
            for (int i = 0; i < cells.length; i++) {
                widths[i] = Math.max(widths[i], cells[i].length());
            }
        }
        for (String[] cells : table) {
            var line = new StringBuilder();
            for (int i = 0; i < cells.length; i++) {
                line.append(cells[i]).append(" ".repeat(widths[i] - cells[i].length() + 2));
            }
            System.out.println(line.toString().stripTrailing());
        }
    }
}
