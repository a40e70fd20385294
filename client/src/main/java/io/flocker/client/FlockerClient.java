package io.flocker.client;

import io.flocker.client.Transport.Answer;
import io.flocker.client.Transport.Request;
import io.flocker.client.api.ProblemDetail;
import io.flocker.core.wire.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Calls the API of a cluster. Requests that change something carry an idempotency key and are repeated, a bounded
/// number of times, when no answer came.
public final class FlockerClient implements AutoCloseable {
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(90);
    private static final int TRIES = 3;

    /// How often it is waited out that a control plane has too much to do, and for how long at most.
    private static final int BUSY_TRIES = 5;

    private static final long MOST_WAIT_SECONDS = 10;

    private final Transport transport;
    private final String place;

    /// Calls over TLS, as whom `credentials` say.
    public FlockerClient(URI base, Credentials credentials) throws IOException {
        this(List.of(base), credentials);
    }

    /// Calls over TLS the first of `bases`, nodes of one cluster, that can be reached.
    public FlockerClient(List<URI> bases, Credentials credentials) throws IOException {
        this(
                new TlsTransport(bases, credentials),
                bases.stream().map(URI::toString).collect(Collectors.joining(", ")));
    }

    /// @param place where `transport` leads to
    FlockerClient(Transport transport, String place) {
        this.transport = transport;
        this.place = place;
    }

    /// Calls the daemon on this machine as root, who alone may open its Unix socket.
    public static FlockerClient local(Path socket) {
        return new FlockerClient(new SocketTransport(socket), socket.toString());
    }

    /// Calls as nobody, to join the cluster whose authority has the hash `authority`.
    ///
    /// @param authority as in [Invitation#authority]
    public static FlockerClient stranger(URI base, String authority) throws IOException {
        return new FlockerClient(new TlsTransport(List.of(base), PinnedTrust.context(authority), ""), base.toString());
    }

    /// Calls over TLS as whoever a token is of.
    ///
    /// @param bases nodes of the token's cluster, of which the first that can be reached is called
    public static FlockerClient of(Login login, List<URI> bases) throws IOException {
        var transport = new TlsTransport(bases, PinnedTrust.nodes(login.authority()), "Bearer " + login.text());
        return new FlockerClient(transport, bases.stream().map(URI::toString).collect(Collectors.joining(", ")));
    }

    /// Where the API is: an address or a socket's path.
    public String place() {
        return place;
    }

    public <T> T get(String path, Class<T> answer) throws IOException, InterruptedException {
        return exchange("GET", path, null, answer, null);
    }

    /// The same within a limit, and no second try.
    public <T> T get(String path, Class<T> answer, Duration limit) throws IOException, InterruptedException {
        return Json.read(read(new Request("GET", path, Map.of(), InputStream.nullInputStream(), 0, limit)), answer);
    }

    public <T> T post(String path, Object body, Class<T> answer) throws IOException, InterruptedException {
        return exchange("POST", path, body, answer, null);
    }

    /// The same, sent once and given up after `limit`: for what is soon out of date.
    public <T> T post(String path, Object body, Class<T> answer, Duration limit)
            throws IOException, InterruptedException {
        byte[] sent = Json.bytes(body);
        var headers = new TreeMap<>(Map.of("Content-Type", "application/json"));
        return Json.read(
                read(new Request("POST", path, headers, new ByteArrayInputStream(sent), sent.length, limit)), answer);
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
    public InputStream stream(String method, String path) throws IOException, InterruptedException {
        return stream(new Request(method, path, Map.of(), InputStream.nullInputStream(), 0, Transport.FOR_EVER));
    }

    /// The same for a request whose body is sent as it comes.
    public InputStream stream(String method, String path, InputStream body) throws IOException, InterruptedException {
        return stream(new Request(method, path, Map.of(), body, Request.UNKNOWN, Transport.FOR_EVER));
    }

    private InputStream stream(Request request) throws IOException, InterruptedException {
        Answer answer = send(request);
        if (answer.status() >= 300) {
            try (InputStream in = answer.body()) {
                throw refused(answer, in.readAllBytes());
            }
        }
        return answer.body();
    }

    private <T> T exchange(String method, String path, @Nullable Object body, Class<T> answer, @Nullable Long version)
            throws IOException, InterruptedException {
        var headers = new TreeMap<String, String>();
        if (!method.equals("GET")) {
            headers.put("Idempotency-Key", UUID.randomUUID().toString());
            headers.put("Content-Type", "application/json");
        }
        if (version != null) {
            headers.put("If-Match", "\"" + version + "\"");
        }
        byte[] sent = body == null ? new byte[0] : Json.bytes(body);
        IOException last = new IOException("not tried");
        int busy = 0;
        for (int attempt = 0; attempt < TRIES; attempt++) {
            var content = new ByteArrayInputStream(sent);
            try {
                return Json.read(
                        read(new Request(method, path, headers, content, sent.length, ANSWER_TIMEOUT)), answer);
            } catch (ApiException e) {
                if (e.problem().status() != ProblemDetail.BUSY || ++busy > BUSY_TRIES) {
                    throw e;
                }
                attempt--;
                waitOut(e.retryAfterSeconds());
            } catch (ConnectException | Json.MalformedJson e) {
                throw e;
            } catch (IOException e) {
                last = e;
            }
        }
        throw new IOException("No answer from " + place + " to " + method + " " + path + ": " + reason(last), last);
    }

    /// Up to twice as long as it was told: not all who were refused together are to come back together.
    private static void waitOut(long retryAfterSeconds) throws InterruptedException {
        long millis = 1_000 * Math.clamp(retryAfterSeconds, 1, MOST_WAIT_SECONDS);
        TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextLong(millis, 2 * millis));
    }

    private byte[] read(Request request) throws IOException, InterruptedException {
        Answer answer = send(request);
        try (InputStream in = answer.body()) {
            byte[] bytes = in.readAllBytes();
            if (answer.status() >= 300) {
                throw refused(answer, bytes);
            }
            return bytes;
        } catch (InterruptedIOException e) {
            throw interrupted(e);
        }
    }

    private Answer send(Request request) throws IOException, InterruptedException {
        try {
            return transport.send(request);
        } catch (ConnectException e) {
            ConnectException told = new ConnectException(
                    "Cannot reach Flocker at " + place + ": is flocker daemon running there? (" + reason(e) + ")");
            told.initCause(e);
            throw told;
        } catch (InterruptedIOException e) {
            throw interrupted(e);
        }
    }

    private static InterruptedException interrupted(InterruptedIOException cause) {
        // The exception stands for the flag.
        Thread.interrupted();
        InterruptedException told = new InterruptedException("Interrupted while waiting for an answer");
        told.initCause(cause);
        return told;
    }

    private static String reason(Throwable failure) {
        Throwable deepest = failure;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return deepest.getMessage() == null ? deepest.getClass().getSimpleName() : deepest.getMessage();
    }

    private static IOException refused(Answer answer, byte[] body) {
        try {
            return new ApiException(Json.read(body, ProblemDetail.class), answer.retryAfterSeconds());
        } catch (IOException e) {
            String text = new String(body, 0, Math.min(body.length, 500), StandardCharsets.UTF_8);
            return new ApiException(new ProblemDetail(
                    "unreadable", "Unreadable answer", answer.status(), "HTTP " + answer.status() + ": " + text));
        }
    }

    @Override
    public void close() {
        transport.close();
    }
}
