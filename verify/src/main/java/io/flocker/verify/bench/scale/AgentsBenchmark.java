package io.flocker.verify.bench.scale;

import io.flocker.verify.bench.Benchmark;
import io.flocker.verify.bench.Figure;
import io.flocker.verify.bench.Medians;
import io.flocker.verify.bench.Progress;
import io.flocker.verify.bench.Target;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A leader with a synced log in a process of its own, and so many simulated agents in this one, which talk to it over
/// TLS and each hold the lease of a volume: what it takes when nothing changes, and how soon services have places.
public final class AgentsBenchmark implements Benchmark {
    private static final int ROUNDS = 3;
    private static final long ROUND_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long WARM_UP_NANOS = TimeUnit.SECONDS.toNanos(20);

    /// Of one service, the most there may be.
    private static final int INSTANCES = 1_000;

    private static final int SERVICES = 50;
    private static final double MOST_CORES = 1;
    private static final double MOST_HEAP_MIB = 2_048;
    private static final double LEAST_PER_SECOND = 5_000;
    private static final double MOST_PLACE_MILLIS = 300;

    /// What Nomad 1.1 took for as many on this kind of machine.
    private static final double NOMAD_MILLIS = 1_070;

    private static final double MIB = 1 << 20;

    private final int agents;
    private final String suffix;

    /// @param suffix of the figures' names
    public AgentsBenchmark(int agents, String suffix) {
        this.agents = agents;
        this.suffix = suffix;
    }

    @Override
    public int nodes() {
        return NONE;
    }

    @Override
    public List<Figure> figures() {
        String of = " of a leader that " + "%,d".formatted(agents)
                + " agents report to every second (each by three TLS connections, with a lease)";
        return List.of(
                new Figure(
                        "scale-agents" + suffix,
                        "cores" + of + "; the reference is the limit",
                        "cores",
                        Target.limit(MOST_CORES, "cores")),
                new Figure(
                        "scale-agents-heap" + suffix,
                        "heap that lives" + of + ", of 2 GiB; the reference is the limit",
                        "MiB",
                        Target.limit(MOST_HEAP_MIB, "MiB")),
                new Figure(
                        "scale-agents-place" + suffix,
                        "from the request for a service of 1,000 instances until all have places in the log; the"
                                + " reference is what Nomad 1.1 took",
                        "ms",
                        Target.limit(MOST_PLACE_MILLIS, "ms")),
                new Figure(
                        "scale-agents-run" + suffix,
                        "the same until all were reported to run, which simulated agents do at once",
                        "ms",
                        Target.NONE),
                new Figure(
                        "scale-agents-rate" + suffix,
                        "places a second in the log for 50 services of 1,000 instances; the reference is the limit",
                        "/s",
                        Target.ratioAtLeast(1)));
    }

    @Override
    public List<Medians> measure() throws IOException, InterruptedException {
        try (var cluster = new ControlCluster(1, agents)) {
            Progress.say("  " + agents + " agents connect");
            try (var all = new Agents(agents, cluster.leaders(), cluster.authority())) {
                LockSupport.parkNanos(WARM_UP_NANOS);
                ControlProcess control = cluster.leader();
                List<Medians> medians = new ArrayList<>(steady(control, all.tally()));
                medians.addAll(place(control));
                medians.add(rate(control));
                Progress.say("  " + all.tally());
                return medians;
            }
        }
    }

    /// Processor time is told for as many reports as there are agents: a machine that is too small for both sides
    /// hears them later, but no cheaper.
    private List<Medians> steady(ControlProcess control, Tally tally) throws IOException {
        List<Double> cores = new ArrayList<>();
        List<Double> heap = new ArrayList<>();
        for (int round = 1; round <= ROUNDS; round++) {
            long reports = tally.reports();
            tally.longestMillis();
            long before = control.processorNanos();
            long begun = System.nanoTime();
            LockSupport.parkNanos(ROUND_NANOS);
            double seconds = (control.processorNanos() - before) / 1e9;
            double rounds = (double) (tally.reports() - reports) / agents;
            Progress.say("  %.0f %% of the reports came, %.2f cores, the longest took %.0f ms"
                    .formatted(
                            100 * rounds * 1e9 / (System.nanoTime() - begun),
                            seconds * 1e9 / (System.nanoTime() - begun),
                            tally.longestMillis()));
            cores.add(seconds / rounds);
            heap.add(control.heapBytes() / MIB);
            Progress.round(round, ROUNDS, cores.getLast(), heap.getLast());
        }
        return List.of(
                Medians.of(cores, Collections.nCopies(ROUNDS, MOST_CORES)),
                Medians.of(heap, Collections.nCopies(ROUNDS, MOST_HEAP_MIB)));
    }

    private List<Medians> place(ControlProcess control) throws IOException, InterruptedException {
        List<Double> placed = new ArrayList<>();
        List<Double> run = new ArrayList<>();
        for (int round = 1; round <= ROUNDS; round++) {
            long begun = System.nanoTime();
            control.deploy("web" + round, INSTANCES);
            control.awaitPlaces(round * INSTANCES);
            placed.add((System.nanoTime() - begun) / 1e6);
            control.awaitSettled();
            run.add((System.nanoTime() - begun) / 1e6);
            Progress.round(round, ROUNDS, placed.getLast(), run.getLast());
        }
        return List.of(
                Medians.of(placed, Collections.nCopies(ROUNDS, NOMAD_MILLIS)),
                Medians.of(run, Collections.nCopies(ROUNDS, NOMAD_MILLIS)));
    }

    private Medians rate(ControlProcess control) throws IOException, InterruptedException {
        long begun = System.nanoTime();
        for (int number = 1; number <= SERVICES; number++) {
            control.deploy("many" + number, INSTANCES);
        }
        control.awaitPlaces((ROUNDS + SERVICES) * INSTANCES);
        double perSecond = SERVICES * INSTANCES * 1e9 / (System.nanoTime() - begun);
        Progress.round(1, 1, perSecond, LEAST_PER_SECOND);
        return new Medians(perSecond, LEAST_PER_SECOND, 1);
    }
}
