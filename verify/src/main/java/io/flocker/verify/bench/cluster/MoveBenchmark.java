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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Moves of a PostgreSQL that pgbench keeps busy: how fast its data gets to the other node, and the longest pause of a
/// client, beside what the same image takes to stop and start where it is.
public final class MoveBenchmark implements Benchmark {
    private static final int ROUNDS = 10;
    private static final int LEAD_SECONDS = 2;
    private static final String BIN = "/usr/lib/postgresql/15/bin/";
    private static final String REFERENCE = "bench-reference";
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final int MEBIBYTES = 5 * 1_024;
    private static final int RSYNC_PORT = 8730;
    private static final double FACTOR = 1.5;
    private static final double MORE_MILLIS = 300;
    private static final Pattern RECEIVED = Pattern.compile("step=\"receive\" millis=\"(\\d+)\"");
    /// Every answer's second and microsecond, in order; a last line may be cut. Debian's awk prints six digits of a
    /// number unless it is told how many. What comes out is milliseconds, or nothing if there were too few answers.
    private static final String PAUSE = "cat /tmp/log.* | awk 'NF == 6 {printf \"%.6f\\n\", $5 + $6 / 1000000}'"
            + " | sort -n | awk 'NR > 1 && $1 - last > most {most = $1 - last} {last = $1}"
            + " END {if (most > 0) printf \"%.3f\", most * 1000}'";

    /// How many of pgbench's logs have a whole line from after SECOND. It writes what it has once that is 4 KiB.
    private static final String LATER =
            "for log in /tmp/log.*; do tail -n 2 $log | head -n 1; done | awk '$5 > SECOND' | wc -l";

    private static final String CLIENTS = "2";

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
        server.succeed(
                "up",
                "-f",
                server.compose("moved", MovingDatabase.compose("500ms")).toString());
        try {
            prepare(server);
            List<Double> pauses = new ArrayList<>();
            List<Double> places = new ArrayList<>();
            List<Double> rates = new ArrayList<>();
            List<Double> pipes = new ArrayList<>();
            List<Double> synced = new ArrayList<>();
            for (int round = 0; round < ROUNDS; round++) {
                pipes.add(rate(server, MoveBenchmark::pipe));
                synced.add(rate(server, MoveBenchmark::rsync));
                rates.add(transferRate(server, "n2"));
                places.add(inPlaceMillis(server) * FACTOR + MORE_MILLIS);
                pauses.add(pauseMillis(server, "n1"));
                Progress.round(round + 1, ROUNDS, pauses.getLast(), places.getLast());
                Progress.round(round + 1, ROUNDS, rates.getLast(), pipes.getLast());
                Progress.round(round + 1, ROUNDS, rates.getLast(), synced.getLast());
            }
            return List.of(Medians.of(pauses, places), Medians.of(rates, pipes), Medians.of(rates, synced));
        } finally {
            server.lab.node("n3").docker("rm", "-f", REFERENCE);
            server.flocker("down", "-e", "moved", "--volumes");
        }
    }

    private static void prepare(Servers server) throws IOException {
        server.flocker("move", "-e", "moved", "db", "n1");
        server.succeed(
                "exec",
                "moved",
                "db",
                "--",
                "dd",
                "if=/dev/urandom",
                "of=/var/lib/postgresql/data/fill",
                "bs=1M",
                "count=" + MEBIBYTES,
                "conv=fsync",
                "status=none");
        client(
                server,
                "createdb -h db -U postgres bench && " + BIN
                        + "pgbench -h db -U postgres -i -q -s 10 bench 2>/dev/null");
        server.lab
                .node("n3")
                .docker("run", "-d", "--name", REFERENCE, "-e", "POSTGRES_PASSWORD=secret", "flocker/postgres:15");
    }

    private static String client(Servers server, String script) throws IOException {
        return server.succeed("exec", "moved", "client", "--", "bash", "-c", script);
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

    /// Stop and start of a container of the same image, until it answers.
    private static double inPlaceMillis(Servers server) throws IOException, InterruptedException {
        LabNode node = server.lab.node("n3");
        server.await("the reference", () -> isReady(node));
        return Stopwatch.millis(() -> {
            node.docker("kill", "-s", "INT", REFERENCE);
            node.docker("wait", REFERENCE);
            node.docker("start", REFERENCE);
            while (!isReady(node)) {
                TimeUnit.MILLISECONDS.sleep(20);
            }
        });
    }

    private static boolean isReady(LabNode node) throws IOException {
        return Program.of(
                                "docker",
                                "-H",
                                node.engineSocket(),
                                "exec",
                                REFERENCE,
                                "pg_isready",
                                "-q",
                                "-h",
                                "127.0.0.1",
                                "-U",
                                "postgres")
                        .end()
                        .exitCode()
                == 0;
    }

    /// The longest time without an answer while the database moves, of two clients that connect for each transaction.
    private static double pauseMillis(Servers server, String to) throws IOException, InterruptedException {
        client(server, "rm -f /tmp/log.*");
        var said = new AtomicReference<>("");
        Thread load = Thread.ofVirtual().start(() -> {
            try {
                said.set(client(
                        server,
                        "cd /tmp && " + BIN
                                + "pgbench -h db -U postgres -n -C -c " + CLIENTS + " -j " + CLIENTS
                                + " -T 600 -l --log-prefix=log bench >/tmp/said 2>&1; true"));
            } catch (IOException e) {
                said.set(String.valueOf(e.getMessage()));
            }
        });
        TimeUnit.SECONDS.sleep(LEAD_SECONDS);
        server.succeed(PATIENCE, "move", "-e", "moved", "db", to);
        String end = client(server, "date +%s").strip();
        server.await(
                "pgbench to log what came after the move",
                () -> client(server, LATER.replace("SECOND", end)).strip().equals(CLIENTS));
        client(server, "kill $(pidof pgbench)");
        load.join();
        String errors =
                client(server, "grep -iE 'error|aborted' /tmp/said || true").strip();
        if (!errors.isEmpty()) {
            throw new IOException("A client failed: " + errors);
        }
        String pause = client(server, PAUSE).strip();
        if (pause.isEmpty()) {
            throw new IOException("pgbench logged too few answers to tell the longest pause");
        }
        return Double.parseDouble(pause);
    }
}
