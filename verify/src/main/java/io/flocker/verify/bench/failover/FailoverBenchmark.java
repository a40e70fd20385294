package io.flocker.verify.bench.failover;

import io.flocker.client.api.Status;
import io.flocker.lab.LabNode;
import io.flocker.verify.bench.Benchmark;
import io.flocker.verify.bench.Figure;
import io.flocker.verify.bench.Medians;
import io.flocker.verify.bench.Progress;
import io.flocker.verify.bench.Target;
import io.flocker.verify.server.Servers;
import io.flocker.verify.server.Ward;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/// A service with data whose node is lost, in turn cut off from all others and without power, and that goes on from a
/// replica by itself; beside a Docker swarm on the same machines, whose task is started elsewhere.
public final class FailoverBenchmark implements Benchmark {
    /// `-Drounds=5` for fewer.
    private static final int ROUNDS = Integer.getInteger("rounds", 20);

    private static final int SWARM_ROUNDS = 3;
    private static final String OPTIONS = "{replication: {copies: 2, every: 1s, max_loss: 40s, failover: auto}}";

    /// How long whoever was cut off is left alone, so that a second writer would be seen.
    private static final long ALONE_SECONDS = 5;

    private static final String BESIDE = ", beside the same with a Docker swarm";

    @Override
    public int nodes() {
        return MANY;
    }

    @Override
    public List<Figure> figures() {
        return List.of(
                new Figure(
                        "failover",
                        "from the loss of a node to the first answer from another one, less what the image takes to"
                                + " start, median of " + ROUNDS + BESIDE,
                        "s",
                        Target.limit(6, "s")),
                new Figure("failover-worst", "the worst of them" + BESIDE, "s", Target.limit(9, "s")),
                new Figure(
                        "failover-two-writers",
                        "for how long two containers wrote at the same time, at most" + BESIDE,
                        "ms",
                        Target.limit(0, "ms")),
                new Figure(
                        "failover-nowhere",
                        "acknowledged writes that are neither in the volume nor in what diverged from it" + BESIDE,
                        "",
                        Target.limit(0, "")),
                new Figure(
                        "failover-older",
                        "by how much a write that is missing in the volume is older than the lag that was shown, at"
                                + " most, beside that lag",
                        "ms",
                        Target.limit(0, "ms")));
    }

    /// What a round has shown.
    ///
    /// @param pauseSeconds from the node's loss to the first answer elsewhere
    /// @param nowhere acknowledged writes that are gone
    /// @param overlapSeconds as in [Ward.Found]
    record Loss(double pauseSeconds, int nowhere, double overlapSeconds) {}

    @Override
    public List<Medians> measure(Servers server) throws IOException, InterruptedException {
        double start = SwarmWriter.startSeconds(server.lab.node("n4"));
        Progress.say(String.format(Locale.ROOT, "  the image takes %.2f s to start", start));
        List<Loss> swarm = new ArrayList<>();
        try (var writer = new SwarmWriter(server)) {
            for (int round = 0; round < SWARM_ROUNDS; round++) {
                swarm.add(writer.lose());
                tell("swarm", round, SWARM_ROUNDS, swarm.getLast());
            }
        }
        List<Loss> own = new ArrayList<>();
        List<Double> older = new ArrayList<>();
        List<Double> lags = new ArrayList<>();
        try (var ward = new Ward(server, OPTIONS)) {
            for (int round = 0; round < ROUNDS; round++) {
                own.add(lose(ward, round % 2 == 0, older, lags));
                tell("flocker", round, ROUNDS, own.getLast());
            }
        }
        List<Double> pauses = pauses(own, start);
        List<Double> others = pauses(swarm, start);
        return List.of(
                Medians.of(pauses, others),
                only(Collections.max(pauses), Collections.max(others)),
                only(overlapMillis(own), overlapMillis(swarm)),
                only(nowhere(own), nowhere(swarm)),
                only(Collections.max(older), Collections.max(lags)));
    }

    private static void tell(String who, int round, int rounds, Loss loss) {
        Progress.say(String.format(
                Locale.ROOT,
                "  %s %d of %d: away for %.2f s, %d writes are nowhere, two writers for %.2f s",
                who,
                round + 1,
                rounds,
                loss.pauseSeconds(),
                loss.nowhere(),
                Math.max(0, loss.overlapSeconds())));
    }

    private static Medians only(double value, double reference) {
        return new Medians(value, reference, ROUNDS);
    }

    private static List<Double> pauses(List<Loss> losses, double start) {
        return losses.stream().map(loss -> loss.pauseSeconds() - start).toList();
    }

    private static double overlapMillis(List<Loss> losses) {
        return losses.stream()
                .mapToDouble(loss -> Math.max(0, loss.overlapSeconds()) * 1_000)
                .max()
                .orElse(0);
    }

    private static double nowhere(List<Loss> losses) {
        return losses.stream().mapToInt(Loss::nowhere).sum();
    }

    /// @param older by how many milliseconds more than the lag that was shown
    private static Loss lose(Ward ward, boolean cut, List<Double> older, List<Double> lags)
            throws IOException, InterruptedException {
        ward.settle();
        LabNode node = ward.primary();
        ward.undisturbed(ward.others(node));
        TimeUnit.SECONDS.sleep(2);
        long lagMillis = ward.volume().replicas().stream()
                .mapToLong(Status.Replica::lagMillis)
                .min()
                .orElse(0);
        long lostNanos = System.nanoTime();
        if (cut) {
            ward.servers.lab.partition(List.of(node), ward.others(node), false);
        } else {
            node.kill();
        }
        ward.await("an answer", () -> ward.writer.answersSince(lostNanos + TimeUnit.SECONDS.toNanos(1)) > 0);
        double pause = ward.writer.longestPause(lostNanos - TimeUnit.SECONDS.toNanos(1));
        TimeUnit.SECONDS.sleep(ALONE_SECONDS);
        if (cut) {
            ward.servers.lab.heal();
        } else {
            node.start(ward.servers.home);
        }
        ward.settle();
        Ward.Found found = ward.found();
        older.add(found.lost().stream()
                .mapToDouble(number -> (lostNanos - ward.writer.acknowledgedAt(number)) / 1e6 - lagMillis)
                .max()
                .orElse(0));
        lags.add((double) lagMillis);
        ward.forgetDiverged();
        return new Loss(pause, found.nowhere().size(), found.overlapSeconds());
    }
}
