package io.flocker.verify.acceptance.branch;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.lab.LabNode;
import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
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

    /// A clone needs no room of its own. (What happens where one cannot be made, the simulation shows.)
    @Test
    @Order(1)
    void tenBranchesAreMadeOfAPoolThatIsFull() throws Exception {
        servers.succeed(branches(5));
        LabNode full = servers.lab.node("n2");
        full.fill(0);

        Servers.Answer answer = servers.flocker(branches(10));

        assertThat(answer.output() + answer.errors()).contains("b5 is a branch of staging already", "b10");
        assertThat(environments()).hasSize(11);
        assertThat(read("b10")).isEqualTo("first first");
        full.unfill();
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
        assertThat(failed.output() + failed.errors())
                .contains("alice", "db.1", "exit code 3", "flocker logs -e alice db");
        assertThat(servers.succeed("logs", "-e", "alice", "db")).contains("the data is damaged");
        assertThat(read("staging")).isEqualTo("first first");
        servers.succeed("checkpoint", "rm", "-e", "staging", "damaged");
    }

    @Test
    @Tag("soak") // It takes minutes; the simulation has each of these deaths.
    @Order(3)
    void whateverDiesWhileABranchIsMadeResetOrRefreshedItEndsWell() throws Exception {
        servers.succeed(branches(1));
        write("b1", "mine");
        for (String victim : List.of("n1", "n2", "n3")) {
            asked(victim, 300, "env", "reset", "b1");
            assertThat(read("b1"))
                    .as("after a reset during which the daemon of %s died", victim)
                    .isEqualTo("first first");
            write("b1", "mine");
        }
        write("staging", "second");
        servers.succeed("checkpoint", "create", "-e", "staging", "later");
        asked("n1", 400, "env", "refresh", "b1");
        assertThat(read("b1")).isEqualTo("second second");
        asked("n2", 400, "env", "branch", "staging", "b2", "--from", "later");
        assertThat(read("b2")).isEqualTo("second second");
        asked("n3", 100, "checkpoint", "create", "-e", "b2", "mine");
        assertThat(servers.succeed("checkpoint", "ls", "-e", "b2"))
                .contains("b2@mine")
                .doesNotContain("failed");
    }

    /// Runs a command on another node while the daemon of `victim` dies, which is back soon after.
    private static void asked(String victim, long afterMillis, String... command) throws Exception {
        LabNode dies = servers.lab.node(victim);
        LabNode asks = servers.lab.node(victim.equals("n1") ? "n3" : "n1");
        try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
            Future<String> said = thread.submit(() -> patient(asks, command));
            TimeUnit.MILLISECONDS.sleep(afterMillis);
            dies.kill(LabNode.Part.DAEMON);
            dies.startDaemon(servers.home);
            said.get();
        }
    }

    /// On a busy machine there may be no leader for longer than a command waits for one; it has done nothing then.
    private static String patient(LabNode asks, String... command) throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                return asks.flocker(servers.home, command);
            } catch (IOException e) {
                if (attempt == 5 || !String.valueOf(e.getMessage()).contains("The control plane is away")) {
                    throw e;
                }
                TimeUnit.SECONDS.sleep(1);
            }
        }
    }

    @Test
    @Tag("soak") // It takes more than a minute; the simulation has it too.
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
