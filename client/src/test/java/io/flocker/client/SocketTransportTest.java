package io.flocker.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flocker.client.Transport.Answer;
import io.flocker.client.Transport.Request;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// HTTP over the Unix socket.
@Timeout(30)
final class SocketTransportTest {
    private static final String HEAD_END = "\r\n\r\n";

    @TempDir
    Path folder;

    private static Request get(Duration limit) {
        return new Request("GET", "/v2/x?y=z", Map.of("A", "b"), InputStream.nullInputStream(), 0, limit);
    }

    private static String text(Answer answer) throws IOException {
        try (InputStream body = answer.body()) {
            return new String(body.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private String answer(String from) throws IOException {
        try (var daemon = new ScriptedDaemon(folder, HEAD_END, from)) {
            return text(new SocketTransport(daemon.socket()).send(get(Duration.ofSeconds(20))));
        }
    }

    @Test
    void readsABodyOfAKnownLength() throws IOException {
        assertThat(answer("HTTP/1.1 200 OK\r\ncontent-LENGTH:  5 \r\nX: y\r\n\r\nhello, and more"))
                .isEqualTo("hello");
    }

    @Test
    void readsABodyInChunks() throws IOException {
        String chunks = "5\r\nhello\r\nA;name=value\r\n, and more\r\n0\r\nTrailer: x\r\n\r\n";
        assertThat(answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks))
                .isEqualTo("hello, and more");
    }

    @Test
    void readsABodyThatEndsWithTheConnection() throws IOException {
        assertThat(answer("HTTP/1.0 200 OK\r\n\r\nhello")).isEqualTo("hello");
    }

    @Test
    void readsOverAnAnswerThatIsNotTheLast() throws IOException {
        assertThat(answer("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"))
                .isEqualTo("ok");
    }

    @Test
    void readsNoBodyWhereThereIsNone() throws IOException {
        assertThat(answer("HTTP/1.1 204 No Content\r\n\r\n")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
                "HTTP/1.1 200 OK\r\nContent-Le"
            })
    void anAnswerCutOffIsAnError(String cut) {
        assertThatThrownBy(() -> answer(cut)).isInstanceOf(EOFException.class).hasMessageContaining("hung up");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSH-2.0-OpenSSH_9.2\r\n\r\n",
                "HTTP/1.1 2x0 OK\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
                "HTTP/1.1 200 OK\r\nno header\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n0\r\n\r\n"
            })
    void whatIsNoHttpIsAnError(String wrong) {
        assertThatThrownBy(() -> answer(wrong)).isInstanceOf(IOException.class);
    }

    @Test
    void aHeadWithoutEndIsAnError() {
        assertThatThrownBy(() -> answer("HTTP/1.1 200 OK\r\nX: " + "y".repeat(100_000)))
                .hasMessageContaining("head has more than");
    }

    @Test
    void sendsHeadersAndNothingElse() throws IOException {
        try (var daemon = new ScriptedDaemon(folder, HEAD_END, "HTTP/1.1 200 OK\r\n\r\n")) {
            text(new SocketTransport(daemon.socket()).send(get(Duration.ofSeconds(20))));
            assertThat(daemon.asked())
                    .containsExactly("GET /v2/x?y=z HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nA: b\r\n\r\n");
        }
    }

    @Test
    void sendsABodyOfUnknownLengthInChunks() throws IOException {
        try (var daemon = new ScriptedDaemon(folder, "0" + HEAD_END, "HTTP/1.1 200 OK\r\n\r\n")) {
            var body = new ByteArrayInputStream("hello".getBytes(StandardCharsets.UTF_8));
            text(new SocketTransport(daemon.socket())
                    .send(new Request("POST", "/x", Map.of(), body, Request.UNKNOWN, Duration.ofSeconds(20))));
            assertThat(daemon.asked().getFirst()).endsWith("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
        }
    }

    @Test
    void readsARefusalThatCameBeforeTheEndOfTheRequest() throws IOException {
        byte[] large = new byte[8 * 1024 * 1024];
        try (var daemon = new ScriptedDaemon(folder, HEAD_END, "HTTP/1.1 413 No\r\nContent-Length: 2\r\n\r\nno")) {
            Answer answer = new SocketTransport(daemon.socket())
                    .send(new Request(
                            "PUT",
                            "/x",
                            Map.of(),
                            new ByteArrayInputStream(large),
                            large.length,
                            Duration.ofSeconds(20)));
            assertThat(answer.status()).isEqualTo(413);
        }
    }

    @Test
    void waitsNoLongerThanTheLimit() throws IOException {
        try (var daemon = new ScriptedDaemon(folder, HEAD_END, "")) {
            assertThatThrownBy(() -> new SocketTransport(daemon.socket()).send(get(Duration.ofMillis(200))))
                    .hasMessage("No answer within 200 ms");
        }
    }

    @Test
    void waitingCanBeInterrupted() throws IOException {
        try (var daemon = new ScriptedDaemon(folder, HEAD_END, "")) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> new SocketTransport(daemon.socket()).send(get(Transport.FOR_EVER)))
                    .isInstanceOf(InterruptedIOException.class);
        } finally {
            Thread.interrupted();
        }
    }

    @Test
    void nobodyThereIsToldWithThePlace() {
        Path nowhere = folder.resolve("no.sock");
        assertThatThrownBy(() -> FlockerClient.local(nowhere).get("/v2/version", Object.class))
                .isInstanceOf(ConnectException.class)
                .hasMessageStartingWith("Cannot reach Flocker at " + nowhere + ": is flocker daemon running there?");
    }

    @Test
    void repeatsWhatGotNoAnswerWithTheSameKey() throws Exception {
        try (var daemon = new ScriptedDaemon(
                folder, "{}", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", "HTTP/1.1 200 OK\r\n\r\n{}")) {
            FlockerClient.local(daemon.socket()).post("/v2/x", Map.of(), Object.class);
            assertThat(daemon.asked()).hasSize(2);
            assertThat(daemon.asked().get(0)).isEqualTo(daemon.asked().get(1)).contains("Idempotency-Key: ");
        }
    }
}
