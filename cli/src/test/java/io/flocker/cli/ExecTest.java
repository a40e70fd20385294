package io.flocker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.client.api.Answers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Commands in instances.
final class ExecTest {
    private static final String WEB = "/v2/environments/shop/instances/web.1/exec";

    @TempDir
    Path root;

    private FakeApi api;
    private Terminal terminal;

    @BeforeEach
    void start() throws IOException {
        api = FakeApi.start(root);
        terminal = new Terminal(root);
        api.on("GET /v2/environments", new Answers.Environments(List.of(Things.shop())))
                .on("POST " + WEB, Map.of("id", "x1"))
                .on("POST " + WEB + "/x1/output", frames())
                .on("POST " + WEB + "/x1/input", Map.of("done", true))
                .on("GET " + WEB + "/x1", Map.of("running", true, "exitCode", 0))
                .on("GET " + WEB + "/x1", Map.of("running", false, "exitCode", 7));
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private static byte[] frames() throws IOException {
        var frames = new ByteArrayOutputStream();
        frames.write(frame(1, "out"));
        frames.write(frame(2, "err\n"));
        frames.write(frame(1, " more\n"));
        return frames.toByteArray();
    }

    private static byte[] frame(int stream, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + bytes.length)
                .put((byte) stream)
                .putInt(4, bytes.length)
                .position(8)
                .put(bytes)
                .array();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "exec web.1 ls -l --all",
                "exec shop/web.1 ls -l --all",
                "exec shop web.1 -- ls -l --all",
                "exec -e shop web.1 -- ls -l --all",
                "exec -e shop -- web.1 ls -l --all"
            })
    void exitsAsTheCommandDoes(String words) {
        assertThat(terminal.run(words.split(" ", -1))).as(terminal.err()).isEqualTo(7);
        assertThat(terminal.out()).isEqualTo("out more\n");
        assertThat(terminal.err()).isEqualTo("err\n");
        assertThat(api.asked()).anyMatch(call -> call.contains("\"command\":[\"ls\",\"-l\",\"--all\"]"));
    }

    @Test
    void leavesTheCommandItsDashes() {
        assertThat(terminal.run("exec", "-e", "shop", "web.1", "grep", "--", "-x"))
                .isEqualTo(7);
        assertThat(api.asked()).anyMatch(call -> call.contains("\"command\":[\"grep\",\"--\",\"-x\"]"));
    }

    @Test
    void passesInputOn() {
        assertThat(terminal.input("select 1").run("exec", "-i", "-u", "postgres", "web.1", "psql"))
                .isEqualTo(7);
        assertThat(api.asked()).anyMatch(call -> call.contains("\"stdin\":true") && call.contains("postgres"));
        Awaitility.await().until(() -> api.asked().contains("POST " + WEB + "/x1/input select 1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"exec", "exec web", "exec web --", "exec -t web sh"})
    void refuses(String words) {
        assertThat(terminal.run(words.split(" ", -1))).isEqualTo(2);
    }
}
