package io.flocker.verify.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.agent.program.Program;
import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The main job, end to end: the application that `./demo` shows, and what else a user does on the first day.
@Tag("engine")
class OneServerTest {
    private static Servers server;

    @BeforeAll
    static void up() throws Exception {
        server = new Servers(1);
    }

    @AfterAll
    static void down() throws Exception {
        server.close();
    }

    @Test
    void runsAWebApplicationWithItsDatabaseAndBringsItsDataBack() throws Exception {
        String file = server.home.resolve("examples/notes/compose.yaml").toString();
        server.succeed("up", "-f", file);
        assertThat(server.send("POST", 8080, "/", "Buy milk")).isEqualTo("added\n");
        assertThat(server.get(8080, "/")).isEqualTo("1: Buy milk\n");
        assertThat(byHostName()).isEqualTo("1: Buy milk\n");

        server.send("PUT", 8080, "/1", "Buy oat milk");
        server.succeed("checkpoint", "create", "good", "-e", "notes");
        assertThat(server.send("DELETE", 8080, "/", "")).isEqualTo("removed 1\n");
        assertThat(server.get(8080, "/")).isEmpty();

        server.succeed("rollback", "notes@good");
        assertThat(server.get(8080, "/")).isEqualTo("1: Buy oat milk\n");
        assertThat(server.succeed("snapshot", "ls", "notes/data")).contains("rollback");

        assertThat(server.flocker("diff", "-f", file).exitCode())
                .as("nothing to change")
                .isZero();
        assertThat(server.succeed("ls")).contains("notes").contains("running");
        server.succeed("down", "-e", "notes", "--volumes");
        assertThat(server.succeed("ls")).doesNotContain("notes");
        assertThat(server.node.docker("ps", "-aq", "--filter", "label=io.flocker.environment=notes"))
                .isBlank();
    }

    private static String byHostName() throws IOException {
        return Program.of("curl", "-sS", "-H", "Host: notes.localhost", "http://" + server.node.address() + "/")
                .run();
    }

    @Test
    void keepsVolumesOfAnEnvironmentThatWasTakenDown() throws Exception {
        Path file = server.compose("keeper", """
                services:
                  web:
                    image: flocker/busybox:1
                    command: httpd -f -p 8080 -h /data
                    volumes: ["data:/data"]
                    ports: ["8101:8080"]
                    stop_grace_period: 1s
                volumes: {data: }
                """);
        server.succeed("up", "-f", file.toString());
        server.succeed("exec", "keeper", "web", "--", "sh", "-c", "echo kept > /data/index.html");
        server.succeed("down", "-e", "keeper");
        server.succeed("up", "-f", file.toString());
        assertThat(server.get(8101, "/")).isEqualTo("kept\n");
        server.succeed("down", "-e", "keeper", "--volumes");
    }

    @Test
    void clonesAVolumeAsItIsNow() throws Exception {
        server.succeed("volume", "create", "origin/data");
        server.succeed("volume", "clone", "origin/data", "copy/data");
        assertThat(server.succeed("volume", "ls")).containsPattern("copy/data .* ready");
        server.succeed("volume", "rm", "copy/data");
        server.succeed("volume", "rm", "origin/data");
    }

    @Test
    void refusesAnImageThatDoesNotExistAndChangesNothing() throws Exception {
        String good = """
                services:
                  web:
                    image: flocker/busybox:1
                    command: httpd -f -p 8080 -h /www
                    ports: ["8102:8080"]
                    stop_grace_period: 1s
                """;
        server.succeed("up", "-f", server.compose("stable", good).toString());
        String bad = good.replace("flocker/busybox:1", "127.0.0.1:1/nothing:1");
        Servers.Answer answer =
                server.flocker("up", "-f", server.compose("stable", bad).toString());
        assertThat(answer.exitCode()).isEqualTo(1);
        assertThat(answer.errors()).contains("127.0.0.1:1/nothing:1");
        assertThat(server.get(8102, "/")).isEqualTo("hello\n");
        server.succeed("down", "-e", "stable");
    }

    @Test
    void saysWhyAContainerThatEndsAtOnceDoesNotStart() throws Exception {
        Path file = server.compose("crasher", """
                services:
                  job:
                    image: flocker/busybox:1
                    command: sh -c "echo no luck; exit 7"
                """);
        Servers.Answer answer = server.flocker("up", "-f", file.toString());
        assertThat(answer.exitCode()).isEqualTo(1);
        assertThat(answer.errors()).contains("job.1").contains("exit code 7");
        assertThat(server.succeed("logs", "-e", "crasher", "job")).contains("no luck");
        server.succeed("down", "-e", "crasher");
    }

    @Test
    void refusesAPortThatAnotherEnvironmentHas() throws Exception {
        String text = """
                services:
                  web:
                    image: flocker/busybox:1
                    command: httpd -f -p 8080 -h /www
                    ports: ["8103:8080"]
                    stop_grace_period: 1s
                """;
        server.succeed("up", "-f", server.compose("first", text).toString());
        Servers.Answer answer =
                server.flocker("up", "-f", server.compose("rival", text).toString());
        assertThat(answer.exitCode()).isEqualTo(3);
        assertThat(answer.errors()).contains("8103").contains("first/web");
        assertThat(server.succeed("ls")).doesNotContain("rival");
        server.succeed("down", "-e", "first");
    }

    @Test
    void leavesSomebodyWithAForeignCertificateOutside() throws Exception {
        Path foreign = server.work.resolve("foreign");
        server.flocker("init", "--root", foreign.toString(), "--name", "other");
        Servers.Answer answer = server.flocker(
                "ls", "--credentials", foreign.resolve("etc/flocker/users").toString());
        assertThat(answer.exitCode()).isEqualTo(4);
    }
}
