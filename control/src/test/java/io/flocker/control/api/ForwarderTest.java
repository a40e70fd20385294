package io.flocker.control.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.ServerResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What callers see of an answer that is passed back to them.
class ForwarderTest {
    private WebServer server;
    private HttpClient client;

    @BeforeEach
    void start() {
        server = WebServer.builder()
                .port(0)
                .shutdownHook(false)
                .routing(routing -> routing.get("/whole", (_, response) -> pass(content("all of it"), response))
                        .get("/empty", (_, response) -> pass(content(""), response))
                        .get("/never", (_, response) -> pass(broken(), response))
                        .get(
                                "/cut",
                                (_, response) -> pass(new SequenceInputStream(content("a part"), broken()), response)))
                .build()
                .start();
        client = HttpClient.newHttpClient();
    }

    @AfterEach
    void stop() {
        client.close();
        server.stop();
    }

    @Test
    void aWholeAnswerIsPassedBack() throws Exception {
        assertThat(get("/whole").body()).isEqualTo("all of it");
        assertThat(get("/empty").body()).isEmpty();
        assertThat(get("/empty").statusCode()).isEqualTo(200);
    }

    @Test
    void oneThatNeverBeginsIsTold() throws Exception {
        assertThat(get("/never").statusCode()).isEqualTo(503);
        assertThat(get("/never").body()).isEqualTo("the node is gone");
    }

    @Test
    void oneThatBreaksOffIsNotTakenForAWhole() {
        assertThatThrownBy(() -> get("/cut")).isInstanceOf(IOException.class);
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://localhost:" + server.port() + path);
        return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }

    private static void pass(InputStream in, ServerResponse response) {
        try {
            Forwarder.copy(in, response);
        } catch (IOException e) {
            response.status(Status.SERVICE_UNAVAILABLE_503).send(String.valueOf(e.getMessage()));
        }
    }

    private static InputStream content(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private static InputStream broken() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("the node is gone");
            }
        };
    }
}
