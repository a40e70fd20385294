package io.flocker.verify.bench;

import io.flocker.agent.program.Program;
import io.flocker.client.Credentials;
import io.flocker.client.FlockerClient;
import io.flocker.client.api.Requests;
import io.flocker.client.api.Status;
import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.pcollections.TreePMap;

/// How many calls a second the API takes from many clients at once, beside what the disk under its log can sync.
final class LogBenchmark implements Benchmark {
    private static final int ROUNDS = 3;
    private static final int CLIENTS = 64;
    private static final int SECONDS = 5;

    /// Where fio's terse output has the writes a second, counted from 0.
    private static final int TERSE_WRITES = 48;

    private final AtomicLong labels = new AtomicLong();

    @Override
    public List<Figure> figures() {
        return List.of(
                new Figure(
                        "writes",
                        "durable changes a second by the API from 64 clients, beside fio's synced writes from one job",
                        "/s",
                        Target.ratioAtLeast(1)),
                new Figure(
                        "reads",
                        "reads a second by the API from 64 clients, beside the same",
                        "/s",
                        Target.ratioAtLeast(20)));
    }

    @Override
    public List<Medians> measure(Servers server) throws IOException, InterruptedException {
        List<Double> syncs = new ArrayList<>();
        List<Double> writes = new ArrayList<>();
        List<Double> reads = new ArrayList<>();
        Credentials credentials = Credentials.read(server.node.root().resolve("etc/flocker/users"), "admin");
        try (var client = new FlockerClient(URI.create("https://" + server.node.address() + ":4523"), credentials)) {
            String path = "/v2/nodes/" + server.node.name();
            // The first round does not count: it connects.
            for (int round = 0; round <= ROUNDS; round++) {
                double sync = syncsPerSecond(server);
                double written = perSecond(() -> client.patch(path, label(), Status.Node.class));
                double seen = perSecond(() -> client.get(path, Status.Node.class));
                if (round > 0) {
                    syncs.add(sync);
                    writes.add(written);
                    reads.add(seen);
                    Progress.round(round, ROUNDS, written, sync);
                    Progress.round(round, ROUNDS, seen, sync);
                }
            }
        }
        return List.of(Medians.of(writes, syncs), Medians.of(reads, syncs));
    }

    /// Gives a node's label a value that it has never had.
    private Requests.ChangeNode label() {
        String value = Long.toString(labels.incrementAndGet());
        return new Requests.ChangeNode(TreePMap.singleton("bench", value), List.of(), "", "");
    }

    private static double syncsPerSecond(Servers server) throws IOException {
        String[] fields = Program.of(
                        "fio",
                        "--name=sync",
                        "--filename=" + server.work.resolve("fio"),
                        "--rw=write",
                        "--bs=4k",
                        "--size=16m",
                        "--fsync=1",
                        "--time_based",
                        "--runtime=" + SECONDS,
                        "--output-format=terse")
                .run()
                .strip()
                .split(";", -1);
        return Double.parseDouble(fields[TERSE_WRITES]);
    }

    private static double perSecond(Stopwatch.Task request) throws IOException, InterruptedException {
        var answered = new AtomicLong();
        long begun = System.nanoTime();
        long end = begun + SECONDS * 1_000_000_000L;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(threads.submit(() -> {
                    while (System.nanoTime() < end) {
                        request.run();
                        answered.incrementAndGet();
                    }
                    return true;
                }));
            }
            for (Future<Boolean> each : clients) {
                each.get();
            }
        } catch (ExecutionException e) {
            throw new IOException("A request failed: " + e.getCause(), e);
        }
        return answered.get() / ((System.nanoTime() - begun) / 1e9);
    }
}
