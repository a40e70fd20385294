package io.flocker.client;

import io.flocker.client.api.ProblemDetail;
import io.flocker.core.wire.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Calls the API of one node. Requests that change something carry an idempotency key and are repeated, a bounded
/// number of times, when no answer came.
public final class FlockerClient implements AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(90);
    private static final int TRIES = 3;

    private final HttpClient http;
    private final URI base;

    public FlockerClient(URI base, Credentials credentials) throws IOException {
        this.base = base;
        http = HttpClient.newBuilder()
                .sslContext(credentials.context())
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_TIMEOUT)
                .build();
    }

    public URI base() {
        return base;
    }

    public <T> T get(String path, Class<T> answer) throws IOException, InterruptedException {
        return exchange("GET", path, null, answer, null);
    }

    public <T> T post(String path, Object body, Class<T> answer) throws IOException, InterruptedException {
        return exchange("POST", path, body, answer, null);
    }

    public <T> T put(String path, Object body, Class<T> answer) throws IOException, InterruptedException {
        return exchange("PUT", path, body, answer, null);
    }

    /// A PUT that is refused unless the thing is still at `version`.
    public <T> T put(String path, Object body, Class<T> answer, long version) throws IOException, InterruptedException {
        return exchange("PUT", path, body, answer, version);
    }

    public <T> T patch(String path, Object body, Class<T> answer) throws IOException, InterruptedException {
        return exchange("PATCH", path, body, answer, null);
    }

    public <T> T delete(String path, Class<T> answer) throws IOException, InterruptedException {
        return exchange("DELETE", path, null, answer, null);
    }

    /// An answer read as it comes: logs, events, a command's output. The caller closes it.
    public InputStream stream(String method, String path, HttpRequest.BodyPublisher body)
            throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(base.resolve(path)).method(method, body).build();
        HttpResponse<InputStream> response = send(request, BodyHandlers.ofInputStream());
        if (response.statusCode() >= 300) {
            try (InputStream in = response.body()) {
                throw refused(response.statusCode(), in.readAllBytes());
            }
        }
        return response.body();
    }

    private <T> T exchange(String method, String path, @Nullable Object body, Class<T> answer, @Nullable Long version)
            throws IOException, InterruptedException {
        HttpRequest.Builder builder = HttpRequest.newBuilder(base.resolve(path))
                .timeout(ANSWER_TIMEOUT)
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(Json.bytes(body)));
        if (!method.equals("GET")) {
            builder.header("Idempotency-Key", UUID.randomUUID().toString());
            builder.header("Content-Type", "application/json");
        }
        if (version != null) {
            builder.header("If-Match", "\"" + version + "\"");
        }
        HttpRequest request = builder.build();
        IOException last = new IOException("not tried");
        for (int attempt = 0; attempt < TRIES; attempt++) {
            try {
                HttpResponse<byte[]> response = send(request, BodyHandlers.ofByteArray());
                if (response.statusCode() >= 300) {
                    throw refused(response.statusCode(), response.body());
                }
                return Json.read(response.body(), answer);
            } catch (ApiException | ConnectException e) {
                throw e;
            } catch (IOException e) {
                last = e;
            }
        }
        throw new IOException("No answer from " + base + " to " + method + " " + path + ": " + reason(last), last);
    }

    private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler)
            throws IOException, InterruptedException {
        try {
            return http.send(request, handler);
        } catch (ConnectException e) {
            ConnectException told = new ConnectException(
                    "Cannot reach Flocker at " + base + ": is flocker daemon running there? (" + reason(e) + ")");
            told.initCause(e);
            throw told;
        }
    }

    private static String reason(Throwable failure) {
        Throwable deepest = failure;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return deepest.getMessage() == null ? deepest.getClass().getSimpleName() : deepest.getMessage();
    }

    private static IOException refused(int status, byte[] body) {
        try {
            return new ApiException(Json.read(body, ProblemDetail.class));
        } catch (IOException e) {
            String text = new String(body, 0, Math.min(body.length, 500), StandardCharsets.UTF_8);
            return new ApiException(
                    new ProblemDetail("unreadable", "Unreadable answer", status, "HTTP " + status + ": " + text));
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
