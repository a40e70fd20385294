package io.flocker.agent.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// When a container that serves HTTP counts as ready.
class HttpGateTest {
    private static final String OK = "HTTP/1.1 200 OK\r\n\r\n";
    private static final String NOT_FOUND = "HTTP/1.1 404 Not Found\r\n\r\n";
    private static final String ERROR = "HTTP/1.1 503 Service Unavailable\r\n\r\n";

    private final AtomicInteger news = new AtomicInteger();
    private final HttpGate gate =
            new HttpGate(news::incrementAndGet, Duration.ofMillis(300).toNanos());
    private final ServerSocket server = listen();

    private static ServerSocket listen() {
        try {
            return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterEach
    void close() throws IOException {
        gate.over("c1");
        server.close();
    }

    /// Answers each connection with the next text, and then with the last one for ever.
    private void answering(String... texts) {
        Thread.startVirtualThread(() -> {
            List<String> answers = List.of(texts);
            try {
                for (int turn = 0; ; turn++) {
                    try (Socket socket = server.accept()) {
                        socket.getOutputStream()
                                .write(answers.get(Math.min(turn, answers.size() - 1))
                                        .getBytes(StandardCharsets.US_ASCII));
                        socket.shutdownOutput();
                        socket.getInputStream().readAllBytes();
                    }
                }
            } catch (IOException e) {
                // The test has ended.
            }
        });
    }

    private HttpGate.Answer ask() {
        return gate.ask("c1", new InetSocketAddress(server.getInetAddress(), server.getLocalPort()));
    }

    private void becomes(HttpGate.Answer answer) {
        await().atMost(Duration.ofSeconds(10)).until(() -> ask() == answer);
    }

    @Test
    void anyAnswerButAServersErrorIsGoodAndToldOnce() {
        answering(NOT_FOUND);
        becomes(HttpGate.Answer.GOOD);
        assertThat(news.get()).isEqualTo(1);
    }

    @Test
    void errorsAtTheStartAreWaitedFor() {
        answering(ERROR, ERROR, OK);
        assertThat(ask()).isEqualTo(HttpGate.Answer.NOT_YET);
        becomes(HttpGate.Answer.GOOD);
    }

    @Test
    void errorsThatDoNotEndAreBadUntilTheyDo() {
        List<String> answers = new ArrayList<>(Collections.nCopies(25, ERROR));
        answers.add(OK);
        answering(answers.toArray(String[]::new));
        becomes(HttpGate.Answer.BAD);
        becomes(HttpGate.Answer.GOOD);
    }

    @Test
    void whatSpeaksNoHttpHasDoneEnough() {
        answering("220 mail.example.com ready\r\n");
        becomes(HttpGate.Answer.GOOD);
    }

    @Test
    void statusLinesAreReadAndAnythingElseIsToldFromThem() {
        assertThat(HttpGate.status("HTTP/1.1 200")).isEqualTo(200);
        assertThat(HttpGate.status("HTTP/1.0 503")).isEqualTo(503);
        assertThat(HttpGate.status("HTTP/1.1 ab0")).isEqualTo(1);
        assertThat(HttpGate.status("HTTP/1.1")).isEqualTo(1);
        assertThat(HttpGate.status("+PONG")).isEqualTo(1);
        assertThat(HttpGate.status("")).isZero();
    }
}
