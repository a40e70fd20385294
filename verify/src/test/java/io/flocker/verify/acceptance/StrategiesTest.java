package io.flocker.verify.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.verify.server.Load;
import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Upgrades by other strategies than rolling, on three servers, while they are used.
@Tag("engine")
class StrategiesTest {
    private static Servers servers;
    private static LabImages images;

    @BeforeAll
    static void up() throws Exception {
        servers = new Servers(23, "4G", 3);
        images = new LabImages(servers);
    }

    @AfterAll
    static void down() throws Exception {
        servers.close();
    }

    private static Path web(String environment, int port, String image, String upgrade) throws IOException {
        return servers.compose(environment, """
                services:
                  web:
                    image: IMAGE
                    command: httpd -f -p 8080 -h /www
                    ports: ["PORT:8080"]
                    deploy: {replicas: 4, update_config: {monitor: 5s}}
                    x-flocker: {upgrade: UPGRADE}
                    stop_grace_period: 1s
                """.replace("IMAGE", image)
                .replace("PORT", Integer.toString(port))
                .replace("UPGRADE", upgrade));
    }

    private static Load during(String name, int port, Load.Fault fault) throws Exception {
        return Load.beside(name, "http://" + servers.node.address() + ":" + port + "/", fault);
    }

    /// The answers to requests one after the other.
    private static List<String> answers(int port, int requests) throws IOException, InterruptedException {
        var answers = new ArrayList<String>();
        for (int request = 0; request < requests; request++) {
            answers.add(servers.get(port, "/").strip());
        }
        return answers;
    }

    @Test
    @Tag("soak") // The simulation has it too.
    void blueGreenSwitchesEveryInstanceAtOnceWithoutAFailedRequest() throws Exception {
        String blue = images.page("colour:blue", "blue");
        String green = images.page("colour:green", "green");
        servers.succeed(
                "up", "-f", web("colours", 8611, blue, "{strategy: blue-green}").toString());
        assertThat(answers(8611, 8)).containsOnly("blue");

        Load load = during("blue-green upgrade", 8611, () -> {
            servers.succeed("upgrade", "-e", "colours", "web", "--image", green);
            assertThat(answers(8611, 20)).containsOnly("green");
        });

        assertThat(load.requests()).isPositive();
        assertThat(load.failed()).isZero();
        assertThat(servers.succeed("ps", "-e", "colours").lines().filter(line -> line.contains("web.")))
                .hasSize(4);
        assertThat(servers.succeed("events", "-e", "colours")).contains("Release 2 of web takes the requests");
        Load back = during("blue-green back", 8611, () -> {
            servers.succeed("upgrade", "-e", "colours", "web", "--undo");
        });
        assertThat(back.failed()).isZero();
        assertThat(answers(8611, 8)).containsOnly("blue");
    }

    @Test
    @Tag("soak") // The simulation has it too.
    void noRequestReachesABlueGreenReleaseThatDoesNotStayUp() throws Exception {
        String blue = images.page("stays:1", "stays");
        servers.succeed(
                "up", "-f", web("fails", 8612, blue, "{strategy: blue-green}").toString());
        String broken = images.running("flocker/busybox:1", "breaks:1", "exit 1");

        Load load = during("blue-green upgrade to a broken image", 8612, () -> {
            Servers.Answer answer = servers.flocker("upgrade", "-e", "fails", "web", "--image", broken);
            assertThat(answer.exitCode()).isNotZero();
            assertThat(answer.errors()).contains("ended", "what was there before runs again");
        });

        assertThat(load.failed()).isZero();
        assertThat(answers(8612, 8)).containsOnly("stays");
        assertThat(servers.succeed("events", "-e", "fails")).doesNotContain("takes the requests");
    }

    @Test
    void aCanaryGetsItsShareAndThenTheRestFollows() throws Exception {
        String before = images.page("share:1", "before");
        String after = images.page("share:2", "after");
        servers.succeed(
                "up",
                "-f",
                web("shares", 8613, before, "{strategy: canary, canary: {weight: 20, for: 25s}}")
                        .toString());
        var shares = new ArrayList<Long>();

        Load load = during("canary", 8613, () -> {
            Thread upgrade = Thread.startVirtualThread(() -> {
                try {
                    servers.succeed("upgrade", "-e", "shares", "web", "--image", after);
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            await(8613, "after");
            // Until every node's proxy knows the weights.
            Thread.sleep(Duration.ofSeconds(3));
            List<String> answers = answers(8613, 500);
            shares.add(answers.stream().filter("after"::equals).count());
            upgrade.join();
        });

        assertThat(shares).allMatch(ofFiveHundred -> ofFiveHundred > 60 && ofFiveHundred < 140);
        assertThat(load.failed()).isZero();
        assertThat(answers(8613, 8)).containsOnly("after");
        assertThat(servers.succeed("events", "-e", "shares")).contains("gets about 20 % of the requests for 25 s");
    }

    @Test
    @Tag("soak") // The simulation has it too.
    void aCanaryThatFailsLeavesEverythingAsItWas() throws Exception {
        String before = images.page("unhurt:1", "unhurt");
        servers.succeed(
                "up",
                "-f",
                web("unhurt", 8614, before, "{strategy: canary, canary: {weight: 20, for: 1m}}")
                        .toString());
        String broken = images.running("flocker/busybox:1", "hurts:1", "sleep 2; exit 1");

        Load load = during("broken canary", 8614, () -> {
            Servers.Answer answer = servers.flocker("upgrade", "-e", "unhurt", "web", "--image", broken);
            assertThat(answer.exitCode()).isNotZero();
            assertThat(answer.errors()).contains("ended", "what was there before runs again");
        });

        assertThat(load.requests()).isPositive();
        assertThat(answers(8614, 8)).containsOnly("unhurt");
    }

    @Test
    @Tag("soak") // The simulation has it too.
    void aCanaryWhoseRequestsFailGoes() throws Exception {
        String before = images.page("errors:1", "good");
        // Without a check of any kind: errors are seen only in what users get.
        Path file = web("errors", 8615, before, "{strategy: canary, canary: {weight: 20, for: 2m, max_errors: 5%}}");
        Files.writeString(file, Files.readString(file) + "    healthcheck: {disable: true}\n");
        servers.succeed("up", "-f", file.toString());
        // Answers every connection with an error, once it has read the request.
        String errors = images.running(
                "flocker/busybox:1",
                "errors:2",
                "while true; do printf 'HTTP/1.0 500 Broken\\r\\n\\r\\n' | nc -l -p 8080 > /dev/null; done");

        during("canary with errors", 8615, () -> {
            Servers.Answer answer = servers.flocker("upgrade", "-e", "errors", "web", "--image", errors);
            assertThat(answer.exitCode()).isNotZero();
            assertThat(answer.errors()).contains("The canary of web failed", "at most 5 %");
        });

        assertThat(answers(8615, 8)).containsOnly("good");
    }

    private static void await(int port, String answer) throws IOException, InterruptedException {
        long patience = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        while (!answers(port, 20).contains(answer)) {
            assertThat(System.nanoTime()).as("in time").isLessThan(patience);
        }
    }

    @Test
    void whatHasDataCannotBeUpgradedByAnotherStrategy() throws Exception {
        Path file = servers.compose("data", """
                services:
                  db:
                    image: flocker/busybox:1
                    volumes: ["data:/data"]
                    x-flocker: {upgrade: {strategy: blue-green}}
                volumes: {data: }
                """);
        Servers.Answer answer = servers.flocker("up", "-f", file.toString());
        assertThat(answer.exitCode()).isNotZero();
        assertThat(answer.errors()).contains("only one can have volume data", "use strategy: rolling");
    }
}
