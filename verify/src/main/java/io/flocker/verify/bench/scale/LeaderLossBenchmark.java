package io.flocker.verify.bench.scale;

import io.flocker.client.ApiException;
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

/// What a cluster of so many nodes goes through when its leader is killed: three control planes in processes of their
/// own, and simulated agents that report to whoever leads and each hold the lease of a volume.
public final class LeaderLossBenchmark implements Benchmark {
    private static final int AGENTS = 1_000;
    private static final int MEMBERS = 3;
    private static final int ROUNDS = 3;
    private static final int INSTANCES = 1_000;
    private static final double MOST_MILLIS = 5_000;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long REST_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final String BEFORE = "before";

    @Override
    public int nodes() {
        return NONE;
    }

    @Override
    public List<Figure> figures() {
        String from = "from the kill of the leader of " + "%,d".formatted(AGENTS) + " agents and as many instances ";
        return List.of(
                new Figure(
                        "scale-leader-loss",
                        from + "until a service that is asked for then has its place in the log; the reference is the"
                                + " limit",
                        "ms",
                        Target.limit(MOST_MILLIS, "ms")),
                new Figure(
                        "scale-leader-loss-leases",
                        from + "until each agent has a lease of the next one, of this machine's two cores",
                        "ms",
                        Target.NONE));
    }

    @Override
    public List<Medians> measure() throws IOException, InterruptedException {
        List<Double> placed = new ArrayList<>();
        List<Double> leased = new ArrayList<>();
        try (var cluster = new ControlCluster(MEMBERS, AGENTS)) {
            Progress.say("  " + AGENTS + " agents connect");
            try (var agents = new Agents(AGENTS, cluster.leaders(), cluster.authority())) {
                cluster.leader().deploy(BEFORE, INSTANCES);
                cluster.leader().awaitPlaces(INSTANCES);
                cluster.leader().awaitSettled();
                for (int round = 1; round <= ROUNDS; round++) {
                    LockSupport.parkNanos(REST_NANOS);
                    ControlProcess leader = cluster.leader();
                    String homes = leader.homes(BEFORE);
                    long killed = System.nanoTime();
                    cluster.kill(leader);
                    placed.add(placedSince(killed, cluster, round));
                    leased.add(leasedSince(killed, agents));
                    Progress.round(round, ROUNDS, placed.getLast(), leased.getLast());
                    cluster.startAgain(leader);
                    LockSupport.parkNanos(REST_NANOS);
                    if (!cluster.leader().homes(BEFORE).equals(homes)) {
                        throw new IOException("Instances were moved, though no node was lost");
                    }
                }
                Progress.say("  " + agents.tally());
            }
        }
        return List.of(
                Medians.of(placed, Collections.nCopies(ROUNDS, MOST_MILLIS)),
                Medians.of(leased, Collections.nCopies(ROUNDS, MOST_MILLIS)));
    }

    /// In milliseconds.
    private static double placedSince(long killed, ControlCluster cluster, int round)
            throws IOException, InterruptedException {
        ControlProcess next = cluster.leader();
        double elected = (System.nanoTime() - killed) / 1e6;
        deploy(next, "after" + round, killed + PATIENCE_NANOS);
        next.awaitPlaces(INSTANCES + round);
        double placed = (System.nanoTime() - killed) / 1e6;
        Progress.say("  member %d leads after %.0f ms".formatted(next.member(), elected));
        return placed;
    }

    /// A leader that is new may ask to be asked again.
    private static void deploy(ControlProcess leader, String environment, long deadline)
            throws IOException, InterruptedException {
        while (true) {
            try {
                leader.deploy(environment, 1);
                return;
            } catch (ApiException e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                LockSupport.parkNanos(RETRY_NANOS);
            }
        }
    }

    /// In milliseconds.
    private static double leasedSince(long killed, Agents agents) throws IOException {
        while (!agents.allLeasedSince(killed)) {
            if (System.nanoTime() > killed + PATIENCE_NANOS) {
                throw new IOException("Not each agent has a lease of the next leader: " + agents.tally());
            }
            LockSupport.parkNanos(RETRY_NANOS);
        }
        return (System.nanoTime() - killed) / 1e6;
    }
}
