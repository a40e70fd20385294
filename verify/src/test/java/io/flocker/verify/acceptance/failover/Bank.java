package io.flocker.verify.acceptance.failover;

import io.flocker.client.api.Status;
import io.flocker.lab.LabNode;
import io.flocker.verify.server.MovingDatabase;
import io.flocker.verify.server.Ward;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// A PostgreSQL that fails over by itself from n1 or n2 to the other of them, and clients on n3
/// (pgbench) that note every transaction as soon as it is acknowledged.
final class Bank {
    private static final String ENVIRONMENT = "bank";
    private static final String BIN = "/usr/lib/postgresql/15/bin/";
    private static final int CLIENTS = 4;

    /// What pgbench does by default, with a receipt; `\\shell` notes it where nothing is buffered.
    private static final String SCRIPT = """
            \\set aid random(1, 200000)
            \\set delta random(-5000, 5000)
            \\set receipt random(1, 9000000000000000)
            BEGIN;
            UPDATE pgbench_accounts SET abalance = abalance + :delta WHERE aid = :aid;
            UPDATE pgbench_branches SET bbalance = bbalance + :delta WHERE bid = 1;
            INSERT INTO receipts VALUES (:receipt, :delta);
            END;
            \\shell echo :receipt $(date +%s.%N) >> /tmp/acknowledged
            """;

    private final Ward ward;

    /// Comes up, with a replica.
    Bank(Ward ward) throws IOException, InterruptedException {
        this.ward = ward;
        ward.servers.succeed(
                "up",
                "-f",
                ward.servers.compose(ENVIRONMENT, MovingDatabase.COMPOSE).toString());
        client("createdb -h db -U postgres bench && " + BIN + "pgbench -h db -U postgres -i -q -s 2 bench 2>/dev/null");
        sql("CREATE TABLE receipts (receipt bigint PRIMARY KEY, delta int)");
        client("cat > /tmp/script <<'END'\n" + SCRIPT + "END");
        String to = volume().primary().equals("n1") ? "n2" : "n1";
        ward.flocker(
                "volume",
                "replicate",
                ENVIRONMENT + "/data",
                "--to",
                to,
                "--every",
                "1s",
                "--max-loss",
                "60s",
                "--failover",
                "auto");
        ward.await(
                "the replica of the database",
                () -> volume().replicas().size() == 1
                        && volume().replicas().getFirst().state().equals(Status.Replica.IN_STEP));
    }

    Status.Volume volume() throws IOException {
        return ward.volumes(ENVIRONMENT).getFirst();
    }

    LabNode primary() throws IOException {
        return ward.servers.lab.node(volume().primary());
    }

    /// Begins to pay, until [#end].
    void begin() throws IOException {
        client("cd /tmp; setsid nohup " + BIN + "pgbench -h db -U postgres -n -f /tmp/script -c " + CLIENTS + " -j "
                + CLIENTS + " -T 600 bench >/tmp/said 2>&1 </dev/null &");
    }

    /// Lets pgbench end, which has lost its connections.
    void end() throws IOException {
        client("kill $(pidof pgbench) 2>/dev/null; true");
    }

    /// Waits until the database answers.
    void awaitAnswers() throws IOException, InterruptedException {
        ward.await("the database to answer", () -> sql("SELECT 1").strip().equals("1"));
    }

    /// When each transaction was acknowledged, in seconds, by its receipt; the earliest first.
    Map<Long, Double> acknowledged() throws IOException {
        var acknowledged = new LinkedHashMap<Long, Double>();
        client("cat /tmp/acknowledged").lines().map(line -> line.split(" ", -1)).forEach(words -> {
            if (words.length == 2) {
                acknowledged.put(Long.parseLong(words[0]), Double.parseDouble(words[1]));
            }
        });
        return acknowledged;
    }

    /// The receipts that the database has.
    Set<Long> receipts() throws IOException {
        var receipts = new HashSet<Long>();
        sql("SELECT receipt FROM receipts").lines().map(Long::parseLong).forEach(receipts::add);
        return receipts;
    }

    /// Whether the books balance, whichever transactions are there.
    boolean balances() throws IOException {
        return sql("SELECT (SELECT sum(abalance) FROM pgbench_accounts) = (SELECT sum(delta) FROM receipts)"
                        + " AND (SELECT sum(bbalance) FROM pgbench_branches) = (SELECT sum(delta) FROM receipts)")
                .strip()
                .equals("t");
    }

    /// Reads all tables and indexes and compares them (amcheck); fails if anything is wrong.
    String check() throws IOException {
        return client(BIN + "pg_amcheck -h db -U postgres --install-missing --heapallindexed --all 2>&1 && echo clean");
    }

    private String sql(String statement) throws IOException {
        return client("PGCONNECT_TIMEOUT=5 psql -h db -U postgres -At -c \"" + statement + "\" bench");
    }

    private String client(String script) throws IOException {
        return ward.servers
                .lab
                .node("n3")
                .flocker(ward.servers.home, "exec", ENVIRONMENT, "client", "--", "bash", "-c", script);
    }

    /// Removes it with all its data.
    void close() throws IOException, InterruptedException {
        ward.flocker("down", "-e", ENVIRONMENT, "--volumes");
        TimeUnit.SECONDS.sleep(1);
    }
}
