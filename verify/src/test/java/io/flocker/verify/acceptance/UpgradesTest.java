package io.flocker.verify.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.verify.server.Load;
import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Releases that follow each other on three servers, while they are used.
@Tag("engine")
class UpgradesTest {
    private static final String COUNT = "SELECT count(*) FROM notes";

    private static Servers servers;
    private static LabImages images;

    @BeforeAll
    static void up() throws Exception {
        servers = new Servers(6, "4G", 3);
        images = new LabImages(servers);
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

    private static Load during(String name, int port, Load.Fault fault) throws Exception {
        return Load.beside(name, "http://" + servers.node.address() + ":" + port + "/", fault);
    }

    @Test
    void anImagePushedUnderTheSameNameReplacesTheOldOneWithoutAFailedRequest() throws Exception {
        String image = images.page("page:latest", "one");
        servers.succeed("up", "-f", web("pushed", 8601, image).toString());
        assertThat(servers.get(8601, "/")).isEqualTo("one\n");
        images.page("page:latest", "two");

        Load load = during("upgrade to what was pushed", 8601, () -> {
            servers.succeed("upgrade", "-e", "pushed", "web");
        });

        assertThat(servers.get(8601, "/")).isEqualTo("two\n");
        assertThat(load.requests()).isPositive();
        assertThat(load.failed()).isZero();
        assertThat(servers.succeed("history", "-e", "pushed", "web")).contains("current", "earlier");
        assertThat(servers.succeed("upgrade", "-e", "pushed", "web")).contains("Nothing to change");

        String third = images.page("page:3", "three");
        Load back = during("upgrade and back", 8601, () -> {
            servers.succeed("upgrade", "-e", "pushed", "web", "--image", third);
            servers.succeed("upgrade", "-e", "pushed", "web", "--undo");
        });
        assertThat(servers.get(8601, "/")).isEqualTo("two\n");
        assertThat(back.failed()).isZero();
    }

    @Test
    @Tag("soak") // It mostly waits.
    void anUpgradeWaitsForAsLongAsSomebodyWants() throws Exception {
        servers.succeed(
                "up", "-f", web("waits", 8604, images.page("waits:1", "one")).toString());
        String next = images.page("waits:2", "two");
        Load load = during("upgrade that is paused", 8604, () -> {
            String said = servers.succeed("upgrade", "--detach", "-e", "waits", "web", "--image", next)
                    .strip();
            String id = said.substring(said.lastIndexOf(' ') + 1);
            servers.succeed("op", "pause", id);
            TimeUnit.SECONDS.sleep(8);
            long before = ofRelease("waits", 1);
            assertThat(before).as("instances that nothing has replaced").isPositive();
            assertThat(servers.succeed("op", "ls", "-e", "waits")).containsPattern(id + " .* paused ");
            assertThat(servers.flocker("ps", "-e", "waits").errors()).contains("flocker op resume " + id);
            TimeUnit.SECONDS.sleep(4);
            assertThat(ofRelease("waits", 1)).isEqualTo(before);
            servers.succeed("op", "resume", id);
            servers.succeed("op", "show", "-f", id);
        });
        assertThat(load.failed()).isZero();
        assertThat(ofRelease("waits", 2)).isEqualTo(4);
        assertThat(servers.succeed("events", "-e", "waits")).contains("is paused by root", "goes on, as root says");
        servers.succeed("down", "-e", "waits");
    }

    /// How many instances of a release are there.
    private static long ofRelease(String environment, int release) throws IOException {
        return servers.succeed("ps", "-e", environment)
                .lines()
                .filter(line -> line.startsWith("web.") && line.split(" +", -1)[2].equals(Integer.toString(release)))
                .count();
    }

    /// Other nodes know the port only from the image, and the next image is not theirs.
    @Test
    @Tag("soak") // A variant of other cases.
    void aServiceWithoutDeclaredPortsIsReachedFromOtherNodesThroughout() throws Exception {
        String image = images.page("exposed:latest", "one");
        servers.succeed(
                "up",
                "-f",
                servers.compose("exposed", """
                services:
                  web:
                    image: IMAGE
                    command: httpd -f -p 8080 -h /www
                    deploy: {update_config: {monitor: 1s}, placement: {constraints: [node.name == n1]}}
                    stop_grace_period: 1s
                  client:
                    image: flocker/busybox:1
                    command: sleep 100000
                    deploy: {placement: {constraints: [node.name == n3]}}
                    stop_grace_period: 1s
                """.replace("IMAGE", image)).toString());
        servers.await("the page", () -> asked().contains("one"));
        images.page("exposed:latest", "two");
        var answers = CompletableFuture.supplyAsync(() -> {
            try {
                var said = new StringBuilder();
                while (said.indexOf("two") < 0 && said.length() < 100_000) {
                    said.append(asked());
                }
                return said.toString();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });

        servers.succeed("upgrade", "-e", "exposed", "web");

        assertThat(answers.get(2, TimeUnit.MINUTES)).contains("one", "two").doesNotContain("failed");
        servers.succeed("down", "-e", "exposed");
    }

    /// By hand: a static busybox's wget crashes.
    private static String asked() throws IOException {
        return servers.succeed(
                "exec",
                "-e",
                "exposed",
                "client",
                "--",
                "sh",
                "-c",
                "web=$(awk '/web$/ {print $1}' /etc/hosts); for i in 1 2 3 4 5 6 7 8 9 10; do"
                        + " printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 20 $web 8080 | tail -n 1 | grep . || echo failed;"
                        + " sleep 0.1; done");
    }

    @Test
    @Tag("soak") // It takes more than a minute; WatcherTest has it without engines.
    void aServiceThatFollowsItsTagTakesWhatIsPushedAndNotWhatSomebodyWentBackFrom() throws Exception {
        String image = images.page("follows:1", "one");
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
            images.page("follows:1", "two");
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
        images.page("follows:1", "three");
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
        String broken = images.running("flocker/busybox:1", "broken:1", "exit 1");

        Load load = during("upgrade to a broken image", 8602, () -> {
            Servers.Answer answer = servers.flocker("upgrade", "-e", "broken", "web", "--image", broken);
            assertThat(answer.exitCode()).isNotZero();
            assertThat(answer.errors()).contains("ended", "flocker logs -e broken web");
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
                    healthcheck: {test: ["CMD", "/usr/lib/postgresql/15/bin/pg_isready"], interval: 10s}
                    stop_grace_period: 10s
                volumes: {data: }
                """);
        servers.succeed("up", "-f", file.toString());
        sql("CREATE TABLE notes (text text)");
        sql("INSERT INTO notes SELECT 'note' FROM generate_series(1, 1000)");
        String ruins = images.running("flocker/postgres:15", "ruins:1", "rm -rf /var/lib/postgresql/data/base; exit 1");

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
