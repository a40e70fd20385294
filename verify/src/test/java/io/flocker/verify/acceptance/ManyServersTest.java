package io.flocker.verify.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.client.FlockerClient;
import io.flocker.client.api.Status;
import io.flocker.lab.LabNode;
import io.flocker.verify.server.Load;
import io.flocker.verify.server.MovingDatabase;
import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Three servers: everything is reached on each of them, and moves between them while it is used.
@Tag("engine")
class ManyServersTest {
    private static final Pattern PROCESSED = Pattern.compile("transactions actually processed: (\\d+)");

    private static final String PINNED = """
            services:
              web:
                image: flocker/busybox:1
                command: httpd -f -p 8080 -h /www
                stop_grace_period: 1s
              db:
                image: flocker/busybox:1
                command: httpd -f -p 8080 -h /data
                volumes: ["data:/data"]
                stop_grace_period: 1s
            volumes: {data: }
            """;

    private static final String HEAVY = """
            services:
              db:
                image: flocker/busybox:1
                command: httpd -f -p 8080 -h /data
                volumes: ["data:/data"]
                ports: ["8502:8080"]
                stop_grace_period: 1s
            volumes: {data: }
            """;

    private static Servers servers;

    @BeforeAll
    static void up() throws Exception {
        servers = new Servers(5, "4G", 3);
    }

    @AfterAll
    static void down() throws Exception {
        servers.close();
    }

    @Test
    void showsThreeReadyNodes() throws Exception {
        assertThat(servers.succeed("node", "ls").lines().filter(line -> line.contains("ready")))
                .hasSize(3);
    }

    @Test
    void answersOnEveryNodeAndKeepsItsDataOnTheMove() throws Exception {
        Path file = servers.home.resolve("examples/notes/compose.yaml");
        servers.succeed("up", "-f", file.toString());
        assertThat(servers.send("POST", 8080, "/", "Buy milk")).isEqualTo("added\n");
        for (LabNode node : servers.lab.nodes()) {
            assertThat(servers.get(node, 8080, "/")).as(node.name()).isEqualTo("1: Buy milk\n");
        }

        String before = nodeOf("notes", "db.1");
        String to = before.equals("n3") ? "n2" : "n3";
        servers.succeed("move", "-e", "notes", "db", to);

        assertThat(nodeOf("notes", "db.1")).isEqualTo(to);
        for (LabNode node : servers.lab.nodes()) {
            assertThat(servers.get(node, 8080, "/")).as(node.name()).isEqualTo("1: Buy milk\n");
        }
        servers.succeed("move", "-e", "notes", "db", before);
        assertThat(servers.get(8080, "/")).isEqualTo("1: Buy milk\n");
        servers.await(
                "the snapshots of the move to be gone",
                () -> !servers.succeed("snapshot", "ls", "notes/data").contains("move"));
        servers.succeed("down", "-e", "notes", "--volumes");
    }

    @Test
    void movesADatabaseUnderLoadWithoutAnError() throws Exception {
        Path file = servers.compose("ledger", MovingDatabase.COMPOSE);
        servers.succeed("up", "-f", file.toString());
        client("cat > /tmp/transfer.sql <<'END'\n"
                + "\\set a random(1, 100)\n\\set b random(1, 100)\n"
                + "BEGIN;\nUPDATE accounts SET balance = balance - 1 WHERE id = :a;\n"
                + "UPDATE accounts SET balance = balance + 1 WHERE id = :b;\n"
                + "INSERT INTO transfers(a, b) VALUES (:a, :b);\nEND;\nEND\n"
                + "psql -h db -U postgres -c 'CREATE TABLE accounts AS SELECT id, 0 AS balance"
                + " FROM generate_series(1, 100) id' -c 'CREATE TABLE transfers(a int, b int)'");
        var said = new AtomicReference<>("");
        Thread load = Thread.ofVirtual().start(() -> said.set(transfers()));
        String from = nodeOf("ledger", "db.1");
        String to = from.equals("n1") ? "n2" : "n1";
        servers.succeed("move", "-e", "ledger", "db", to);
        load.join();

        assertThat(nodeOf("ledger", "db.1")).isEqualTo(to);
        Matcher processed = PROCESSED.matcher(said.get());
        assertThat(processed.find()).as(said.get()).isTrue();
        assertThat(said.get()).doesNotContain("error").doesNotContain("aborted");
        long acknowledged = Long.parseLong(processed.group(1));
        System.out.println("moved a PostgreSQL under pgbench: " + acknowledged + " transfers, none failed");
        assertThat(query("SELECT count(*) FROM transfers")).isEqualTo(Long.toString(acknowledged));
        assertThat(query("SELECT sum(balance) FROM accounts")).isEqualTo("0");
        servers.succeed("down", "-e", "ledger", "--volumes");
    }

    /// What pgbench said of transfers, each with a connection of its own.
    private static String transfers() {
        try {
            return client("/usr/lib/postgresql/15/bin/pgbench -h db -U postgres -n -C -c 2 -j 2 -T 25"
                    + " -f /tmp/transfer.sql postgres 2>&1");
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static String client(String script) throws IOException {
        return servers.succeed("exec", "ledger", "client", "--", "bash", "-c", script);
    }

    private static String query(String sql) throws IOException {
        return client("psql -h db -U postgres -tA -c '" + sql + "'").strip();
    }

    @Test
    void drainsANodeWithoutAFailedRequest() throws Exception {
        Path file = servers.compose("drained", """
                services:
                  web:
                    image: flocker/busybox:1
                    command: httpd -f -p 8080 -h /www
                    ports: ["8501:8080"]
                    deploy: {replicas: 3}
                    stop_grace_period: 1s
                """);
        servers.succeed("up", "-f", file.toString());
        servers.succeed("volume", "create", "drained/spare");
        LabNode n1 = servers.lab.node("n1");
        Load load = Load.beside(
                "drain of a node", "http://" + n1.address() + ":8501/", () -> servers.succeed("node", "drain", "n2"));

        assertThat(load.failed()).isZero();
        assertThat(servers.succeed("ps", "-e", "drained").lines().filter(line -> line.contains(" n2 ")))
                .isEmpty();
        servers.succeed("node", "activate", "n2");
        servers.succeed("down", "-e", "drained", "--volumes");
    }

    @Test
    @Tag("soak") // The proxy has a test of its own.
    void keepsAClientAtItsInstanceThroughEveryNode() throws Exception {
        String text = """
                services:
                  web:
                    image: flocker/busybox:1
                    command: [sh, -c, "hostname > /www/index.html; exec httpd -f -p 8080 -h /www"]
                    environment: {RELEASE: "1"}
                    ports: ["8503:8080"]
                    deploy: {replicas: 3}
                    stop_grace_period: 1s
                    x-flocker: {http: {sticky: true}}
                """;
        servers.succeed("up", "-f", servers.compose("kept", text).toString());
        // It runs; each node's proxy hears of the others' instances a moment later.
        for (LabNode node : servers.lab.nodes()) {
            var seen = new TreeSet<String>();
            servers.await("the proxy of " + node.name() + " to know all instances", () -> {
                seen.add(new StickyClient(8503).get(node));
                return seen.size() == 3;
            });
        }
        var own = new TreeSet<String>();
        for (LabNode node : servers.lab.nodes()) {
            var client = new StickyClient(8503);
            String first = client.get(node);
            for (LabNode other : servers.lab.nodes()) {
                assertThat(client.get(other)).as("through " + other.name()).isEqualTo(first);
            }
            own.add(first);
        }
        assertThat(own).as("clients' instances").hasSizeGreaterThan(1);

        var client = new StickyClient(8503);
        String before = client.get(servers.node);
        try (var traffic = client.meanwhile(servers.lab.nodes())) {
            String changed = text.replace("\"1\"", "\"2\"");
            servers.succeed("up", "-f", servers.compose("kept", changed).toString());
            traffic.end();
        }
        assertThat(client.failures()).isEmpty();
        assertThat(client.instances()).as("one, and the one after it").hasSizeLessThanOrEqualTo(4);
        String after = client.get(servers.node);
        assertThat(after).isNotEqualTo(before);
        for (LabNode node : servers.lab.nodes()) {
            assertThat(client.get(node)).as("through " + node.name()).isEqualTo(after);
        }
        servers.succeed("down", "-e", "kept");
    }

    @Test
    @Tag("soak") // Placement has its own tests.
    void placesByRoomAndRuleAndSaysWhich() throws Exception {
        Path large = servers.compose("large", """
                services:
                  web:
                    image: flocker/busybox:1
                    command: httpd -f -p 8080 -h /www
                    deploy: {resources: {reservations: {memory: 100T}}}
                """);
        assertThat(servers.flocker("up", "-f", large.toString()).errors())
                .contains("There is no node for instance web.1: node n1 lacks memory:")
                .contains("needs 100 TiB, node n2 lacks");

        Path file = servers.compose("ruled", """
                services:
                  edge:
                    image: flocker/busybox:1
                    command: httpd -f -p 8080 -h /www
                    deploy: {mode: global, resources: {reservations: {memory: 10M}}}
                    stop_grace_period: 1s
                  web:
                    image: flocker/busybox:1
                    command: httpd -f -p 8080 -h /www
                    stop_grace_period: 1s
                """);
        Path deployment = servers.compose("ruled-deployment", "version: 1\nnodes: {n1: [web], n9: {web: 2}}\n");
        assertThat(servers.succeed("up", "-f", file.toString(), "-d", deployment.toString()))
                .contains("! service web: 2 instances wait for node n9, which has not joined yet");
        String shown = servers.succeed("ps", "-e", "ruled", "--wide");
        assertThat(shown.lines().filter(line -> line.startsWith("edge."))).hasSize(3);
        assertThat(shown).contains("one on every node").contains("pinned by deployment file");
        assertThat(servers.succeed("ls")).containsPattern("ruled +waiting");
        assertThat(servers.succeed("node", "ls")).contains("10M of ");

        servers.succeed("node", "drain", "n2");
        servers.await(
                "edge to leave n2", () -> !servers.succeed("ps", "-e", "ruled").contains(" n2 "));
        servers.succeed("node", "activate", "n2");
        servers.await(
                "edge to be on n2 again",
                () -> servers.succeed("ps", "-e", "ruled")
                        .lines()
                        .anyMatch(line -> line.contains(" n2 ") && line.contains("running")));
        servers.succeed("down", "-e", "ruled");
    }

    @Test
    @Tag("soak") // JoiningNodeTest has a deployment file, too.
    void pinsServicesAsADeploymentFileSays() throws Exception {
        Path file = servers.compose("pinned", PINNED);
        Path deployment = servers.compose("pinned-deployment", """
                version: 1
                nodes:
                  n1: [db]
                  n2: {web: 2}
                """);
        servers.succeed("up", "-f", file.toString(), "-d", deployment.toString());
        assertThat(nodeOf("pinned", "db.1")).isEqualTo("n1");
        assertThat(nodeOf("pinned", "web.1")).isEqualTo("n2");
        assertThat(nodeOf("pinned", "web.2")).isEqualTo("n2");

        Path changed = servers.compose("changed-deployment", """
                version: 1
                nodes:
                  n2: {web: 1}
                  n3: [db, web]
                """);
        servers.succeed("up", "-f", file.toString(), "-d", changed.toString());
        servers.await("db to be on n3", () -> nodeOf("pinned", "db.1").equals("n3"));
        servers.await("a web on each of n2 and n3", () -> {
            String shown = servers.succeed("ps", "-e", "pinned");
            return shown.lines()
                                    .filter(line -> line.startsWith("web") && line.contains(" n2 "))
                                    .count()
                            == 1
                    && shown.lines()
                                    .filter(line -> line.startsWith("web") && line.contains(" n3 "))
                                    .count()
                            == 1;
        });
        servers.succeed("down", "-e", "pinned", "--volumes");
    }

    @Test
    void refusesMovesThatCannotBe() throws Exception {
        Path file = servers.compose("stuck", """
                services:
                  web: {image: "flocker/busybox:1", command: httpd -f -p 8080, volumes: ["data:/data"], stop_grace_period: 1s}
                volumes: {data: }
                """);
        servers.succeed("up", "-f", file.toString());
        assertThat(servers.flocker("move", "-e", "stuck", "web", "n9").errors())
                .contains("There is no node \"n9\"")
                .contains("n1, n2, n3");
        assertThat(servers.flocker("move", "-e", "stuck", "wbe", "n2").errors()).contains("no service \"wbe\"");
        String here = nodeOf("stuck", "web.1");
        assertThat(servers.flocker("move", "-e", "stuck", "web", here).errors()).contains("already");
        assertThat(servers.flocker("node", "remove", here).errors()).contains("volume stuck/data");
        servers.succeed("down", "-e", "stuck", "--volumes");
    }

    /// What interrupts a transfer leaves the service where it is, and nothing on the other node; once that is over,
    /// the move goes on or succeeds when it is asked for again.
    @Test
    @Tag("soak") // The simulation has it in every phase.
    void endsAMoveWellThatIsInterruptedWhileItCopies() throws Exception {
        Path file = servers.compose("heavy", HEAVY);
        servers.succeed("up", "-f", file.toString());
        String write = "echo kept > /data/index.html; dd if=/dev/urandom of=/data/large bs=1M count=120; sync";
        servers.succeed("exec", "heavy", "db", "--", "sh", "-c", write);
        LabNode from = servers.lab.node(nodeOf("heavy", "db.1"));
        LabNode to = servers.lab.nodes().stream()
                .filter(node -> !node.name().equals(from.name()) && !node.name().equals("n1"))
                .findFirst()
                .orElseThrow();
        from.slow("100mbit");

        String cancelled = moveUntilItCopies(to);
        servers.succeed("op", "cancel", cancelled);
        assertStayed(cancelled, from, to, "cancelled", "cancelled by root");

        String full = moveUntilItCopies(to);
        to.fill(4 << 20);
        assertStayed(full, from, to, "failed", "No space left on device");
        to.unfill();

        assertGoesOnAfterAPartition(from, to);
        servers.succeed("down", "-e", "heavy", "--volumes");
    }

    private static void assertGoesOnAfterAPartition(LabNode from, LabNode to) throws Exception {
        String cut = moveUntilItCopies(to);
        servers.lab.partition(List.of(from), List.of(to), false);
        TimeUnit.SECONDS.sleep(3);
        assertThat(servers.get(8502, "/"))
                .as("while they are cut off from each other")
                .isEqualTo("kept\n");
        from.reconnect();
        to.reconnect();
        from.quicken();
        servers.await("the move to end", () -> !operation(cut).goesOn());
        assertThat(operation(cut).state()).as("%s", operation(cut)).isEqualTo("done");
        assertThat(nodeOf("heavy", "db.1")).isEqualTo(to.name());
        assertThat(servers.get(8502, "/")).isEqualTo("kept\n");
        servers.await("the old node to have nothing left", () -> copies(from).isEmpty());
    }

    /// Begins a move of `db`, and waits until some of its data is on the way.
    ///
    /// @return the operation's id
    private static String moveUntilItCopies(LabNode to) throws Exception {
        String answer = servers.succeed("move", "--detach", "-e", "heavy", "db", to.name());
        String id = answer.strip().substring(answer.strip().lastIndexOf(' ') + 1);
        servers.await("data to be on the way", () -> progress(id).matches(".*to reach .*: .*[1-9].*"));
        return id;
    }

    private static String progress(String id) throws IOException, InterruptedException {
        return String.join("; ", operation(id).waiting());
    }

    private static Status.Operation operation(String id) throws IOException, InterruptedException {
        try (FlockerClient client = servers.node.client()) {
            return client.get("/v2/operations/" + id, Status.Operation.class);
        }
    }

    private static void assertStayed(String id, LabNode from, LabNode to, String state, String why) throws Exception {
        servers.await("the move to end", () -> !operation(id).goesOn());
        assertThat(operation(id).state()).as("%s", operation(id)).isEqualTo(state);
        assertThat(operation(id).error()).contains(why);
        assertThat(nodeOf("heavy", "db.1")).isEqualTo(from.name());
        assertThat(servers.get(8502, "/")).isEqualTo("kept\n");
        servers.await("the other node to have nothing", () -> copies(to).isEmpty());
    }

    /// What a node's pool has of the volume.
    private static List<String> copies(LabNode node) throws IOException {
        Path pool = node.root().resolve("var/lib/flocker/pool");
        List<String> found = new ArrayList<>();
        for (String folder : List.of("volumes", "incoming")) {
            if (Files.isDirectory(pool.resolve(folder))) {
                try (Stream<Path> inside = Files.list(pool.resolve(folder))) {
                    inside.map(path -> path.getFileName().toString())
                            .filter(name -> name.contains("heavy"))
                            .forEach(found::add);
                }
            }
        }
        return found;
    }

    /// Where an instance runs, as `flocker ps` tells.
    private static String nodeOf(String environment, String instance) throws IOException {
        return servers.succeed("ps", "-e", environment)
                .lines()
                .filter(line -> line.startsWith(instance + " "))
                .map(line -> line.split(" +", -1)[3])
                .findFirst()
                .orElse("nowhere");
    }
}
