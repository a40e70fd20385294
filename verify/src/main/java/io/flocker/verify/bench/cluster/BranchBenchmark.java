package io.flocker.verify.bench.cluster;

import io.flocker.agent.program.Program;
import io.flocker.verify.bench.Benchmark;
import io.flocker.verify.bench.Figure;
import io.flocker.verify.bench.Medians;
import io.flocker.verify.bench.Progress;
import io.flocker.verify.bench.Stopwatch;
import io.flocker.verify.bench.Target;
import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Ten branches of a staging environment on three nodes: a PostgreSQL with 5 GiB, and two small servers with 1 GiB
/// and a page, in the places of a search engine and a web application. Each figure beside the engines doing the same
/// without Flocker, or beside what people do now.
public final class BranchBenchmark implements Benchmark {
    private static final int ROUNDS = 3;
    private static final int BRANCHES = 10;
    private static final int HEADS = 3 * BRANCHES;
    private static final int CHECKPOINTS = 40;
    private static final int REST_SECONDS = 10;
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final String HOST = "bench.test";
    private static final Pattern PAUSE = Pattern.compile("\"pauseMicros\" ?: ?(\\d+)");

    private static final List<PlainCopies.Part> PARTS = List.of(
            new PlainCopies.Part(
                    "-e POSTGRES_PASSWORD=secret --stop-signal SIGINT -v DATA:/var/lib/postgresql/data"
                            + " flocker/postgres:15",
                    "pg_isready -q -h 127.0.0.1 -U postgres"),
            new PlainCopies.Part(
                    "--stop-signal SIGKILL -v DATA:/data flocker/busybox:1 httpd -f -p 8080 -h /www",
                    "wget -q -O /dev/null http://127.0.0.1:8080/"),
            new PlainCopies.Part(
                    "--stop-signal SIGKILL -v DATA:/data flocker/busybox:1 httpd -f -p 8080 -h /www",
                    "wget -q -O /dev/null http://127.0.0.1:8080/"));

    @Override
    public int nodes() {
        return MANY;
    }

    @Override
    public List<Figure> figures() {
        return List.of(
                new Figure(
                        "branch-volumes",
                        "from the command to all thirty volumes of ten branches being there, beside the limit",
                        "ms",
                        Target.limit(1_000, "ms")),
                new Figure("branch-size", "the same with 5 GiB of data, beside 50 MiB", "ms", Target.ratioAtMost(1.2)),
                new Figure(
                        "branch-serving",
                        "ten branches, until all thirty containers serve, beside the engines starting as many on"
                                + " snapshots that are there",
                        "ms",
                        Target.ratioAtMost(1.2)),
                new Figure(
                        "branch-disk",
                        "what all volumes take with ten fresh branches that run, beside none",
                        "MiB",
                        Target.ratioAtMost(1.01)),
                new Figure(
                        "branch-reset",
                        "reset of a branch, beside 1.2 times the stop and start of its containers plus 200 ms",
                        "ms",
                        Target.ratioAtMost(1)),
                new Figure(
                        "branch-wake",
                        "a request to a branch that sleeps until it is answered, beside the start of its containers",
                        "ms",
                        Target.ratioAtMost(1.1)),
                new Figure(
                        "checkpoint-pause",
                        "how long a checkpoint of three nodes under load holds them, p95 of " + CHECKPOINTS
                                + ", beside the limit",
                        "ms",
                        Target.limit(100, "ms")),
                new Figure(
                        "branch-copy",
                        "one branch until it serves, beside cp -a of the database's folder alone",
                        "ms",
                        Target.NONE));
    }

    @Override
    public List<Medians> measure(Servers server) throws IOException, InterruptedException {
        var pools = new StagingPools(server);
        try {
            up(server);
            double small = volumes(server, pools).value();
            fill(server);
            Medians volumes = volumes(server, pools);
            double empty = pools.bytes() / (1 << 20);
            List<Path> heads = List.of(
                    pools.heads("n1").getFirst(),
                    pools.heads("n2").getFirst(),
                    pools.heads("n3").getFirst());
            Medians serving = serving(server, pools, heads);
            branch(server, "--count", "" + BRANCHES, "--prefix", "dev-");
            double full = pools.bytes() / (1 << 20);
            for (int i = 2; i <= BRANCHES; i++) {
                server.succeed(PATIENCE, "env", "rm", "dev-" + i);
            }
            Medians reset;
            Medians wake;
            try (var plain = new PlainCopies(server, pools, PARTS, heads, 1)) {
                plain.run();
                reset = reset(server, plain);
                wake = wake(server, plain);
            }
            Medians pause = new Medians(pause(server), 100, CHECKPOINTS);
            Medians copy = copy(server, pools, heads.getFirst());
            return List.of(
                    volumes,
                    new Medians(volumes.value(), small, ROUNDS),
                    serving,
                    new Medians(full, empty, 1),
                    reset,
                    wake,
                    pause,
                    copy);
        } finally {
            for (int i = 1; i <= BRANCHES; i++) {
                server.flocker("env", "rm", "dev-" + i);
            }
            server.flocker("down", "-e", "bench", "--volumes");
        }
    }

    private static void up(Servers server) throws IOException {
        server.succeed(
                "up", "-f", server.compose("bench", """
                services:
                  db:
                    image: flocker/postgres:15
                    environment: {POSTGRES_PASSWORD: secret}
                    volumes: ["data:/var/lib/postgresql/data"]
                    healthcheck:
                      {test: [CMD, pg_isready, -q, -h, 127.0.0.1, -U, postgres], interval: 10s, retries: 60}
                    stop_signal: SIGINT
                    deploy: {placement: {constraints: [node.name == n1]}}
                  search:
                    image: flocker/busybox:1
                    command: httpd -f -p 8080 -h /www
                    expose: [8080]
                    volumes: ["index:/data"]
                    stop_signal: SIGKILL
                    deploy: {placement: {constraints: [node.name == n2]}}
                  web:
                    image: flocker/busybox:1
                    command: httpd -f -p 8080 -h /www
                    volumes: ["pages:/data"]
                    stop_signal: SIGKILL
                    x-flocker: {http: {hosts: [HOST], port: 8080}}
                    deploy: {placement: {constraints: [node.name == n3]}}
                volumes: {data: , index: , pages: }
                """.replace("HOST", HOST)).toString());
    }

    private static void fill(Servers server) throws IOException {
        write(server, "db", "/var/lib/postgresql/data/fill", 5 * 1_024);
        write(server, "search", "/data/fill", 1_024);
    }

    private static void write(Servers server, String service, String file, int mebibytes) throws IOException {
        server.succeed(
                PATIENCE,
                "exec",
                "bench",
                service,
                "--",
                "dd",
                "if=/dev/urandom",
                "of=" + file,
                "bs=1048576",
                "count=" + mebibytes,
                "conv=fsync");
    }

    private static void branch(Servers server, String... names) throws IOException {
        List<String> words = new ArrayList<>(List.of("env", "branch", "bench", "--from", "fresh"));
        words.addAll(List.of(names));
        server.succeed(PATIENCE, words.toArray(String[]::new));
    }

    private static void remove(Servers server, int count) throws IOException {
        List<String> words = new ArrayList<>(List.of("env", "rm"));
        for (int i = 1; i <= count; i++) {
            words.add("dev-" + i);
        }
        server.succeed(PATIENCE, words.toArray(String[]::new));
    }

    /// From the command to the last clone being there.
    private static Medians volumes(Servers server, StagingPools pools) throws IOException, InterruptedException {
        server.flocker("checkpoint", "rm", "-e", "bench", "fresh");
        server.succeed("checkpoint", "create", "-e", "bench", "fresh");
        List<Double> times = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            int wanted = pools.heads() + HEADS;
            long begun = System.nanoTime();
            Thread making = Thread.ofVirtual().start(() -> {
                try {
                    branch(server, "--count", "" + BRANCHES, "--prefix", "dev-");
                } catch (IOException e) {
                    Progress.say("  " + e.getMessage());
                }
            });
            while (pools.heads() < wanted && making.isAlive()) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
            times.add((System.nanoTime() - begun) / 1e6);
            making.join();
            if (pools.heads() < wanted) {
                throw new IOException("Not all branches were made");
            }
            Progress.round(round + 1, ROUNDS, times.getLast(), 1_000);
            remove(server, BRANCHES);
            server.await("volumes to go", () -> pools.heads() == wanted - HEADS);
            // What is left of them is cleaned up: networks, routes, and the pools' trees.
            TimeUnit.SECONDS.sleep(REST_SECONDS);
        }
        return Medians.of(times, List.of(1_000.0, 1_000.0, 1_000.0));
    }

    private static Medians serving(Servers server, StagingPools pools, List<Path> heads)
            throws IOException, InterruptedException {
        return Medians.inTurn(
                ROUNDS,
                () -> {
                    double millis =
                            Stopwatch.millis(() -> branch(server, "--count", "" + BRANCHES, "--prefix", "dev-"));
                    remove(server, BRANCHES);
                    return millis;
                },
                () -> {
                    try (var plain = new PlainCopies(server, pools, PARTS, heads, BRANCHES)) {
                        return Stopwatch.millis(plain::run);
                    }
                });
    }

    private static Medians reset(Servers server, PlainCopies plain) throws IOException, InterruptedException {
        return Medians.inTurn(
                ROUNDS,
                () -> Stopwatch.millis(() -> server.succeed(PATIENCE, "env", "reset", "dev-1")),
                () -> 1.2 * Stopwatch.millis(plain::stopAndStart) + 200);
    }

    private static Medians wake(Servers server, PlainCopies plain) throws IOException, InterruptedException {
        return Medians.inTurn(
                ROUNDS,
                () -> {
                    server.succeed(PATIENCE, "env", "pause", "dev-1");
                    return Stopwatch.millis(() -> Program.of(
                                    "curl",
                                    "-sSf",
                                    "-m",
                                    "60",
                                    "-o",
                                    "/dev/null",
                                    "-H",
                                    "Host: dev-1." + HOST,
                                    "http://" + server.lab.node("n4").address() + "/")
                            .run());
                },
                () -> {
                    plain.stop();
                    return Stopwatch.millis(plain::start);
                });
    }

    /// The 95th percentile over checkpoints while every service writes, in milliseconds.
    private static double pause(Servers server) throws IOException, InterruptedException {
        List<Thread> writers = new ArrayList<>();
        for (String service : List.of("db", "search", "web")) {
            String folder = service.equals("db") ? "/var/lib/postgresql/data" : "/data";
            writers.add(Thread.ofVirtual().start(() -> {
                try {
                    server.succeed(
                            PATIENCE,
                            "exec",
                            "bench",
                            service,
                            "--",
                            "sh",
                            "-c",
                            "touch " + folder + "/busy; while [ -e " + folder + "/busy ]; do dd if=/dev/zero of="
                                    + folder + "/load bs=65536 count=64 conv=fsync 2>/dev/null; done");
                } catch (IOException e) {
                    Progress.say("  " + e.getMessage());
                }
            }));
        }
        TimeUnit.SECONDS.sleep(2);
        for (int i = 1; i <= CHECKPOINTS; i++) {
            server.succeed("checkpoint", "create", "-e", "bench", "p" + i);
        }
        Matcher pauses = PAUSE.matcher(server.succeed("checkpoint", "ls", "-e", "bench", "-o", "json"));
        for (String service : List.of("db", "search", "web")) {
            String folder = service.equals("db") ? "/var/lib/postgresql/data" : "/data";
            server.succeed("exec", "bench", service, "--", "rm", "-f", folder + "/busy");
        }
        for (Thread writer : writers) {
            writer.join();
        }
        List<Double> millis = new ArrayList<>();
        while (pauses.find()) {
            millis.add(Double.parseDouble(pauses.group(1)) / 1_000);
        }
        for (int i = 1; i <= CHECKPOINTS; i++) {
            server.succeed("checkpoint", "rm", "-e", "bench", "p" + i);
        }
        List<Double> sorted = millis.stream().sorted().toList();
        Progress.say("  pauses: " + sorted);
        return sorted.get((int) Math.ceil(sorted.size() * 0.95) - 1);
    }

    private static Medians copy(Servers server, StagingPools pools, Path head)
            throws IOException, InterruptedException {
        Path to = pools.pool("n1").resolve("copy");
        return Medians.inTurn(
                ROUNDS,
                () -> {
                    double millis = Stopwatch.millis(() -> branch(server, "--names", "dev-2"));
                    server.succeed(PATIENCE, "env", "rm", "dev-2");
                    return millis;
                },
                () -> {
                    double millis = Stopwatch.millis(() -> Program.of(
                                    "bash",
                                    "-c",
                                    "cp -a --reflink=never " + head + " " + to + " && btrfs filesystem sync " + to)
                            .within(PATIENCE)
                            .run());
                    Program.of("rm", "-rf", "--one-file-system", to.toString())
                            .within(PATIENCE)
                            .run();
                    return millis;
                });
    }
}
