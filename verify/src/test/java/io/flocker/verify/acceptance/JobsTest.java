package io.flocker.verify.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flocker.agent.program.Program;
import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/// A staging environment whose data is loaded by a job: a database, and `import`, which talks to it and writes into a
/// volume that it shares with a web server. One story, told in order.
@Tag("engine")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class JobsTest {
    private static Servers servers;

    @BeforeAll
    static void up() throws Exception {
        servers = new Servers(12, "4G", 1);
        servers.succeed("up", "-f", file(""));
    }

    @AfterAll
    static void down() throws Exception {
        servers.close();
    }

    /// @param schedules the file's own `x-flocker`
    private static String file(String schedules) throws IOException {
        return servers.compose("staging", """
                services:
                  db:
                    image: flocker/postgres:15
                    environment: {POSTGRES_PASSWORD: secret, PGPASSWORD: secret}
                    volumes: ["data:/var/lib/postgresql/data"]
                    healthcheck: {test: [CMD-SHELL, "pg_isready -h 127.0.0.1 -U postgres"], interval: 10s, retries: 6}
                    stop_signal: SIGINT
                  web:
                    image: flocker/busybox:1
                    command: httpd -f -p 8080 -h /pages
                    volumes: ["pages:/pages"]
                    x-flocker: {http: {hosts: [shop.test], port: 8080}}
                    stop_signal: SIGKILL
                  import:
                    image: flocker/postgres:15
                    entrypoint: ["bash", "-c"]
                    command:
                      - |
                        set -e
                        echo "importing $$WHAT"; echo "a warning" >&2
                        psql -h db -U postgres -c "CREATE TABLE IF NOT EXISTS notes (text varchar)"
                        psql -h db -U postgres -c "INSERT INTO notes VALUES ('$$WHAT')"
                        echo "$$WHAT" >> /www/index.html
                    environment: {PGPASSWORD: secret, WHAT: products}
                    volumes: ["pages:/www"]
                    depends_on: {db: {condition: service_healthy}}
                    x-flocker: {job: true}
                volumes: {data: , pages: }
                """ + schedules).toString();
    }

    private static String sql(String environment, String statement) throws IOException {
        return servers.succeed(
                        "exec", environment, "db", "--", "psql", "-h", "127.0.0.1", "-U", "postgres", "-tAc", statement)
                .strip();
    }

    private static String page(String host) throws IOException {
        return Program.of("curl", "-sS", "-m", "20", "-H", "Host: " + host, "http://" + servers.node.address() + "/")
                .run()
                .strip();
    }

    @Test
    @Order(1)
    void aJobRunsWhenItIsAskedForWithTheEnvironmentsVolumesAndNames() throws Exception {
        assertThat(servers.succeed("ps", "-e", "staging")).doesNotContain("import");
        assertThat(servers.succeed("run", "staging", "import", "--dry-run")).contains("import runs once on n1");

        var run = servers.flocker("run", "staging", "import");

        assertThat(run.exitCode()).as(run.errors()).isZero();
        assertThat(run.output()).contains("importing products", "INSERT 0 1");
        assertThat(run.errors()).contains("a warning");
        assertThat(sql("staging", "SELECT text FROM notes")).isEqualTo("products");
        assertThat(page("shop.test")).isEqualTo("products");
        servers.succeed("run", "-e", "staging", "import", "--env", "WHAT=prices");
        assertThat(page("shop.test")).isEqualTo("products\nprices");
    }

    @Test
    @Order(2)
    void itsExitStatusIsTheCommandsAndTheEndOfItsLogIsKept() throws Exception {
        var run = servers.flocker("run", "staging", "import", "--", "echo half; echo broken >&2; exit 3");

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.output()).isEqualTo("half\n");
        assertThat(servers.succeed("job", "ls", "-e", "staging")).contains("failed", "done");
        String id = servers.succeed("job", "ls", "-e", "staging", "-q")
                .lines()
                .findFirst()
                .orElseThrow();
        assertThat(servers.succeed("job", "show", id)).contains("exit code 3", "half", "broken");
        assertThat(servers.flocker("run", "staging", "import", "--timeout", "1s", "--", "echo on; exec sleep 60")
                        .errors())
                .contains("Time is up");
        assertThat(servers.flocker("run", "staging", "web").errors()).contains("web", "runs by itself", "import");
        assertThat(servers.flocker("run", "staging", "import", "-o", "json", "--", "true")
                        .output())
                .contains("\"exitCode\" : 0");
    }

    @Test
    @Order(3)
    void whileItRunsNothingElseChangesItsEnvironment() throws Exception {
        String run = servers.succeed("run", "staging", "import", "--detach", "--", "exec sleep 60");
        String id = run.substring(run.indexOf("Run ") + 4).strip();

        assertThat(servers.flocker("restart", "-e", "staging", "web").errors()).contains(id, "is changing it");

        servers.succeed("op", "cancel", id);
        servers.flocker("op", "show", "-f", id);
        assertThat(servers.succeed("job", "show", id)).contains("cancelled");
        servers.succeed("restart", "-e", "staging", "web");
    }

    @Test
    @Order(4)
    void aScheduleImportsChecksAndRefreshesAndOneThatFailsHalfwayLeavesWhatWas() throws Exception {
        servers.succeed("checkpoint", "create", "-e", "staging", "fresh");
        servers.succeed("env", "branch", "staging", "alice", "--from", "fresh");
        String before = page("alice.shop.test");
        String said = servers.succeed("up", "-f", file("""
                x-flocker:
                  schedules:
                    nightly:
                      schedule: "0 3 * * *"
                      time_zone: Europe/Paris
                      steps: [run: import, checkpoint: fresh, refresh: [alice]]
                    broken:
                      schedule: "0 4 * * *"
                      notify: http://127.0.0.1:1/
                      steps:
                        - {run: import, command: ["echo half >> /www/index.html; echo no disk >&2; exit 3"]}
                        - checkpoint: fresh
                        - refresh: [alice]
                """));
        assertThat(said).contains("+ schedule nightly (0 3 * * * Europe/Paris): run import; checkpoint fresh");
        assertThat(servers.succeed("schedule", "ls", "-e", "staging")).contains("nightly", "broken", "T02:00");
        String fresh = servers.succeed("checkpoint", "ls", "-e", "staging", "-o", "json");

        var broken = servers.flocker("schedule", "run", "staging/broken");

        assertThat(broken.exitCode()).as(broken.errors()).isEqualTo(1);
        assertThat(broken.output()).contains("run import", "exit code 3");
        assertThat(servers.succeed("schedule", "history", "staging/broken", "--log"))
                .contains("failed", "no disk");
        assertThat(servers.succeed("checkpoint", "ls", "-e", "staging", "-o", "json"))
                .isEqualTo(fresh);
        assertThat(page("alice.shop.test")).isEqualTo(before);
        assertThat(servers.succeed("events", "-e", "staging")).contains("Run 1 failed: run import");

        var nightly = servers.flocker("schedule", "run", "staging/nightly");

        assertThat(nightly.exitCode()).as(nightly.output() + nightly.errors()).isZero();
        assertThat(nightly.output()).contains("run import", "checkpoint fresh", "refresh alice", "done");
        assertThat(page("alice.shop.test")).isEqualTo(before + "\nhalf\nproducts");
        assertThat(sql("alice", "SELECT count(*) FROM notes")).isEqualTo("3");
        assertThat(servers.succeed("checkpoint", "ls", "-e", "staging", "-o", "json"))
                .isNotEqualTo(fresh)
                .doesNotContain("fresh.next");
        await().atMost(Duration.ofSeconds(60))
                .until(() -> servers.succeed("events", "-e", "staging")
                        .contains("Nobody could be told that run 1 failed: it could not be reached"));
    }

    @Test
    @Tag("soak") // It waits for a full minute.
    @Order(5)
    void oneOfEveryMinuteRunsByItself() throws Exception {
        servers.succeed("up", "-f", file("""
                x-flocker:
                  schedule: "* * * * *"
                  steps: [run: import, checkpoint: fresh, refresh: [alice]]
                """));
        assertThat(servers.succeed("schedule", "ls", "-e", "staging"))
                .contains("default")
                .doesNotContain("nightly");

        await().atMost(Duration.ofSeconds(150))
                .pollInterval(Duration.ofSeconds(2))
                .until(() -> servers.succeed("schedule", "ls", "-e", "staging").contains(" done"));

        servers.succeed("schedule", "pause", "staging/default");
        assertThat(servers.succeed("schedule", "history", "staging/default")).contains("by schedule", "refresh alice");
        assertThat(Integer.parseInt(sql("alice", "SELECT count(*) FROM notes"))).isGreaterThanOrEqualTo(4);
        assertThat(servers.succeed("schedule", "ls", "-e", "staging")).contains("paused");
    }
}
