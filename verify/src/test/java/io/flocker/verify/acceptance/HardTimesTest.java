package io.flocker.verify.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.agent.program.Program;
import io.flocker.lab.LabNode;
import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What goes wrong around a server: it is said with its cause, nothing is lost, and it goes on when the cause is gone.
@Tag("engine")
class HardTimesTest {
    private static final String WEB = """
            services:
              web:
                image: flocker/busybox:1
                command: httpd -f -p 8080 -h /data
                volumes: ["data:/data"]
                ports: ["%d:8080"]
                stop_grace_period: 1s
            volumes:
              data: {%s}
            """;

    private static Servers server;

    @BeforeAll
    static void up() throws Exception {
        server = new Servers(4, "2G");
    }

    @AfterAll
    static void down() throws Exception {
        server.close();
    }

    @Test
    void showsAnEngineThatHangsAndGoesOnAfterIt() throws Exception {
        up("hung", WEB.formatted(8401, ""));
        ProcessHandle engine = server.node.process(LabNode.Part.ENGINE).orElseThrow();
        signal("STOP", engine);
        try {
            server.await(
                    "the engine's silence to be shown",
                    () -> server.succeed("status").contains("the Docker Engine does not answer"));
            assertThat(server.succeed("status", "hung")).contains("node n1");
            server.succeed("restart", "--detach", "-e", "hung", "web");
        } finally {
            signal("CONT", engine);
        }
        server.await(
                "the restart to end", () -> server.succeed("op", "ls").lines().noneMatch(l -> l.contains("running")));
        assertThat(server.succeed("op", "ls", "-e", "hung")).contains("restart").doesNotContain("failed");
        assertThat(server.succeed("status")).doesNotContain("does not answer");
        server.succeed("down", "-e", "hung", "--volumes");
    }

    @Test
    void finishesWhatWasAskedWhileTheEngineWasStopped() throws Exception {
        server.node.stop(LabNode.Part.ENGINE);
        Path file = server.compose("patient", WEB.formatted(8402, ""));
        server.succeed("up", "--detach", "-f", file.toString());
        server.await(
                "the engine's absence to be shown",
                () -> server.succeed("status", "patient").contains("does not answer"));

        server.node.startEngine();
        server.await(
                "the service to run", () -> server.succeed("status", "patient").contains("patient: running"));
        server.succeed("down", "-e", "patient", "--volumes");
    }

    @Test
    void givesUpOnAServiceThatNeverBecomesHealthy() throws Exception {
        Path file = server.compose("sick", """
                services:
                  sick:
                    image: flocker/busybox:1
                    command: sleep 1000
                    stop_grace_period: 1s
                    healthcheck: {test: ["CMD", "false"], interval: 1s, retries: 2, timeout: 1s}
                """);
        Servers.Answer answer = server.flocker("up", "-f", file.toString());
        assertThat(answer.exitCode()).isEqualTo(1);
        assertThat(answer.errors()).contains("sick.1 is unhealthy");
        assertThat(server.succeed("ps", "-e", "sick")).contains("unhealthy");
        server.succeed("down", "-e", "sick");
    }

    @Test
    void endsAContainerThatIgnoresTheRequestToStop() throws Exception {
        Path file = server.compose("deaf", """
                services:
                  deaf:
                    image: flocker/busybox:1
                    command: sh -c "trap '' TERM; while true; do sleep 1; done"
                    stop_grace_period: 2s
                """);
        server.succeed("up", "-f", file.toString());
        Instant asked = Instant.now();
        server.succeed("down", "-e", "deaf");
        assertThat(Duration.between(asked, Instant.now())).isBetween(Duration.ofSeconds(2), Duration.ofSeconds(20));
        assertThat(server.node.docker("ps", "-aq", "--filter", "label=io.flocker.environment=deaf"))
                .isBlank();
    }

    /// As an engine leaves it that ended in the middle of a start.
    @Test
    void removesAContainerWhoseFilesTheEngineLeftMounted() throws Exception {
        up("left", "services: {left: {image: flocker/busybox:1, command: [sleep, '1000'], restart: 'no'}}");
        String id = server.node
                .docker("ps", "-q", "--filter", "label=io.flocker.environment=left")
                .strip();
        String root = server.node
                .docker("inspect", "-f", "{{.GraphDriver.Data.MergedDir}}", id)
                .strip();
        server.node.docker("kill", id);
        Files.createDirectories(Path.of(root));
        Program.of("mount", "-t", "tmpfs", "left", root).run();
        server.succeed("down", "-e", "left");
        assertThat(server.node.docker("ps", "-aq", "--filter", "label=io.flocker.environment=left"))
                .isBlank();
        assertThat(Files.readString(Path.of("/proc/self/mounts"))).doesNotContain(root);
    }

    @Test
    void tellsThatAVolumesLimitIsReached() throws Exception {
        up("narrow", WEB.formatted(8403, "x-flocker: {size: 20M}"));
        assertThat(write("narrow", 40).exitCode()).as("a write past the limit").isNotZero();
        server.await(
                "the full volume to be shown",
                () -> server.succeed("volume", "ls", "-e", "narrow").contains("of its size limit is taken"));

        server.succeed("volume", "resize", "narrow/data", "200M");
        assertThat(write("narrow", 40).exitCode())
                .as("the same in a larger one")
                .isZero();
        server.succeed("down", "-e", "narrow", "--volumes");
    }

    @Test
    void livesThroughAFullPool() throws Exception {
        up("greedy", WEB.formatted(8404, ""));
        server.succeed("exec", "greedy", "web", "--", "sh", "-c", "echo kept > /data/index.html; sync");
        assertThat(write("greedy", 2_500).exitCode())
                .as("a write to a full pool")
                .isNotZero();

        assertThat(server.get(8404, "/")).isEqualTo("kept\n");
        assertThat(server.succeed("status", "greedy")).contains("running");
        server.succeed("exec", "greedy", "web", "--", "sh", "-c", "rm -f /data/large; sync");
        server.succeed("checkpoint", "create", "after", "-e", "greedy");
        server.succeed("exec", "greedy", "web", "--", "rm", "/data/index.html");
        server.succeed("rollback", "greedy@after");
        assertThat(server.get(8404, "/")).isEqualTo("kept\n");
        server.succeed("down", "-e", "greedy", "--volumes");
    }

    @Test
    void refusesAFileThatCannotWorkBeforeAnythingChanges() throws Exception {
        for (String bad : new String[] {
            "services: {a: {image: x, depends_on: [b]}}",
            "services: {a: {image: x, depends_on: [b]}, b: {image: x, depends_on: [a]}}",
            "services: {a: {image: x, ports: [\"8405:1\"]}, b: {image: x, ports: [\"8405:1\"]}}",
            "services: {a: {image: x, image: y}}",
            "services: {a: {image: x, prots: [80]}}",
            "services: {\"a b/c\": {image: x}}",
            "services: [",
        }) {
            Servers.Answer answer =
                    server.flocker("up", "-f", server.compose("bad", bad).toString());
            assertThat(answer.exitCode()).as(bad).isEqualTo(2);
            assertThat(answer.errors()).as(bad).containsPattern("compose.yaml:[0-9]+:[0-9]+");
        }
        assertThat(server.succeed("ls")).doesNotContain("bad");
    }

    private static void up(String name, String text) throws IOException {
        server.succeed("up", "-f", server.compose(name, text).toString());
    }

    private static Servers.Answer write(String environment, int megabytes) throws IOException {
        return server.flocker(
                "exec",
                environment,
                "web",
                "--",
                "dd",
                "if=/dev/zero",
                "of=/data/large",
                "bs=1M",
                "count=" + megabytes);
    }

    private static void signal(String name, ProcessHandle process) throws IOException {
        Program.of("kill", "-" + name, Long.toString(process.pid())).run();
    }
}
