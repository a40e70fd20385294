package io.flocker.verify.acceptance.branch;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.agent.program.Program;
import io.flocker.client.FlockerClient;
import io.flocker.client.api.Answers;
import io.flocker.client.api.Status;
import io.flocker.lab.LabNode;
import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/// A team's staging environment and its developers' branches of it, on three servers: a database on one of them, a web
/// server with data on another. One story, told in order.
@Tag("engine")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BranchesTest {
    private static final String COUNT = "SELECT count(*) FROM notes";

    private static Servers servers;

    @BeforeAll
    static void up() throws Exception {
        servers = new Servers(11, "4G", 3);
        servers.succeed("up", "-f", servers.compose("staging", """
                services:
                  db:
                    image: flocker/postgres:15
                    environment: {POSTGRES_PASSWORD: secret, PGPASSWORD: secret}
                    volumes: ["data:/var/lib/postgresql/data"]
                    healthcheck: {test: [CMD-SHELL, "pg_isready -h 127.0.0.1 -U postgres"], interval: 10s, retries: 6}
                    stop_signal: SIGINT
                    ports: ["8700:5432"]
                    deploy: {placement: {constraints: [node.name == n1]}}
                  web:
                    image: flocker/busybox:1
                    command: sh -c "echo $$GREETING > /www/greeting; exec httpd -f -p 8080 -h /www"
                    environment: {GREETING: hello}
                    volumes: ["pages:/www"]
                    x-flocker: {http: {hosts: [shop.test], port: 8080}}
                    deploy: {placement: {constraints: [node.name == n2]}}
                    stop_signal: SIGKILL
                volumes: {data: , pages: }
                """).toString());
        sql("staging", "CREATE TABLE notes (text varchar); INSERT INTO notes VALUES ('one'), ('two')");
        page("staging", "as it was");
        servers.succeed("checkpoint", "create", "-e", "staging", "fresh");
    }

    @AfterAll
    static void down() throws Exception {
        servers.close();
    }

    private static String sql(String environment, String statement) throws IOException {
        return servers.succeed(
                        "exec", environment, "db", "--", "psql", "-h", "127.0.0.1", "-U", "postgres", "-tAc", statement)
                .strip();
    }

    private static void page(String environment, String text) throws IOException {
        shell(environment, "echo '" + text + "' > /www/index.html; sync");
    }

    private static String shell(String environment, String script) throws IOException {
        return servers.succeed("exec", environment, "web", "--", "sh", "-c", script)
                .strip();
    }

    /// The only volume of an environment.
    private static Status.Volume volume(String environment) throws Exception {
        try (FlockerClient client = servers.node.client()) {
            return client.get("/v2/volumes", Answers.Volumes.class).volumes().stream()
                    .filter(volume -> volume.environment().equals(environment))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static String asked(LabNode node, String host, String path) throws IOException {
        return Program.of("curl", "-sS", "-m", "20", "-H", "Host: " + host, "http://" + node.address() + path)
                .run()
                .strip();
    }

    /// As somebody who believes the cluster's authority.
    private static String askedSecurely(LabNode node, String host) throws IOException {
        Path authority = servers.work.resolve("authority.pem");
        Files.writeString(authority, servers.succeed("ca", "show"));
        return Program.of(
                        "curl",
                        "-sS",
                        "-m",
                        "20",
                        "--cacert",
                        authority.toString(),
                        "--resolve",
                        host + ":443:" + node.address(),
                        "https://" + host + "/")
                .within(Duration.ofSeconds(30))
                .run()
                .strip();
    }

    @Test
    @Order(1)
    void eachDeveloperHasAllOfItUnderANameOfTheirOwn() throws Exception {
        String plan = servers.succeed("env", "branch", "staging", "alice", "--from", "fresh", "--dry-run");
        assertThat(plan).contains("+ volume data, a clone on n1: nothing is copied", "host name alice.shop.test");
        String said = servers.succeed("env", "branch", "staging", "alice", "bob", "--from", "fresh");
        assertThat(said).contains("alice: db port 30000, web https://alice.shop.test");

        for (String node : List.of("n1", "n2", "n3")) {
            for (String host : List.of("shop.test", "alice.shop.test", "bob.shop.test")) {
                assertThat(asked(servers.lab.node(node), host, "/")).isEqualTo("as it was");
            }
        }
        assertThat(sql("alice", COUNT)).isEqualTo("2");
        assertThat(servers.succeed("env", "ls")).contains("staging@fresh", "https://bob.shop.test");
        assertThat(servers.succeed("env", "branch", "staging", "alice", "bob"))
                .contains("alice is a branch of staging already");
    }

    @Test
    @Order(2)
    void whatOneBreaksTheOthersDoNotSeeAndAResetMendsIt() throws Exception {
        sql("alice", "DROP TABLE notes");
        page("alice", "broken");
        assertThat(sql("bob", COUNT)).isEqualTo("2");
        assertThat(sql("staging", COUNT)).isEqualTo("2");
        if (System.getProperty("storage", "btrfs").equals("btrfs")) {
            assertThat(servers.succeed("env", "diff", "alice", "--files"))
                    .containsPattern("pages +modified +index.html");
        }
        assertThat(asked(servers.node, "bob.shop.test", "/")).isEqualTo("as it was");

        String said = servers.succeed("env", "reset", "alice");

        assertThat(sql("alice", COUNT)).isEqualTo("2");
        assertThat(asked(servers.node, "alice.shop.test", "/")).isEqualTo("as it was");
        assertThat(said).contains("to undo: flocker env reset alice --to before-");
        String undo = said.substring(said.indexOf("before-")).strip();
        servers.succeed("env", "reset", "alice", "--to", undo);
        assertThat(asked(servers.node, "alice.shop.test", "/")).isEqualTo("broken");
        servers.succeed("env", "reset", "alice");
    }

    @Test
    @Order(3)
    void aRefreshBringsNewDataAndLeavesOwnChoicesAndOtherBranchesAlone() throws Exception {
        servers.succeed("env", "set", "alice", "web.environment.GREETING=welcome");
        assertThat(servers.succeed("env", "diff", "alice")).contains("web.environment.GREETING", "welcome");
        sql("staging", "INSERT INTO notes VALUES ('three')");
        page("staging", "monday");
        servers.succeed("checkpoint", "create", "-e", "staging", "monday");

        servers.succeed("env", "refresh", "alice");

        assertThat(sql("alice", COUNT)).isEqualTo("3");
        assertThat(sql("bob", COUNT)).isEqualTo("2");
        assertThat(asked(servers.node, "alice.shop.test", "/")).isEqualTo("monday");
        assertThat(asked(servers.node, "alice.shop.test", "/greeting")).isEqualTo("welcome");
        assertThat(asked(servers.node, "shop.test", "/greeting")).isEqualTo("hello");
        assertThat(servers.succeed("env", "ls")).contains("staging@monday", "staging@fresh");
    }

    @Test
    @Order(4)
    void whatSleepsWakesUpWhenSomebodyConnectsOnAnyNode() throws Exception {
        servers.succeed("env", "pause", "alice");
        assertThat(containers("alice")).isEmpty();
        assertThat(servers.succeed("env", "ls")).containsPattern("alice .* asleep ");
        assertThat(asked(servers.node, "bob.shop.test", "/")).isEqualTo("as it was");
        assertThat(servers.succeed("env", "ls"))
                .as("nobody has talked to alice")
                .containsPattern("alice .* asleep ");

        assertThat(askedSecurely(servers.lab.node("n3"), "alice.shop.test")).isEqualTo("monday");

        servers.await("alice to run", () -> servers.succeed("env", "ls").matches("(?s).*alice [^\n]* running .*"));
        assertThat(sql("alice", COUNT)).isEqualTo("3");
        assertThat(servers.succeed("events", "-e", "alice")).contains("Wakes up: somebody connects to it on n3");
        servers.succeed("env", "pause", "alice");
        assertThat(servers.succeed("env", "wake", "alice")).contains("Done: wake of alice");
        servers.succeed("env", "protect", "alice");
        assertThat(servers.flocker("env", "rm", "alice").errors()).contains("alice is protected");
        servers.succeed("env", "protect", "alice", "--off");
    }

    private static String containers(String environment) throws IOException {
        var all = new StringBuilder();
        for (LabNode node : servers.lab.nodes()) {
            all.append(node.docker("ps", "-q", "--filter", "label=io.flocker.environment=" + environment));
        }
        return all.toString().strip();
    }

    /// Ends at the end of the file, which psql reads to.
    @Test
    @Order(5)
    void aCommandReadsItsInputToTheEnd() throws Exception {
        Path statements = servers.work.resolve("statements.sql");
        Files.writeString(statements, "SELECT 'read', count(*) FROM notes;\n");
        String printed = Program.of(
                        "bash",
                        "-c",
                        "FLOCKER_ROOT=" + servers.node.root() + " " + servers.home.resolve("dist/bin/flocker")
                                + " exec -i bob db -- psql -h 127.0.0.1 -U postgres -tA < " + statements)
                .within(Duration.ofSeconds(30))
                .run();
        assertThat(printed.strip()).isEqualTo("read|2");
    }

    /// What the page for pipelines says, as it says it.
    @Test
    @Order(6)
    void aPipelineMakesAndRemovesABranch() throws Exception {
        String page = Files.readString(servers.home.resolve("docs/how-to/pipelines.md"));
        List<String> calls = Pattern.compile("```sh\n(# (?:create|delete)\n.*?)```", Pattern.DOTALL)
                .matcher(page)
                .results()
                .map(found -> found.group(1))
                .toList();
        List<String> steps = Pattern.compile("run: \\|\n((?: {10}.*\n)+)")
                .matcher(page)
                .results()
                .map(found -> found.group(1))
                .toList();

        assertThat(pipeline(calls.get(0)))
                .contains("\"state\":\"done\"", "{\"service\":\"web\",\"url\":\"https://pr-7.shop.test\"}");
        assertThat(asked(servers.node, "pr-7.shop.test", "/greeting")).isEqualTo("hello");
        assertThat(servers.succeed("op", "ls")).containsPattern("pr-7 +branch ");
        assertThat(pipeline(calls.get(1))).contains("\"waited\":{\"state\":\"done\"}");
        assertThat(pipeline(steps.get(0))).contains("web https://pr-7.shop.test");
        assertThat(pipeline(steps.get(0))).as("pushed to again").contains("https://pr-7.shop.test");
        pipeline(steps.get(1));
        assertThat(pipeline(steps.get(1))).contains("pr-7 is gone already");
    }

    private static String pipeline(String script) throws IOException {
        String variables = """
                set -e
                export PATH=%s:$PATH FLOCKER_ROOT=%s BRANCH=pr-7 IMAGE=flocker/busybox:1
                API=https://%s:4523 CREDENTIALS=%s
                """.formatted(
                        servers.home.resolve("dist/bin"),
                        servers.node.root(),
                        servers.node.address(),
                        servers.node.root().resolve("etc/flocker/users"));
        return Program.of("bash", "-c", variables + script)
                .within(Duration.ofMinutes(3))
                .run();
    }

    @Test
    @Tag("soak") // It copies for long.
    @Order(7)
    void aBranchOnANodeWithoutTheDataGetsItFirst() throws Exception {
        servers.succeed("up", "-f", servers.compose("origin", """
                services:
                  web:
                    image: flocker/busybox:1
                    command: httpd -f -p 8080 -h /www
                    volumes: ["pages:/www"]
                    x-flocker: {http: {hosts: [origin.test], port: 8080}}
                    deploy: {placement: {constraints: [node.name != n3]}}
                    stop_signal: SIGKILL
                volumes: {pages: }
                """).toString());
        page("origin", "one");
        shell("origin", "head -c 64M /dev/urandom > /www/large; sync");
        String sum = shell("origin", "md5sum /www/large");
        String home = volume("origin").primary();
        String other = home.equals("n1") ? "n2" : "n1";
        servers.succeed("checkpoint", "create", "-e", "origin", "fresh");

        assertThat(servers.flocker("env", "branch", "origin", "away", "--on", "n3", "--from", "fresh")
                        .errors())
                .contains("Service web may not run on n3");
        assertThat(servers.succeed("env", "branch", "origin", "away", "--on", other, "--from", "fresh", "--dry-run"))
                .containsPattern("a clone on " + other + ": .* of it is copied there from " + home + " first");
        servers.succeed("env", "branch", "origin", "away", "--on", other, "--from", "fresh");
        assertThat(volume("away").primary()).isEqualTo(other);
        assertThat(asked(servers.node, "away.origin.test", "/")).isEqualTo("one");
        assertThat(shell("away", "md5sum /www/large")).isEqualTo(sum);

        page("origin", "two");
        servers.succeed("checkpoint", "create", "-e", "origin", "monday");
        servers.succeed("env", "refresh", "away");
        assertThat(asked(servers.node, "away.origin.test", "/")).isEqualTo("two");
        assertThat(volume("away").primary()).isEqualTo(other);

        String id = volume("origin").id();
        servers.succeed("down", "-e", "origin", "--volumes");
        servers.succeed("env", "reset", "away");
        assertThat(asked(servers.node, "away.origin.test", "/")).isEqualTo("two");
        Path pool = servers.lab.node(other).root().resolve("var/lib/flocker/pool/volumes");
        servers.await("what was lent to be given back", () -> Files.notExists(pool.resolve(id)));
        servers.succeed("env", "rm", "away");
    }

    @Test
    @Order(8)
    void aBranchThatComesAgainFindsTheNetworkThatItHad() throws Exception {
        servers.succeed("env", "branch", "staging", "again", "--from", "fresh");
        String networks = networks("again");
        assertThat(networks).isNotBlank();
        servers.succeed("env", "rm", "again");
        assertThat(networks("again")).as("an hour long").isEqualTo(networks);
        servers.succeed("env", "branch", "staging", "again", "--from", "fresh");
        assertThat(networks("again")).isEqualTo(networks);
        assertThat(sql("again", COUNT)).isEqualTo("2");
        assertThat(asked(servers.lab.node("n2"), "again.shop.test", "/")).isEqualTo("as it was");
        servers.succeed("env", "rm", "again");
    }

    private static String networks(String environment) throws IOException {
        var all = new StringBuilder();
        for (LabNode node : servers.lab.nodes()) {
            all.append(node.docker("network", "ls", "-q", "--filter", "label=io.flocker.environment=" + environment));
        }
        return all.toString();
    }

    @Test
    @Order(9)
    void branchesOutliveTheirOriginAndLeaveNothingBehind() throws Exception {
        servers.succeed("env", "branch", "alice", "carol");
        servers.succeed("down", "-e", "staging", "--volumes");
        assertThat(sql("carol", COUNT)).isEqualTo("3");
        servers.succeed("env", "reset", "bob");
        assertThat(sql("bob", COUNT)).isEqualTo("2");
        assertThat(servers.flocker("env", "refresh", "alice").errors()).contains("staging", "is gone");

        servers.succeed("env", "rm", "alice");
        assertThat(asked(servers.node, "carol.alice.shop.test", "/")).isEqualTo("monday");
        servers.succeed("env", "rm", "bob", "carol");
        assertThat(servers.succeed("volume", "ls", "-q")).isBlank();
    }
}
