package io.flocker.verify.bench.failover;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.VolumeName;
import io.flocker.client.api.Requests;
import io.flocker.client.api.Status;
import io.flocker.core.spec.ReplicationSpec;
import io.flocker.verify.bench.Benchmark;
import io.flocker.verify.bench.Figure;
import io.flocker.verify.bench.Medians;
import io.flocker.verify.bench.Progress;
import io.flocker.verify.bench.Target;
import io.flocker.verify.server.MovingDatabase;
import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// How old replicas are, and what they cost the writer: of a PostgreSQL that pgbench keeps busy, and of many volumes
/// of one node.
public final class ReplicationBenchmark implements Benchmark {
    private static final int ROUNDS = 3;
    private static final int LOAD_SECONDS = 20;
    private static final int MEBIBYTES = 5 * 1_024;
    private static final Duration SEEDING = Duration.ofMinutes(5);
    private static final long SAMPLE_MILLIS = 250;

    private static final long EVERY_MILLIS = 1_000;
    /// As good as none, without the replica being made anew.
    private static final long SELDOM_MILLIS = 3_600_000;

    private static final double MOST_MEDIAN = 1.5;
    private static final double MOST_OFTEN = 3;
    private static final double MOST_TIMES = 1.3;

    private static final int VOLUMES = 60;
    private static final int MANY_SECONDS = 60;
    private static final long MANY_EVERY_MILLIS = 5_000;

    private static final String BUSY = "replicated";
    private static final String MANY_VOLUMES = "many";

    private static final String LOAD = "cd /tmp && rm -f log.* && /usr/lib/postgresql/15/bin/pgbench -h db -U postgres"
            + " -n -c 4 -j 2 -T " + LOAD_SECONDS + " -l --log-prefix=log bench >/dev/null 2>&1"
            + " && cat log.* | awk '{print $3}' | sort -n | awk '{all[NR] = $1} END {print all[int(NR * 0.99)]}'";

    /// Another 64 KiB a second in each of the volumes, by one process: sixty a second would be most of the load.
    private static final String SERVICE = """
            services:
              writer:
                image: flocker/busybox:1
                command:
                  - sh
                  - -c
                  - 'text=$$(head -c 48k /dev/urandom | base64); i=0; while sleep 1; do i=$$((i + 1)); for v in /data/*; do echo "$$i $$text" > $$v/now; done; done'
                volumes: [%s]
                stop_signal: SIGKILL
            volumes: {%s}
            x-flocker: {replication: {copies: 1, every: 5s, max_loss: 30s}}
            """;

    @Override
    public int nodes() {
        return MANY;
    }

    @Override
    public List<Figure> figures() {
        return List.of(
                new Figure(
                        "replication-lag",
                        "how old the replica of a PostgreSQL with 5 GiB is under pgbench, every 1s, median",
                        "ms",
                        Target.limit(EVERY_MILLIS * MOST_MEDIAN, "ms")),
                new Figure(
                        "replication-lag-p99",
                        "the same, 99th percentile",
                        "ms",
                        Target.limit(EVERY_MILLIS * MOST_OFTEN, "ms")),
                new Figure(
                        "replication-latency",
                        "99th percentile of pgbench's transactions meanwhile, beside the same with a snapshot an hour",
                        "ms",
                        Target.ratioAtMost(MOST_TIMES)),
                new Figure(
                        "replication-many",
                        "how old the replicas of 60 volumes of one node are, every 5s, median",
                        "ms",
                        Target.limit(MANY_EVERY_MILLIS * MOST_MEDIAN, "ms")),
                new Figure(
                        "replication-many-p99",
                        "the same, 99th percentile",
                        "ms",
                        Target.limit(MANY_EVERY_MILLIS * MOST_OFTEN, "ms")));
    }

    @Override
    public List<Medians> measure(Servers server) throws IOException, InterruptedException {
        List<Long> lags = new ArrayList<>();
        List<Double> latencies = new ArrayList<>();
        List<Double> references = new ArrayList<>();
        try (var cluster = new Cluster(server.node.client())) {
            busy(server, cluster, lags, latencies, references);
            List<Long> many = many(server, cluster);
            return List.of(
                    limited(lags, 50, EVERY_MILLIS * MOST_MEDIAN),
                    limited(lags, 99, EVERY_MILLIS * MOST_OFTEN),
                    Medians.of(latencies, references),
                    limited(many, 50, MANY_EVERY_MILLIS * MOST_MEDIAN),
                    limited(many, 99, MANY_EVERY_MILLIS * MOST_OFTEN));
        }
    }

    private static Medians limited(List<Long> samples, int percent, double limit) {
        Collections.sort(samples);
        int place = Math.min(samples.size() - 1, samples.size() * percent / 100);
        return new Medians(samples.get(place), limit, samples.size());
    }

    private static void busy(
            Servers server, Cluster cluster, List<Long> lags, List<Double> latencies, List<Double> references)
            throws IOException, InterruptedException {
        server.succeed("up", "-f", server.compose(BUSY, MovingDatabase.COMPOSE).toString());
        try {
            Progress.say("  writing " + MEBIBYTES + " MiB");
            MovingDatabase.fill(server, BUSY, MEBIBYTES);
            client(
                    server,
                    "createdb -h db -U postgres bench && /usr/lib/postgresql/15/bin/pgbench -h db -U postgres"
                            + " -i -q -s 10 bench 2>/dev/null");
            var data = new VolumeName(BUSY, "data");
            String other = cluster.volume(data).primary().equals("n1") ? "n2" : "n1";
            replicate(cluster, data, other, EVERY_MILLIS);
            awaitInStep(cluster, BUSY, SEEDING);
            for (int round = 0; round < ROUNDS; round++) {
                replicate(cluster, data, other, SELDOM_MILLIS);
                references.add(latency(server));
                replicate(cluster, data, other, EVERY_MILLIS);
                server.await(
                        "a new replica",
                        () -> cluster.volume(data).replicas().stream()
                                .allMatch(
                                        replica -> replica.lagMillis() >= 0 && replica.lagMillis() < 2 * EVERY_MILLIS));
                var load = new FutureTask<>(() -> latency(server));
                Thread.ofVirtual().start(load);
                lags.addAll(lags(cluster, BUSY, () -> !load.isDone()));
                latencies.add(result(load));
                Progress.round(round + 1, ROUNDS, latencies.getLast(), references.getLast());
            }
        } finally {
            server.flocker("down", "-e", BUSY, "--volumes");
        }
    }

    private static String client(Servers server, String script) throws IOException {
        return server.succeed("exec", BUSY, "client", "--", "bash", "-c", script);
    }

    /// The 99th percentile of pgbench's transactions, in milliseconds.
    private static double latency(Servers server) throws IOException {
        return Double.parseDouble(client(server, LOAD).strip()) / 1_000;
    }

    private static double result(Future<Double> load) throws IOException, InterruptedException {
        try {
            return load.get();
        } catch (ExecutionException e) {
            throw new IOException("The load ended early: " + e.getCause().getMessage(), e);
        }
    }

    private static void replicate(Cluster cluster, VolumeName volume, String to, long everyMillis)
            throws IOException, InterruptedException {
        var spec = new ReplicationSpec(
                List.of(to), 0, "", everyMillis, 2 * SELDOM_MILLIS, 0, false, ReplicationSpec.Failover.MANUAL);
        cluster.replicate(volume, new Requests.Replicate(Optional.of(spec)));
    }

    private static void awaitInStep(Cluster cluster, String environment, Duration limit)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!cluster.volumes(Optional.of(environment)).stream()
                .allMatch(volume -> !volume.replicas().isEmpty()
                        && volume.replicas().stream().allMatch(ReplicationBenchmark::isInStep))) {
            if (System.nanoTime() > deadline) {
                throw new IOException("The replicas of " + environment + " are not in step after " + limit.toSeconds()
                        + " s: "
                        + cluster.volumes(Optional.of(environment)).stream()
                                .map(volume -> volume.name() + " " + volume.replicas())
                                .collect(Collectors.joining(", ")));
            }
            TimeUnit.MILLISECONDS.sleep(SAMPLE_MILLIS);
        }
    }

    private static boolean isInStep(Status.Replica replica) {
        return replica.state().equals(Status.Replica.IN_STEP);
    }

    /// How old the replicas of an environment are, in milliseconds, looked at again and again.
    private static List<Long> lags(Cluster cluster, String environment, BooleanSupplier goesOn)
            throws IOException, InterruptedException {
        List<Long> lags = new ArrayList<>();
        while (goesOn.getAsBoolean()) {
            cluster.volumes(Optional.of(environment)).stream()
                    .flatMap(volume -> volume.replicas().stream())
                    .forEach(replica -> lags.add(replica.lagMillis()));
            TimeUnit.MILLISECONDS.sleep(SAMPLE_MILLIS);
        }
        return lags;
    }

    private static List<Long> many(Servers server, Cluster cluster) throws IOException, InterruptedException {
        String mounts = IntStream.rangeClosed(1, VOLUMES)
                .mapToObj(number -> "'v" + number + ":/data/v" + number + "'")
                .collect(Collectors.joining(", "));
        String volumes = IntStream.rangeClosed(1, VOLUMES)
                .mapToObj(number -> "v" + number + ": ")
                .collect(Collectors.joining(", "));
        String file = String.format(Locale.ROOT, SERVICE, mounts, volumes);
        server.succeed("up", "-f", server.compose(MANY_VOLUMES, file).toString());
        try {
            awaitInStep(cluster, MANY_VOLUMES, SEEDING);
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(MANY_SECONDS);
            return lags(cluster, MANY_VOLUMES, () -> System.nanoTime() < end);
        } finally {
            server.flocker("down", "-e", MANY_VOLUMES, "--volumes");
        }
    }
}
