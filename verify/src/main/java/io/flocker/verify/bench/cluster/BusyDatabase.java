package io.flocker.verify.bench.cluster;

import io.flocker.agent.program.Program;
import io.flocker.lab.LabNode;
import io.flocker.verify.bench.Stopwatch;
import io.flocker.verify.server.Load;
import io.flocker.verify.server.MovingDatabase;
import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/// A PostgreSQL that pgbench keeps busy: a client's longest pause while something happens to it, beside what the same
/// image takes to stop and start where it is, in a network of its own as Flocker and Compose make one.
final class BusyDatabase implements AutoCloseable {
    private static final int LEAD_SECONDS = 2;
    private static final String BIN = "/usr/lib/postgresql/15/bin/";
    private static final String IMAGE = "flocker/postgres:15";
    private static final String REFERENCE = "bench-reference";
    private static final double FACTOR = 1.5;
    private static final double MORE_MILLIS = 300;
    /// Every answer's second and microsecond, in order; a last line may be cut. Debian's awk prints six digits of a
    /// number unless it is told how many. What comes out is milliseconds, or nothing if there were too few answers.
    private static final String PAUSE = "cat /tmp/log.* | awk 'NF == 6 {printf \"%.6f\\n\", $5 + $6 / 1000000}'"
            + " | sort -n | awk 'NR > 1 && $1 - last > most {most = $1 - last} {last = $1}"
            + " END {if (most > 0) printf \"%.3f\", most * 1000}'";

    /// How many of pgbench's logs have a whole line from after SECOND. It writes what it has once that is 4 KiB.
    private static final String LATER =
            "for log in /tmp/log.*; do tail -n 2 $log | head -n 1; done | awk '$5 > SECOND' | wc -l";

    private static final String CLIENTS = "2";

    private final Servers server;
    private final String environment;

    /// Comes up with the files of [MovingDatabase].
    BusyDatabase(Servers server, String environment) throws IOException {
        this.server = server;
        this.environment = environment;
        server.succeed(
                "up", "-f", server.compose(environment, MovingDatabase.COMPOSE).toString());
        LabNode node = server.lab.node("n3");
        node.docker("network", "create", REFERENCE);
        node.docker("run", "-d", "--network", REFERENCE, "--name", REFERENCE, "-e", "POSTGRES_PASSWORD=secret", IMAGE);
    }

    /// Makes what pgbench works with.
    void fill() throws IOException {
        client("createdb -h db -U postgres bench && " + BIN
                + "pgbench -h db -U postgres -i -q -s 10 bench 2>/dev/null");
    }

    private String client(String script) throws IOException {
        return server.succeed("exec", environment, "client", "--", "bash", "-c", script);
    }

    /// The longest pause that is allowed: 1.5 times stop and start in place, and 300 ms.
    double limitMillis() throws IOException, InterruptedException {
        return inPlaceMillis() * FACTOR + MORE_MILLIS;
    }

    /// Stop and start of a container of the same image, until it answers.
    private double inPlaceMillis() throws IOException, InterruptedException {
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

    /// The longest time without an answer while `action` happens, of two clients that connect for each transaction.
    double pauseMillis(Load.Fault action) throws IOException, InterruptedException {
        client("rm -f /tmp/log.*");
        var said = new AtomicReference<>("");
        Thread load = Thread.ofVirtual().start(() -> {
            try {
                said.set(client("cd /tmp && " + BIN
                        + "pgbench -h db -U postgres -n -C -c " + CLIENTS + " -j " + CLIENTS
                        + " -T 600 -l --log-prefix=log bench >/tmp/said 2>&1; true"));
            } catch (IOException e) {
                said.set(String.valueOf(e.getMessage()));
            }
        });
        TimeUnit.SECONDS.sleep(LEAD_SECONDS);
        action.happen();
        String end = client("date +%s").strip();
        server.await(
                "pgbench to log what came afterwards",
                () -> client(LATER.replace("SECOND", end)).strip().equals(CLIENTS) || !errors().isEmpty());
        client("kill $(pidof pgbench) || true");
        load.join();
        String errors = errors();
        if (!errors.isEmpty()) {
            throw new IOException("A client failed: " + errors);
        }
        String pause = client(PAUSE).strip();
        if (pause.isEmpty()) {
            throw new IOException("pgbench logged too few answers to tell the longest pause");
        }
        return Double.parseDouble(pause);
    }

    private String errors() throws IOException {
        return client("grep -iE 'error|aborted|failed' /tmp/said || true").strip();
    }

    @Override
    public void close() throws IOException {
        LabNode node = server.lab.node("n3");
        node.docker("rm", "-f", REFERENCE);
        node.docker("network", "rm", REFERENCE);
        server.flocker("down", "-e", environment, "--volumes");
    }
}
