package io.flocker.verify.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.agent.program.Program;
import io.flocker.verify.server.Servers;
import java.io.IOException;
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
                    healthcheck: {test: [CMD-SHELL, "pg_isready -h 127.0.0.1 -U postgres"], interval: 500ms, retries: 120}
                    stop_signal: SIGINT
                  web:
                    image: flocker/busybox:1
                    command: httpd -f -p 8080 -h /pages
                    volumes: ["pages:/pages"]
                    x-flocker: {http: {hosts: [shop.test], port: 8080}}
                    stop_grace_period: 1s
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
        return Program.of(
                        "curl", "-sS", "-m", "20", "-H", "Host: " + host, "http://" + servers.node.address() + "/")
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
        String id = servers.succeed("job", "ls", "-e", "staging", "-q").lines().findFirst().orElseThrow();
        assertThat(servers.succeed("job", "show", id)).contains("exit code 3", "half", "broken");
        assertThat(servers.flocker("run", "staging", "import", "--timeout", "1s", "--", "echo on; exec sleep 60")
                        .errors())
                .contains("Time is up");
        assertThat(servers.flocker("run", "staging", "web").errors()).contains("web", "runs by itself", "import");
        assertThat(servers.flocker("run", "staging", "import", "-o", "json", "--", "true").output())
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
}
