package io.flocker.verify.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.agent.program.Program;
import io.flocker.lab.LabNode;
import io.flocker.verify.server.Load;
import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Releases that follow each other on three servers, while they are used.
@Tag("engine")
class UpgradesTest {
    private static final int SECONDS = 40;
    private static final String COUNT = "SELECT count(*) FROM notes";

    private static Servers servers;

    @BeforeAll
    static void up() throws Exception {
        servers = new Servers(6, "4G", 3);
    }

    @AfterAll
    static void down() throws Exception {
        servers.close();
    }

    private static Path web(String environment, int port, String image) throws IOException {
        return servers.compose(environment, """
                services:
                  web:
                    image: IMAGE
                    command: httpd -f -p 8080 -h /www
                    ports: ["PORT:8080"]
                    deploy: {replicas: 4, update_config: {monitor: 1s}}
                    stop_grace_period: 1s
                """.replace("IMAGE", image).replace("PORT", Integer.toString(port)));
    }

    /// An image that serves `text`, in the lab's registry.
    private static String page(String name, String text) throws IOException, InterruptedException {
        LabNode node = servers.node;
        String container = node.docker(
                        "run", "-d", "flocker/busybox:1", "sh", "-c", "echo " + text + " > /www/index.html")
                .strip();
        node.docker("wait", container);
        return pushed(container, name);
    }

    /// An image like another one that only runs `command`, in the lab's registry.
    private static String running(String from, String name, String command) throws Exception {
        String container = servers.node.docker("create", from, "true").strip();
        return pushed(container, name, "--change", "ENTRYPOINT [\"/bin/sh\", \"-c\", \"" + command + "\"]");
    }

    private static String pushed(String container, String name, String... changes)
            throws IOException, InterruptedException {
        String image = servers.lab.registryAddress() + "/" + name;
        servers.node.docker(Stream.of(Stream.of("commit"), Stream.of(changes), Stream.of(container, image))
                .flatMap(words -> words)
                .toArray(String[]::new));
        servers.node.docker("rm", container);
        Program.of("docker", "-H", servers.node.engineSocket(), "push", "-q", image)
                .within(Duration.ofMinutes(3))
                .run();
        return image;
    }

    private static Load during(String name, int port, Load.Fault fault) throws Exception {
        return Load.during(name, "http://" + servers.node.address() + ":" + port + "/", SECONDS, fault);
    }

    @Test
    void anImagePushedUnderTheSameNameReplacesTheOldOneWithoutAFailedRequest() throws Exception {
        String image = page("page:latest", "one");
        servers.succeed("up", "-f", web("pushed", 8601, image).toString());
        assertThat(servers.get(8601, "/")).isEqualTo("one\n");
        page("page:latest", "two");

        Load load = during("upgrade to what was pushed", 8601, () -> {
            servers.succeed("upgrade", "-e", "pushed", "web");
        });

        assertThat(servers.get(8601, "/")).isEqualTo("two\n");
        assertThat(load.requests()).isPositive();
        assertThat(load.failed()).isZero();
        assertThat(servers.succeed("history", "-e", "pushed", "web")).contains("current", "earlier");
        assertThat(servers.succeed("upgrade", "-e", "pushed", "web")).contains("Nothing to change");

        String third = page("page:3", "three");
        Load back = during("upgrade and back", 8601, () -> {
            servers.succeed("upgrade", "-e", "pushed", "web", "--image", third);
            servers.succeed("upgrade", "-e", "pushed", "web", "--undo");
        });
        assertThat(servers.get(8601, "/")).isEqualTo("two\n");
        assertThat(back.failed()).isZero();
    }

    @Test
    void aServiceThatFollowsItsTagTakesWhatIsPushedAndNotWhatSomebodyWentBackFrom() throws Exception {
        String image = page("follows:1", "one");
        Path file = servers.compose("follows", """
                services:
                  web:
                    image: IMAGE
                    command: httpd -f -p 8080 -h /www
                    ports: ["8605:8080"]
                    deploy: {replicas: 4, update_config: {monitor: 1s}}
                    stop_grace_period: 1s
                    x-flocker: {upgrade: {watch: true, interval: 5s}}
                """.replace("IMAGE", image));
        servers.succeed("up", "-f", file.toString());
        assertThat(servers.get(8605, "/")).isEqualTo("one\n");
        assertThat(servers.succeed("history", "-e", "follows", "web"))
                .as("its content is known from the start")
                .contains("sha256:");

        Load load = during("a push to a tag that is followed", 8605, () -> {
            page("follows:1", "two");
            awaitRelease("follows", 2);
        });

        assertThat(load.requests()).isPositive();
        assertThat(load.failed()).isZero();
        assertThat(servers.get(8605, "/")).isEqualTo("two\n");
        assertThat(servers.succeed("events", "-e", "follows"))
                .contains("web follows " + image + ": new content sha256:");

        servers.succeed("upgrade", "-e", "follows", "web", "--undo");
        Thread.sleep(Duration.ofSeconds(12));
        assertThat(servers.get(8605, "/")).isEqualTo("one\n");
        assertThat(servers.succeed("status", "follows")).contains("somebody went back from that");
        page("follows:1", "three");
        awaitRelease("follows", 4);
        assertThat(servers.get(8605, "/")).isEqualTo("three\n");
    }

    /// Waits until an upgrade that nobody asked for is over.
    private static void awaitRelease(String environment, int release) throws IOException, InterruptedException {
        servers.await(
                "release " + release + " to run",
                () -> servers.succeed("history", "-e", environment, "web")
                                .lines()
                                .anyMatch(line -> line.strip().startsWith(release + " ") && line.contains("current"))
                        && !servers.succeed("status", environment).contains("operation "));
    }

    @Test
    void theOldReleaseServesOnIfTheNewOneDoesNotStayUp() throws Exception {
        servers.succeed("up", "-f", web("broken", 8602, "flocker/busybox:1").toString());
        String broken = running("flocker/busybox:1", "broken:1", "exit 1");

        Load load = during("upgrade to a broken image", 8602, () -> {
            Servers.Answer answer = servers.flocker("upgrade", "-e", "broken", "web", "--image", broken);
            assertThat(answer.exitCode()).isNotZero();
            assertThat(answer.errors()).contains("ended", "flocker logs broken web");
        });

        assertThat(servers.get(8602, "/")).isEqualTo("hello\n");
        assertThat(load.failed()).isZero();
        assertThat(servers.succeed("history", "-e", "broken", "web")).contains("failed");
        Servers.Answer absent = servers.flocker(
                "upgrade", "-e", "broken", "web", "--image", servers.lab.registryAddress() + "/nowhere:1");
        assertThat(absent.exitCode()).isNotZero();
        assertThat(absent.errors()).contains("There is no image", "check the name");
        assertThat(servers.get(8602, "/")).isEqualTo("hello\n");
    }

    @Test
    void aDatabaseWhoseNewReleaseRuinsItsDataHasItsDataBack() throws Exception {
        Path file = servers.compose("ruined", """
                services:
                  db:
                    image: flocker/postgres:15
                    environment: {POSTGRES_PASSWORD: secret}
                    ports: ["8603:5432"]
                    volumes: ["data:/var/lib/postgresql/data"]
                    healthcheck: {test: ["CMD", "/usr/lib/postgresql/15/bin/pg_isready"], interval: 1s}
                    stop_grace_period: 10s
                volumes: {data: }
                """);
        servers.succeed("up", "-f", file.toString());
        sql("CREATE TABLE notes (text text)");
        sql("INSERT INTO notes SELECT 'note' FROM generate_series(1, 1000)");
        String ruins = running("flocker/postgres:15", "ruins:1", "rm -rf /var/lib/postgresql/data/base; exit 1");

        Servers.Answer answer = servers.flocker("upgrade", "-e", "ruined", "db", "--image", ruins);

        assertThat(answer.exitCode()).isNotZero();
        assertThat(answer.errors()).contains("db.1 ended");
        assertThat(sql(COUNT)).isEqualTo("1000");
        sql("INSERT INTO notes VALUES ('one more')");
        assertThat(sql(COUNT)).isEqualTo("1001");
        assertThat(servers.succeed("history", "-e", "ruined", "db")).contains("failed");
    }

    private static String sql(String statement) throws Exception {
        return servers.succeed(
                        "exec",
                        "-e",
                        "ruined",
                        "db",
                        "/usr/lib/postgresql/15/bin/psql",
                        "-U",
                        "postgres",
                        "-Atc",
                        statement)
                .strip();
    }

    @Test
    void scalesOutAndInAndToNothingAndBack() throws Exception {
        servers.succeed("up", "-f", web("scaled", 8604, "flocker/busybox:1").toString());
        Load load = during("scaling from 4 to 8 to 2", 8604, () -> {
            servers.succeed("scale", "-e", "scaled", "web=8");
            servers.succeed("scale", "-e", "scaled", "web=2");
        });
        assertThat(load.failed()).isZero();
        assertThat(servers.succeed("ps", "-e", "scaled").lines().filter(line -> line.contains("web.")))
                .hasSize(2);
        servers.succeed("scale", "-e", "scaled", "web=0");
        servers.succeed("scale", "-e", "scaled", "web=1");
        assertThat(servers.get(8604, "/")).isEqualTo("hello\n");
        assertThat(servers.flocker("scale", "-e", "scaled", "nothing=3").errors())
                .contains("has no service \"nothing\"; it has web");
    }
}
