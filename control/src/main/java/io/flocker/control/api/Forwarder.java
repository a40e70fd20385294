package io.flocker.control.api;

import io.flocker.client.Credentials;
import io.flocker.client.Identity;
import io.flocker.client.api.ProblemDetail;
import io.flocker.core.wire.Json;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The API of a node without a control plane: passes every request on to a node with one, and its answer back as it
/// comes.
public final class Forwarder implements AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    private static final int CHUNK_BYTES = 16 * 1024;
    private static final List<HeaderName> PASSED_ON = List.of(
            HeaderNames.CONTENT_TYPE, HeaderNames.IF_MATCH, HeaderNames.create("Idempotency-Key"), HeaderNames.ACCEPT);
    private static final List<HeaderName> PASSED_BACK =
            List.of(HeaderNames.CONTENT_TYPE, HeaderNames.ETAG, HeaderNames.RETRY_AFTER);

    private final List<URI> controls;
    private final HttpClient http;
    private final Listeners listeners;
    /// The one that answered last.
    private volatile int favourite;

    /// @param controls the APIs of nodes with a control plane
    public Forwarder(Listeners.Places places, Credentials credentials, List<URI> controls) throws IOException {
        this.controls = List.copyOf(controls);
        http = HttpClient.newBuilder()
                .sslContext(credentials.context())
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_TIMEOUT)
                .build();
        listeners = new Listeners(
                places,
                credentials,
                (routing, root) -> routing.any((request, response) -> serve(request, response, root)));
    }

    private void serve(ServerRequest request, ServerResponse response, boolean root) {
        try {
            pass(request, response, root ? "root root" : speaker(request));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            refuse(response, "The daemon is stopping; try again");
        } catch (IOException e) {
            refuse(response, String.valueOf(e.getMessage()));
        }
    }

    private static String speaker(ServerRequest request) {
        return Identity.of(request.remotePeer().tlsCertificates().orElse(new Certificate[0]))
                .map(identity -> identity.unit() + " " + identity.name())
                .orElse("nobody -");
    }

    private void pass(ServerRequest request, ServerResponse response, String speaker)
            throws IOException, InterruptedException {
        HttpResponse<InputStream> answer = send(request, speaker);
        response.status(Status.create(answer.statusCode()));
        for (HeaderName name : PASSED_BACK) {
            answer.headers().firstValue(name.lowerCase()).ifPresent(value -> response.header(name, value));
        }
        try (InputStream in = answer.body();
                OutputStream out = response.outputStream()) {
            byte[] chunk = new byte[CHUNK_BYTES];
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                out.write(chunk, 0, read);
                out.flush();
            }
        }
    }

    /// Asks the control planes one after the other, until one is there.
    private HttpResponse<InputStream> send(ServerRequest request, String speaker)
            throws IOException, InterruptedException {
        List<String> away = new ArrayList<>();
        BodyPublisher body = body(request);
        for (int turn = 0; turn < controls.size(); turn++) {
            int index = (favourite + turn) % controls.size();
            try {
                HttpResponse<InputStream> answer =
                        http.send(outgoing(controls.get(index), request, speaker, body), BodyHandlers.ofInputStream());
                favourite = index;
                return answer;
            } catch (ConnectException | HttpConnectTimeoutException e) {
                away.add(controls.get(index).getHost());
            }
        }
        throw new IOException("The control plane is away: nobody answers at " + String.join(", ", away)
                + "; what runs goes on running");
    }

    private static HttpRequest outgoing(URI control, ServerRequest request, String speaker, BodyPublisher body) {
        String query = request.query().isEmpty() ? "" : "?" + request.query().rawValue();
        HttpRequest.Builder builder = HttpRequest.newBuilder(
                        control.resolve(request.path().rawPath() + query))
                .method(request.prologue().method().text(), body)
                .header(Caller.FOR.defaultCase(), speaker);
        for (HeaderName name : PASSED_ON) {
            request.headers().first(name).ifPresent(value -> builder.header(name.defaultCase(), value));
        }
        return builder.build();
    }

    private static BodyPublisher body(ServerRequest request) {
        if (!request.content().hasEntity()) {
            return BodyPublishers.noBody();
        }
        InputStream in = request.content().inputStream();
        return BodyPublishers.ofInputStream(() -> in);
    }

    private static void refuse(ServerResponse response, String detail) {
        if (!response.isSent()) {
            response.status(Status.SERVICE_UNAVAILABLE_503)
                    .header(HeaderNames.RETRY_AFTER, "1")
                    .header(HeaderNames.CONTENT_TYPE, "application/problem+json")
                    .send(Json.bytes(new ProblemDetail("unavailable", "Not now", 503, detail)));
        }
    }

    @Override
    public void close() {
        listeners.close();
        http.shutdownNow();
    }
}
