package io.flocker.verify.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.lab.LabNode;
import io.flocker.verify.server.Load;
import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Upgrades and scaling that cannot work, or that lose something on their way: what the old release could have served
/// is served, and the answer says what to do.
@Tag("engine")
class UpgradeFaultsTest {
    private static final String IMAGE = "flocker/busybox:1";

    private static Servers servers;
    private static LabImages images;

    @BeforeAll
    static void up() throws Exception {
        servers = new Servers(7, "4G", 3);
        images = new LabImages(servers);
    }

    @AfterAll
    static void down() throws Exception {
        servers.close();
    }

    /// Four instances that answer "hello", each to serve for four seconds before the one it replaces goes.
    private static void web(String environment, int port) throws IOException {
        String file = servers.compose(environment, """
                services:
                  web:
                    image: IMAGE
                    command: httpd -f -p 8080 -h /www
                    ports: ["PORT:8080"]
                    deploy: {replicas: 4, update_config: {monitor: 4s}}
                    stop_grace_period: 1s
                """.replace("IMAGE", IMAGE).replace("PORT", Integer.toString(port)))
                .toString();
        servers.succeed("up", "-f", file);
    }

    private static Load during(String name, int port, Load.Fault fault) throws Exception {
        return Load.beside(name, "http://" + servers.node.address() + ":" + port + "/", fault);
    }

    /// One that goes on meanwhile.
    private static CompletableFuture<Servers.Answer> upgrading(String environment, String image) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return servers.flocker("upgrade", "-e", environment, "web", "--image", image);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    /// @return how many requests failed
    private static long goesBack(String environment, int port, String command, String... told) throws Exception {
        web(environment, port);
        String image = images.running(IMAGE, environment + ":1", command);

        Load load = during(environment, port, () -> {
            Servers.Answer answer = servers.flocker("upgrade", "-e", environment, "web", "--image", image);
            assertThat(answer.exitCode()).isNotZero();
            assertThat(answer.errors()).contains(told);
        });

        assertThat(load.requests()).isPositive();
        assertThat(servers.get(port, "/")).isEqualTo("hello\n");
        assertThat(servers.succeed("history", "-e", environment, "web")).contains("failed");
        servers.succeed("down", "-e", environment);
        return load.failed();
    }

    /// What it has begun to answer when it ends is lost: at most a request for each connection.
    @Test
    void aReleaseThatServesAndThenEndsGoesBack() throws Exception {
        long failed = goesBack(
                "crashing", 8611, "httpd -p 8080 -h /www; sleep 2; exit 3", "web.", "exit code 3", "flocker logs");
        assertThat(failed).isLessThanOrEqualTo(Load.CONNECTIONS);
    }

    @Test
    void aReleaseThatAnswersWithErrorsGoesBackAndNoneOfThemReachesAnybody() throws Exception {
        long failed = goesBack(
                "erring",
                8612,
                "while true; do printf 'HTTP/1.1 500 Oops\\\\r\\\\nContent-Length: 0\\\\r\\\\nConnection: close\\\\r\\\\n\\\\r\\\\n'"
                        + " | nc -l -p 8080; done",
                "is unhealthy",
                "answers GET / with a server error");
        assertThat(failed).isZero();
    }

    @Test
    @Tag("soak") // ReleaseTest has the refusal.
    void aSecondUpgradeDuringTheFirstIsRefusedAndTheFirstEndsWell() throws Exception {
        web("twice", 8613);
        String one = images.page("twice:1", "one");
        String two = images.page("twice:2", "two");
        CompletableFuture<Servers.Answer> first = upgrading("twice", one);
        servers.await(
                "the first upgrade", () -> servers.succeed("ps", "-e", "twice").contains("web.5"));

        Servers.Answer second = servers.flocker("upgrade", "-e", "twice", "web", "--image", two);

        assertThat(second.exitCode()).isNotZero();
        assertThat(second.errors()).contains("Cannot deploy twice", "wait for it, or cancel it with flocker op cancel");
        assertThat(first.get(3, TimeUnit.MINUTES).exitCode()).isZero();
        assertThat(servers.get(8613, "/")).isEqualTo("one\n");
        servers.succeed("down", "-e", "twice");
    }

    @Test
    void anUpgradeGoesOnWhenTheLeaderIsLost() throws Exception {
        web("leaderless", 8614);
        String next = images.page("leaderless:1", "next");
        LabNode leader = leader();
        LabNode other = servers.lab.node(leader.name().equals("n3") ? "n2" : "n3");

        Load load = Load.beside("loss of the leader", "http://" + other.address() + ":8614/", () -> {
            CompletableFuture<Servers.Answer> upgrade = upgrading("leaderless", next);
            servers.await(
                    "the upgrade to begin",
                    () -> servers.succeed("ps", "-e", "leaderless").contains("web.5"));
            leader.kill(LabNode.Part.DAEMON);
            TimeUnit.SECONDS.sleep(5);
            leader.startDaemon(servers.home);
            upgrade.join();
            servers.await(
                    "the new release on all instances",
                    () -> servers.get(8614, "/").equals("next\n")
                            && servers.succeed("history", "-e", "leaderless", "web")
                                    .contains("current"));
        });

        assertThat(load.failed()).isZero();
        servers.succeed("down", "-e", "leaderless");
    }

    private static LabNode leader() throws IOException {
        String line = servers.succeed("node", "ls")
                .lines()
                .filter(each -> each.contains("leader"))
                .findFirst()
                .orElseThrow(() -> new IOException("No node leads"));
        return servers.lab.node(line.split(" ", 2)[0]);
    }

    @Test
    @Tag("soak") // The simulation has it too.
    void anEngineThatRestartsOnTheWayCostsNoRequestOfTheOtherNodes() throws Exception {
        web("restarted", 8615);
        String next = images.page("restarted:1", "next");
        LabNode away = servers.lab.node("n3");

        Load load = during("restart of an engine during an upgrade", 8615, () -> {
            CompletableFuture<Servers.Answer> upgrade = upgrading("restarted", next);
            TimeUnit.SECONDS.sleep(3);
            away.stop(LabNode.Part.ENGINE);
            away.startEngine();
            upgrade.join();
        });

        // Connections that its own instances had are broken; nobody else's.
        assertThat(load.failed()).isLessThan(load.requests() / 100);
        servers.await("the new release", () -> servers.get(8615, "/").equals("next\n"));
        servers.succeed("down", "-e", "restarted");
    }

    @Test
    @Tag("soak") // Placement has its own tests.
    void whatFitsOfTooLargeACountIsStartedAndTheRestExplained() throws Exception {
        String file = servers.compose("large", """
                services:
                  web:
                    image: IMAGE
                    command: httpd -f -p 8080 -h /www
                    ports: ["8616:8080"]
                    deploy: {placement: {max_replicas_per_node: 1}}
                    stop_grace_period: 1s
                """.replace("IMAGE", IMAGE)).toString();
        servers.succeed("up", "-f", file);

        Servers.Answer answer = servers.flocker("scale", "-e", "large", "web=5");

        assertThat(answer.exitCode()).isZero();
        assertThat(answer.output() + answer.errors())
                .contains("web", "node n1 has 1 instances of it, which is the most");
        servers.await(
                "three instances",
                () -> servers.succeed("ps", "-e", "large")
                                .lines()
                                .filter(line -> line.contains("web."))
                                .count()
                        == 3);
        assertThat(servers.get(8616, "/")).isEqualTo("hello\n");
        servers.succeed("down", "-e", "large");
    }

    @Test
    void aPortThatSomethingElseHasOnOneNodeIsToldWithItsNode() throws Exception {
        LabNode node = servers.lab.node("n2");
        Process other = new ProcessBuilder(node.inside("busybox", "nc", "-l", "-p", "8617")).start();
        try {
            String file = servers.compose("taken", """
                    services:
                      web:
                        image: IMAGE
                        command: httpd -f -p 8080 -h /www
                        ports: ["8617:8080"]
                        stop_grace_period: 1s
                    """.replace("IMAGE", IMAGE)).toString();

            Servers.Answer answer = servers.flocker("up", "-f", file);

            assertThat(answer.output() + answer.errors() + servers.succeed("status"))
                    .contains("8617", "n2");
            // After a burst of changes a proxy rests before it opens the next door.
            servers.await("the other nodes' doors", () -> opens(8617));
            assertThat(servers.get(8617, "/")).isEqualTo("hello\n");
        } finally {
            other.destroy();
            other.waitFor();
            servers.flocker("down", "-e", "taken");
        }
    }

    private static boolean opens(int port) throws IOException, InterruptedException {
        try {
            servers.get(port, "/");
            return true;
        } catch (ConnectException e) {
            return false;
        }
    }

    @Test
    void aHealthCheckDoesNotWaitForItsInterval() throws Exception {
        String file = servers.compose("checked", """
                services:
                  web:
                    image: IMAGE
                    command: httpd -f -p 8080 -h /www
                    healthcheck: {test: [CMD, wget, -q, -O, /dev/null, "http://127.0.0.1:8080/"], interval: 10m}
                    stop_grace_period: 1s
                """.replace("IMAGE", IMAGE)).toString();

        long begun = System.nanoTime();
        servers.succeed("up", "-f", file);

        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofMinutes(1));
        assertThat(servers.succeed("ps", "-e", "checked")).contains("healthy");
        servers.succeed("down", "-e", "checked");
    }

    @Test
    void aRegistryThatDoesNotAnswerOrIsNotTrustedIsToldAndChangesNothing() throws Exception {
        web("unreachable", 8618);

        Servers.Answer away = servers.flocker("upgrade", "-e", "unreachable", "web", "--image", "127.0.0.1:9/web:2");

        assertThat(away.exitCode()).isNotZero();
        assertThat(away.errors()).contains("127.0.0.1:9");
        assertThat(servers.get(8618, "/")).isEqualTo("hello\n");
        servers.succeed("down", "-e", "unreachable");
    }
}
