package io.flocker.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flocker.client.api.Answers;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A control plane that takes no more changes for now.
@Timeout(60)
final class BusyTest {
    private static final String BUSY = answer(
            "429 Too Many Requests\r\nRetry-After: 1",
            "{\"type\":\"busy\",\"title\":\"Too much at a time\",\"status\":429,\"detail\":\"Send this again\"}");
    private static final String DONE = answer("200 OK", "{\"operation\":\"o1\",\"changes\":[]}");

    @TempDir
    Path folder;

    private static String answer(String status, String body) {
        return "HTTP/1.1 " + status + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    private static String change(ScriptedDaemon daemon) throws Exception {
        try (FlockerClient client = FlockerClient.local(daemon.socket())) {
            return client.post("/v2/x", List.of(), Answers.Change.class).operation();
        }
    }

    @Test
    void isAskedAgainLaterForTheSameChange() throws Exception {
        try (var daemon = new ScriptedDaemon(folder, "[]", BUSY, DONE)) {
            long begun = System.nanoTime();
            assertThat(change(daemon)).isEqualTo("o1");
            assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(1_000_000_000L);
            assertThat(daemon.asked()).hasSize(2);
            assertThat(daemon.asked().getFirst())
                    .contains("Idempotency-Key")
                    .isEqualTo(daemon.asked().getLast());
        }
    }

    @Test
    void isNotAskedForEver() throws Exception {
        var busy = Collections.nCopies(10, BUSY).toArray(String[]::new);
        try (var daemon = new ScriptedDaemon(folder, "[]", busy)) {
            assertThatThrownBy(() -> change(daemon))
                    .isInstanceOf(ApiException.class)
                    .hasMessage("Send this again");
            assertThat(daemon.asked()).hasSize(6);
        }
    }
}
