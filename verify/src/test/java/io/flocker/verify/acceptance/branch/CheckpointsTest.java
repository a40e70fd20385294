package io.flocker.verify.acceptance.branch;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.agent.program.Program;
import io.flocker.lab.LabNode;
import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Checkpoints of data on several servers while somebody writes: they show one moment.
@Tag("engine")
class CheckpointsTest {
    /// How many are taken while a client writes to one server after the other.
    private static final int CHECKPOINTS = 8;

    /// Answers `/cgi-bin/put?N` once N is in its volume, which at no moment has half of it: the file is
    /// another one renamed.
    private static final String SERVER = """
            sh -c "mkdir -p /tmp/w/cgi-bin; printf '#!/bin/sh\\ncd /data && echo $$QUERY_STRING > next && mv next seq\\n\
            echo; echo ok\\n' > /tmp/w/cgi-bin/put; chmod 755 /tmp/w/cgi-bin/put; exec httpd -f -p 8080 -h /tmp/w\"""";

    /// Counts: first one server gets the number, then the other.
    private static final String CLIENT = """
            sh -c "i=0; while true; do i=$$((i+1)); for s in first second; do \
            printf 'GET /cgi-bin/put?%d HTTP/1.0\\r\\n\\r\\n' $$i | nc $$s 8080 > /dev/null; done; done\"""";

    private static Servers servers;

    @BeforeAll
    static void up() throws Exception {
        servers = new Servers(15, "2G", 3);
        servers.succeed("up", "-f", shop("").toString());
    }

    /// The application, with what the first service has of its own, a line.
    private static Path shop(String first) throws IOException {
        return servers.compose("shop", """
                services:
                  first:
                    image: flocker/busybox:1
                    command: %1$s
                    expose: [8080]
                    volumes: ["first:/data"]
                    %3$s
                    deploy: {placement: {constraints: [node.name == n1]}}
                    stop_signal: SIGKILL
                  second:
                    image: flocker/busybox:1
                    command: %1$s
                    expose: [8080]
                    volumes: ["second:/data"]
                    deploy: {placement: {constraints: [node.name == n2]}}
                    stop_signal: SIGKILL
                  client:
                    image: flocker/busybox:1
                    command: %2$s
                    deploy: {placement: {constraints: [node.name == n3]}}
                    stop_signal: SIGKILL
                volumes: {first: , second: }
                """.formatted(SERVER.strip(), CLIENT.strip(), first));
    }

    @AfterAll
    static void down() throws Exception {
        servers.close();
    }

    @Test
    void aCheckpointOfDataOnTwoServersShowsOneMoment() throws Exception {
        List<String> seen = new ArrayList<>();
        for (int n = 1; n <= CHECKPOINTS; n++) {
            servers.succeed("checkpoint", "create", "-e", "shop", "moment" + n);
        }
        String all = servers.succeed("checkpoint", "ls", "-e", "shop");
        List<Long> first = numbers("n1");
        List<Long> second = numbers("n2");
        assertThat(first).hasSameSizeAs(second).hasSizeGreaterThanOrEqualTo(CHECKPOINTS);
        for (int i = 0; i < first.size(); i++) {
            seen.add(first.get(i) + " " + second.get(i));
            assertThat(first.get(i) - second.get(i))
                    .as("what the first server has beyond the second, of " + seen)
                    .isBetween(0L, 1L);
        }
        System.out.println("At each checkpoint the servers had " + seen + "\n" + all);
        assertThat(first.getLast()).as("the client went on").isGreaterThan(first.getFirst());
        assertThat(all).contains("complete").doesNotContain("requested");
    }

    /// A node that is ready asks the leader again and again until the others are.
    @Test
    @Tag("soak") // It mostly waits.
    void theOtherNodesWaitForAServiceThatTakesLongToQuiesce() throws Exception {
        servers.succeed(
                "up",
                "-f",
                shop("x-flocker: {quiesce: {pre: sleep 7, timeout: 20s}}").toString());
        long begun = System.nanoTime();
        servers.succeed("checkpoint", "create", "-e", "shop", "slow");
        assertThat((System.nanoTime() - begun) / 1_000_000_000).isBetween(6L, 14L);
        servers.succeed("checkpoint", "rm", "-e", "shop", "slow");
    }

    /// What a server had in each snapshot, the oldest first.
    private static List<Long> numbers(String node) throws IOException {
        Path volumes = servers.lab.node(node).root().resolve("var/lib/flocker/pool/volumes");
        List<Long> numbers = new ArrayList<>();
        try (Stream<Path> files = Files.walk(volumes, 4)) {
            for (Path file : files.filter(file -> file.getFileName().toString().equals("seq")
                            && file.toString().contains("/snapshots/"))
                    .sorted()
                    .toList()) {
                numbers.add(Long.parseLong(Files.readString(file).strip()));
            }
        }
        return numbers.stream().sorted().toList();
    }

    @Test
    void servicesAreAskedBeforeAndAfterAndOneThatHangsFailsTheCheckpoint() throws Exception {
        String[] good = {"echo before >> /data/told", "echo after >> /data/told"};
        servers.succeed("up", "-f", quiet(good[0], good[1]).toString());
        servers.succeed("checkpoint", "create", "-e", "quiet", "good");
        assertThat(told()).isEqualTo("before\nafter\n");

        servers.succeed(
                "up",
                "-f",
                quiet("echo hangs >> /data/told; sleep 1000", "echo after >> /data/told")
                        .toString());
        long begun = System.nanoTime();
        Servers.Answer failed = servers.flocker("checkpoint", "create", "-e", "quiet", "bad");
        assertThat(failed.exitCode()).isNotZero();
        assertThat(failed.errors())
                .contains("Checkpoint bad of quiet could not be taken", "did not end within 1.0 s and was killed");
        assertThat((System.nanoTime() - begun) / 1_000_000_000).isLessThan(15);
        assertThat(told()).isEqualTo("before\nafter\nhangs\nafter\n");
        assertThat(servers.succeed("checkpoint", "ls", "-e", "quiet")).contains("quiet@bad", "failed", "was killed");
        Servers.Answer branch = servers.flocker("env", "branch", "quiet", "alice", "--from", "bad");
        assertThat(branch.errors()).contains("could not be taken");

        servers.succeed("up", "-f", quiet(good[0], good[1]).toString());
        servers.succeed("checkpoint", "create", "-e", "quiet", "bad");
        assertThat(servers.succeed("checkpoint", "ls", "-e", "quiet")).doesNotContain("failed");
    }

    private static Path quiet(String before, String after) throws IOException {
        return servers.compose("quiet", """
                services:
                  db:
                    image: flocker/busybox:1
                    command: sleep 100000
                    volumes: ["data:/data"]
                    stop_signal: SIGKILL
                    x-flocker: {quiesce: {pre: "%s", post: "%s", timeout: 1s}}
                volumes: {data: }
                """.formatted(before, after));
    }

    private static String told() throws IOException {
        return servers.succeed("exec", "quiet", "db", "--", "cat", "/data/told");
    }

    @Test
    void whatAnAgentLeftFrozenGoesOnWhenItIsBack() throws Exception {
        LabNode node = servers.node;
        String container = node.docker("ps", "-q", "--filter", "label=io.flocker.service=first")
                .strip();
        long pid = Long.parseLong(
                node.docker("inspect", "-f", "{{.State.Pid}}", container).strip());
        Path freezer = Files.readAllLines(Path.of("/proc/" + pid + "/cgroup")).stream()
                .filter(line -> line.contains(":freezer:"))
                .map(line -> Path.of("/sys/fs/cgroup/freezer" + line.split(":", 3)[2] + "/freezer.state"))
                .findFirst()
                .orElseThrow();
        node.kill(LabNode.Part.DAEMON);
        Files.writeString(freezer, "FROZEN");
        node.startDaemon(servers.home);
        Program.of(
                        "sh",
                        "-c",
                        "for i in $(seq 100); do grep -q THAWED " + freezer + " && exit 0; sleep 0.1; done; exit 1")
                .run();
    }
}
