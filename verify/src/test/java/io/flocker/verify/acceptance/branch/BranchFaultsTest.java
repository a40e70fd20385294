package io.flocker.verify.acceptance.branch;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.lab.LabNode;
import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/// What goes wrong while branches are made, reset and refreshed, on three servers.
@Tag("engine")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BranchFaultsTest {
    private static final String DATA = "/data/text";

    private static Servers servers;

    @BeforeAll
    static void up() throws Exception {
        servers = new Servers(16, "2G", 3);
        servers.succeed("up", "-f", servers.compose("staging", """
                services:
                  db:
                    image: flocker/busybox:1
                    command: sh -c "test ! -e /data/damaged || { echo the data is damaged; exit 3; }; exec httpd -f -p 8080 -h /www"
                    volumes: ["data:/data"]
                    deploy: {placement: {constraints: [node.name == n2]}}
                    stop_signal: SIGKILL
                  web:
                    image: flocker/busybox:1
                    command: httpd -f -p 8080 -h /www
                    volumes: ["pages:/data"]
                    deploy: {placement: {constraints: [node.name == n3]}}
                    stop_signal: SIGKILL
                volumes: {data: , pages: }
                """).toString());
        write("staging", "first");
        servers.succeed("checkpoint", "create", "-e", "staging", "fresh");
    }

    @AfterAll
    static void down() throws Exception {
        servers.close();
    }

    @AfterEach
    void noBranchIsLeft() throws Exception {
        for (LabNode node : servers.lab.nodes()) {
            node.unfill();
        }
        for (String environment : environments()) {
            if (!environment.equals("staging")) {
                servers.succeed("env", "rm", environment);
            }
        }
        assertThat(servers.succeed("volume", "ls", "-q").lines()).hasSize(2);
    }

    private static void write(String environment, String text) throws IOException {
        for (String service : List.of("db", "web")) {
            servers.succeed("exec", environment, service, "--", "sh", "-c", "echo " + text + " > " + DATA + "; sync");
        }
    }

    private static String read(String environment) throws IOException {
        List<String> texts = new ArrayList<>();
        for (String service : List.of("db", "web")) {
            texts.add(servers.succeed("exec", environment, service, "--", "cat", DATA)
                    .strip());
        }
        return String.join(" ", texts);
    }

    private static List<String> environments() throws IOException {
        return servers.succeed("env", "ls", "-q").lines().toList();
    }

    private static String[] branches(int count) {
        List<String> words = new ArrayList<>(List.of("env", "branch", "staging", "--from", "fresh"));
        IntStream.rangeClosed(1, count).forEach(number -> words.add("b" + number));
        return words.toArray(String[]::new);
    }

    @Test
    @Order(1)
    void withoutRoomForTheSixthOfTenFiveStayAndTheRestIsMadeLater() throws Exception {
        servers.succeed(branches(5));
        servers.lab.node("n2").fill(0);

        Servers.Answer failed = servers.flocker(branches(10));

        System.out.println(failed.output() + failed.errors());
        assertThat(failed.exitCode()).isNotZero();
        assertThat(failed.output() + failed.errors()).containsIgnoringCase("no space left");
        assertThat(environments()).containsExactlyInAnyOrder("staging", "b1", "b2", "b3", "b4", "b5");
        assertThat(read("b5")).isEqualTo("first first");
        servers.lab.node("n2").unfill();

        Servers.Answer again = servers.flocker(branches(10));

        System.out.println(again.output() + again.errors());
        assertThat(environments()).hasSize(11);
        assertThat(read("b10")).isEqualTo("first first");
    }

    @Test
    @Order(2)
    void aDatabaseThatDoesNotStartFromItsCloneIsToldWithItsLogAndTheOriginGoesOn() throws Exception {
        servers.succeed("exec", "staging", "db", "--", "touch", "/data/damaged");
        servers.succeed("checkpoint", "create", "-e", "staging", "damaged");
        servers.succeed("exec", "staging", "db", "--", "rm", "/data/damaged");

        Servers.Answer failed =
                servers.flocker("env", "branch", "staging", "alice", "--from", "damaged", "--timeout", "30s");

        System.out.println(failed.output() + failed.errors());
        assertThat(failed.exitCode()).isNotZero();
        assertThat(failed.output() + failed.errors()).contains("alice", "db.1", "exit code 3", "the data is damaged");
        assertThat(read("staging")).isEqualTo("first first");
        servers.succeed("checkpoint", "rm", "-e", "staging", "damaged");
    }

    @Test
    @Order(3)
    void whateverDiesWhileABranchIsMadeResetOrRefreshedItEndsWell() throws Exception {
        servers.succeed(branches(1));
        write("b1", "mine");
        for (String victim : List.of("n1", "n2", "n3")) {
            Thread dies = dying(victim, 300);
            servers.succeed("env", "reset", "b1");
            dies.join();
            assertThat(read("b1"))
                    .as("after a reset during which the daemon of %s died", victim)
                    .isEqualTo("first first");
            write("b1", "mine");
        }
        write("staging", "second");
        servers.succeed("checkpoint", "create", "-e", "staging", "later");
        Thread dies = dying("n1", 400);
        servers.succeed("env", "refresh", "b1");
        dies.join();
        assertThat(read("b1")).isEqualTo("second second");
        Thread diesAgain = dying("n2", 400);
        servers.succeed("env", "branch", "staging", "b2", "--from", "later");
        diesAgain.join();
        assertThat(read("b2")).isEqualTo("second second");
        Thread onceMore = dying("n3", 100);
        servers.succeed("checkpoint", "create", "-e", "b2", "mine");
        onceMore.join();
        assertThat(servers.succeed("checkpoint", "ls", "-e", "b2"))
                .contains("b2@mine")
                .doesNotContain("failed");
    }

    /// The daemon of a node dies in a moment, and is back soon after.
    private static Thread dying(String name, long afterMillis) {
        LabNode node = servers.lab.node(name);
        return Thread.ofPlatform().start(() -> {
            try {
                Thread.sleep(afterMillis);
                node.kill(LabNode.Part.DAEMON);
                node.startDaemon(servers.home);
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    @Order(4)
    void aNodeThatIsLostDuringAResetIsWaitedForAndWhatItHoldsIsThere() throws Exception {
        servers.succeed(branches(1));
        LabNode lost = servers.lab.node("n3");
        lost.kill();
        Servers.Answer waiting = servers.flocker("env", "reset", "b1", "--timeout", "20s");
        System.out.println(waiting.output() + waiting.errors());
        assertThat(waiting.exitCode()).isNotZero();
        assertThat(waiting.output() + waiting.errors()).contains("n3");
        lost.start(servers.home);
        servers.await(
                "b1 to be whole",
                () -> servers.flocker("exec", "b1", "web", "--", "cat", DATA)
                        .output()
                        .equals("first\n"));
        assertThat(read("b1")).isEqualTo("first first");
    }
}
