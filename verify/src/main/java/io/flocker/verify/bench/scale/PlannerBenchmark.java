package io.flocker.verify.bench.scale;

import io.flocker.verify.bench.Benchmark;
import io.flocker.verify.bench.Figure;
import io.flocker.verify.bench.Medians;
import io.flocker.verify.bench.Progress;
import io.flocker.verify.bench.Target;
import java.util.ArrayList;
import java.util.List;

/// How many instances a second the planner finds places for, each of a service of its own, as in swarmkit's
/// benchmark of its scheduler; and how long it takes to find other places when nodes are lost.
public final class PlannerBenchmark implements Benchmark {
    private static final int ROUNDS = 3;
    private static final int WARM_UP = 3;

    /// What swarmkit's `BenchmarkScheduler` did on a machine of two cores, in placements a second, with as many nodes
    /// and tasks.
    private static final double SWARMKIT = 5_600;

    private static final double SWARMKIT_LARGE = 800;
    private static final double TIMES = 10;
    private static final int LOST_PER_MILLE = 10;
    private static final double MOST_MILLIS = 1_000;

    /// What it is measured with.
    private record Size(int nodes, int instances, double reference) {}

    private static final Size SMALL = new Size(1_000, 10_000, SWARMKIT);
    private static final Size LARGE = new Size(5_000, 100_000, SWARMKIT_LARGE);

    @Override
    public int nodes() {
        return NONE;
    }

    @Override
    public List<Figure> figures() {
        return List.of(
                new Figure(
                        "scale-planner",
                        "places found a second for 10,000 services of one instance on 1,000 nodes; the reference is what"
                                + " swarmkit's scheduler did",
                        "/s",
                        Target.ratioAtLeast(TIMES)),
                new Figure(
                        "scale-planner-large", "the same for 100,000 on 5,000 nodes", "/s", Target.ratioAtLeast(TIMES)),
                new Figure(
                        "scale-replan",
                        "time to find other places when 50 of 5,000 nodes with 100,000 instances are lost; the"
                                + " reference is the limit",
                        "ms",
                        Target.limit(MOST_MILLIS, "ms")));
    }

    @Override
    public List<Medians> measure() {
        List<Double> again = new ArrayList<>();
        List<Double> limits = new ArrayList<>();
        Medians large = placements(LARGE, again);
        Medians small = placements(SMALL, new ArrayList<>());
        again.forEach(_ -> limits.add(MOST_MILLIS));
        return List.of(small, large, Medians.of(again, limits));
    }

    /// @param again gets the milliseconds after nodes were lost, a round each
    private static Medians placements(Size size, List<Double> again) {
        List<Double> perSecond = new ArrayList<>();
        List<Double> references = new ArrayList<>();
        // The first rounds do not count: a leader has planned before.
        for (int round = 1 - WARM_UP; round <= ROUNDS; round++) {
            var growth = Growth.of(size.nodes(), size.instances(), LOST_PER_MILLE);
            if (round > 0) {
                perSecond.add(growth.perSecond());
                references.add(size.reference());
                again.add(growth.againMillis());
                Progress.round(round, ROUNDS, growth.perSecond(), size.reference());
            }
        }
        return Medians.of(perSecond, references);
    }
}
