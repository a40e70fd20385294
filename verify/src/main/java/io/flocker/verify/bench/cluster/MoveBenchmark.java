package io.flocker.verify.bench.cluster;

import io.flocker.agent.program.Program;
import io.flocker.lab.LabNode;
import io.flocker.verify.bench.Benchmark;
import io.flocker.verify.bench.Figure;
import io.flocker.verify.bench.Medians;
import io.flocker.verify.bench.Progress;
import io.flocker.verify.bench.Stopwatch;
import io.flocker.verify.bench.Target;
import io.flocker.verify.server.MovingDatabase;
import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Moves of a PostgreSQL that pgbench keeps busy: how fast its data gets to the other node, and the longest pause of a
/// client, beside what the same image takes to stop and start where it is.
public final class MoveBenchmark implements Benchmark {
    private static final int ROUNDS = 10;
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final int MEBIBYTES = 5 * 1_024;
    private static final int RSYNC_PORT = 8730;
    private static final Pattern RECEIVED = Pattern.compile("step=\"receive\" millis=\"(\\d+)\"");

    @Override
    public int nodes() {
        return MANY;
    }

    @Override
    public List<Figure> figures() {
        return List.of(
                new Figure(
                        "move-pause",
                        "a client's longest pause while its PostgreSQL with 5 GiB moves, beside 1.5 times its stop and"
                                + " start in place plus 300 ms",
                        "ms",
                        Target.ratioAtMost(1)),
                new Figure(
                        "transfer",
                        "MiB a second that reach another node, beside btrfs send and receive in one pipe",
                        "MiB/s",
                        Target.ratioAtLeast(0.9)),
                new Figure(
                        "transfer-rsync",
                        "the same, beside rsync -a over the same network, unencrypted",
                        "MiB/s",
                        Target.NONE));
    }

    @Override
    public List<Medians> measure(Servers server) throws IOException, InterruptedException {
        try (var database = new BusyDatabase(server, "moved")) {
            prepare(server, database);
            List<Double> pauses = new ArrayList<>();
            List<Double> places = new ArrayList<>();
            List<Double> rates = new ArrayList<>();
            List<Double> pipes = new ArrayList<>();
            List<Double> synced = new ArrayList<>();
            for (int round = 0; round < ROUNDS; round++) {
                pipes.add(rate(server, MoveBenchmark::pipe));
                synced.add(rate(server, MoveBenchmark::rsync));
                rates.add(transferRate(server, "n2"));
                places.add(database.limitMillis());
                pauses.add(database.pauseMillis(() -> server.succeed(PATIENCE, "move", "-e", "moved", "db", "n1")));
                Progress.round(round + 1, ROUNDS, pauses.getLast(), places.getLast());
                Progress.round(round + 1, ROUNDS, rates.getLast(), pipes.getLast());
                Progress.round(round + 1, ROUNDS, rates.getLast(), synced.getLast());
            }
            return List.of(Medians.of(pauses, places), Medians.of(rates, pipes), Medians.of(rates, synced));
        }
    }

    private static void prepare(Servers server, BusyDatabase database) throws IOException {
        server.flocker("move", "-e", "moved", "db", "n1");
        MovingDatabase.fill(server, "moved", MEBIBYTES);
        database.fill();
    }

    /// A way to bring a subvolume of n1 into a folder of n2.
    private interface Way {
        void bring(Servers server, Path subvolume, Path folder) throws IOException, InterruptedException;
    }

    /// How fast the database's volume gets from n1 to n2.
    private static double rate(Servers server, Way way) throws IOException, InterruptedException {
        Path raw = pool(server, "n1").resolve("raw");
        Path to = pool(server, "n2").resolve("bench");
        Program.of(
                        "btrfs",
                        "subvolume",
                        "snapshot",
                        "-r",
                        volume(pool(server, "n1")).resolve("head").toString(),
                        raw.toString())
                .run();
        Files.createDirectories(to);
        try {
            double millis = Stopwatch.millis(() -> {
                way.bring(server, raw, to);
                Program.of("btrfs", "filesystem", "sync", to.toString())
                        .within(PATIENCE)
                        .run();
            });
            return MEBIBYTES / millis * 1_000;
        } finally {
            Program.of("btrfs", "subvolume", "delete", raw.toString()).end();
            Program.of("btrfs", "subvolume", "delete", to.resolve("raw").toString())
                    .end();
            Program.of("rm", "-rf", "--one-file-system", to.toString())
                    .within(PATIENCE)
                    .end();
        }
    }

    private static void pipe(Servers server, Path subvolume, Path folder) throws IOException {
        Program.of(
                        "bash",
                        "-c",
                        "set -o pipefail; btrfs send -q --proto 2 '" + subvolume + "' | btrfs receive -q '" + folder
                                + "'")
                .within(PATIENCE)
                .run();
    }

    /// From a daemon of rsync's on n2, as there is no ssh in the lab.
    private static void rsync(Servers server, Path subvolume, Path folder) throws IOException, InterruptedException {
        LabNode target = server.lab.node("n2");
        Path settings = server.work.resolve("rsyncd.conf");
        Files.writeString(
                settings, "use chroot = no\nuid = root\ngid = root\n[bench]\npath = " + folder + "\nread only = no\n");
        Process daemon = new ProcessBuilder(target.inside(
                        "rsync", "--daemon", "--no-detach", "--port=" + RSYNC_PORT, "--config=" + settings))
                .inheritIO()
                .start();
        try {
            server.await("rsync on n2", () -> isOpen(target));
            Program.of(server.node
                            .inside(
                                    "rsync",
                                    "-a",
                                    subvolume + "/",
                                    "rsync://" + target.address() + ":" + RSYNC_PORT + "/bench/")
                            .toArray(String[]::new))
                    .within(PATIENCE)
                    .run();
        } finally {
            daemon.destroy();
            daemon.waitFor();
        }
    }

    private static boolean isOpen(LabNode node) {
        try (var socket = new Socket(node.address(), RSYNC_PORT)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static Path pool(Servers server, String node) {
        return server.lab.node(node).root().resolve("var/lib/flocker/pool");
    }

    private static Path volume(Path pool) throws IOException {
        try (Stream<Path> volumes = Files.list(pool.resolve("volumes"))) {
            return volumes.filter(path -> Files.isDirectory(path.resolve("head")))
                    .findFirst()
                    .orElseThrow(() -> new IOException("There is no volume in " + pool));
        }
    }

    /// The first and largest receive of a move of an idle database, as its node's log tells.
    private static double transferRate(Servers server, String to) throws IOException {
        Path log = server.lab.node(to).daemonLog();
        int before = Files.readAllLines(log).size();
        server.succeed(PATIENCE, "move", "-e", "moved", "db", to);
        double longest = Files.readAllLines(log).stream()
                .skip(before)
                .map(RECEIVED::matcher)
                .filter(Matcher::find)
                .mapToDouble(matcher -> Double.parseDouble(matcher.group(1)))
                .max()
                .orElseThrow(() -> new IOException("No receive is in " + log));
        return MEBIBYTES / longest * 1_000;
    }
}
