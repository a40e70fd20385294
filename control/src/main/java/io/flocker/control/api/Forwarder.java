package io.flocker.control.api;

import io.flocker.client.Credentials;
import io.flocker.client.Identity;
import io.flocker.client.RenewedHttp;
import io.flocker.client.api.Answers;
import io.flocker.control.log.NotLeading;
import io.flocker.core.lease.LeaseTerms;
import io.flocker.core.wire.Json;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
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
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/// Passes requests that only the leader can answer on to it, and its answer back as it comes. A request is passed on
/// once: who gets one and does not lead says so (421), and this looks for the leader anew.
public final class Forwarder implements AutoCloseable {
    /// What a node answers to a request that was passed on to it although it does not lead.
    static final int MISDIRECTED = 421;

    /// For so long a request waits for the cluster to have a leader.
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration ASK_TIMEOUT = Duration.ofSeconds(1);

    /// An agent that gets no answer for so long asks again; the leader's machine may be gone without a word.
    private static final Duration AGENT_TIMEOUT = Duration.ofSeconds(3);

    /// A report is out of date so soon: the agent sends another one.
    private static final Duration REPORT_TIMEOUT = Duration.ofMillis(LeaseTerms.USUAL.timeoutMillis());

    private static final long PAUSE_MILLIS = 100;
    private static final int CHUNK_BYTES = 16 * 1024;
    private static final List<HeaderName> PASSED_ON = List.of(
            HeaderNames.CONTENT_TYPE,
            HeaderNames.IF_MATCH,
            HeaderNames.create("Idempotency-Key"),
            HeaderNames.ACCEPT,
            // A token is judged by the leader: this node may not know who there is.
            HeaderNames.AUTHORIZATION);
    private static final List<HeaderName> PASSED_BACK =
            List.of(HeaderNames.CONTENT_TYPE, HeaderNames.ETAG, HeaderNames.RETRY_AFTER, HeaderNames.WWW_AUTHENTICATE);

    private final RenewedHttp http;
    private volatile List<URI> controls;

    /// Who answered last.
    private volatile Optional<URI> favourite = Optional.empty();

    /// @param controls the APIs of nodes with a control plane
    public Forwarder(Credentials credentials, List<URI> controls) throws IOException {
        this.controls = List.copyOf(controls);
        http = new RenewedHttp(credentials, CONNECT_TIMEOUT);
    }

    /// From now on these are the APIs of nodes with a control plane.
    public void controls(List<URI> present) {
        controls = List.copyOf(present);
    }

    /// Passes a request on, and its answer back.
    ///
    /// @param root whether it came by the Unix socket
    /// @param known where the leader is, as far as this node knows
    /// @throws IOException if no leader was found in time, or it was lost and may have acted already
    void pass(ServerRequest request, ServerResponse response, boolean root, Supplier<Optional<URI>> known)
            throws IOException, InterruptedException {
        Speaker speaker =
                root ? new Speaker("root root", Caller.SOCKET) : new Speaker(speaker(request), Caller.address(request));
        PassedBody body = PassedBody.of(request);
        long deadline = System.nanoTime() + (isReport(request) ? REPORT_TIMEOUT : PATIENCE).toNanos();
        do {
            Optional<URI> leader = leader(known, body);
            if (leader.isPresent()) {
                Optional<HttpResponse<InputStream>> answer = send(leader.get(), request, speaker, body);
                if (answer.isPresent()) {
                    deliver(answer.get(), response);
                    return;
                }
                favourite = Optional.empty();
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        } while (System.nanoTime() < deadline);
        throw new NotLeading("The control plane is away: none of "
                + String.join(", ", controls.stream().map(URI::getHost).toList())
                + " leads, or a majority of the voters is away; what runs goes on running");
    }

    /// Whom this node speaks for, as [Caller#FOR] and [Caller#FROM] say it.
    private record Speaker(String who, String from) {}

    private static String speaker(ServerRequest request) {
        return Identity.of(request.remotePeer().tlsCertificates().orElse(new Certificate[0]))
                .map(identity -> identity.unit() + " " + identity.name())
                .orElse("nobody -");
    }

    /// Where the leader is. For a body that can be sent only once, it is asked whether it still leads.
    private Optional<URI> leader(Supplier<Optional<URI>> known, PassedBody body)
            throws IOException, InterruptedException {
        Optional<URI> hint = known.get();
        if (hint.isPresent()) {
            return hint;
        }
        if (favourite.isPresent() && body.canBeSentAgain()) {
            return favourite;
        }
        favourite = ask();
        return favourite;
    }

    /// Asks all nodes with a control plane at once who leads; the first that knows is believed.
    private Optional<URI> ask() throws IOException, InterruptedException {
        var first = new CompletableFuture<Optional<URI>>();
        HttpClient client = http.now();
        List<CompletableFuture<Void>> asked = controls.stream()
                .map(control -> client.sendAsync(question(control), BodyHandlers.ofByteArray())
                        .thenAccept(answer -> leader(answer).ifPresent(found -> first.complete(Optional.of(found))))
                        .exceptionally(_ -> null))
                .toList();
        CompletableFuture<Optional<URI>> none =
                CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new)).thenApply(_ -> Optional.empty());
        try {
            return first.applyToEither(none, found -> found).get(ASK_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            return Optional.empty();
        }
    }

    private static HttpRequest question(URI control) {
        return HttpRequest.newBuilder(control.resolve(Api.LEADER_PATH))
                .timeout(ASK_TIMEOUT)
                .build();
    }

    private static Optional<URI> leader(HttpResponse<byte[]> answer) {
        try {
            String api = Json.read(answer.body(), Answers.Leader.class).api();
            return api.isEmpty() ? Optional.empty() : Optional.of(URI.create(api));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /// Empty if it may be tried again: that one does not lead, or cannot have acted, or would not act twice.
    private Optional<HttpResponse<InputStream>> send(
            URI leader, ServerRequest request, Speaker speaker, PassedBody body)
            throws IOException, InterruptedException {
        try {
            HttpResponse<InputStream> answer =
                    http.now().send(outgoing(leader, request, speaker, body), BodyHandlers.ofInputStream());
            if (answer.statusCode() != MISDIRECTED) {
                return Optional.of(answer);
            }
            answer.body().close();
            if (!body.canBeSentAgain()) {
                throw new NotLeading("The leader changed while a large request was sent; send it again");
            }
            return Optional.empty();
        } catch (ConnectException | HttpConnectTimeoutException e) {
            return Optional.empty();
        } catch (NotLeading e) {
            throw e;
        } catch (IOException e) {
            favourite = Optional.empty();
            if (body.canBeSentAgain() && isHarmlessTwice(request)) {
                return Optional.empty();
            }
            throw new IOException("The leader was lost before it had answered; look whether it happened", e);
        }
    }

    private static boolean isHarmlessTwice(ServerRequest request) {
        return request.prologue().method().text().equals("GET")
                || request.headers().contains(HeaderNames.create("Idempotency-Key"));
    }

    private static HttpRequest outgoing(URI control, ServerRequest request, Speaker speaker, PassedBody body) {
        String query = request.query().isEmpty() ? "" : "?" + request.query().rawValue();
        HttpRequest.Builder builder = HttpRequest.newBuilder(
                        control.resolve(request.path().rawPath() + query))
                .method(request.prologue().method().text(), body.publisher())
                .header(Caller.FOR.defaultCase(), speaker.who())
                .header(Caller.FROM.defaultCase(), speaker.from());
        for (HeaderName name : PASSED_ON) {
            request.headers().first(name).ifPresent(value -> builder.header(name.defaultCase(), value));
        }
        if (isReport(request)) {
            builder.timeout(REPORT_TIMEOUT);
        } else if (request.path().rawPath().startsWith("/v2/agent/")) {
            builder.timeout(AGENT_TIMEOUT.plusMillis(waitMillis(request)));
        }
        return builder.build();
    }

    private static boolean isReport(ServerRequest request) {
        return request.path().rawPath().equals("/v2/agent/report");
    }

    private static long waitMillis(ServerRequest request) {
        try {
            return Long.parseLong(request.query().first("wait").orElse("0"));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static void deliver(HttpResponse<InputStream> answer, ServerResponse response) throws IOException {
        response.status(Status.create(answer.statusCode()));
        for (HeaderName name : PASSED_BACK) {
            answer.headers().firstValue(name.lowerCase()).ifPresent(value -> response.header(name, value));
        }
        try (InputStream in = answer.body()) {
            copy(in, response);
        }
    }

    /// Passes an answer's body back as it comes. If it breaks off, so does the connection: the caller would take what
    /// came for all of it.
    ///
    /// @throws IOException if nothing has come, so that the caller can still be told
    static void copy(InputStream in, ServerResponse response) throws IOException {
        byte[] chunk = new byte[CHUNK_BYTES];
        int read = in.read(chunk);
        OutputStream out = response.outputStream();
        try {
            for (; read >= 0; read = in.read(chunk)) {
                out.write(chunk, 0, read);
                out.flush();
            }
        } catch (IOException e) {
            throw new CloseConnectionException("The answer broke off", e);
        }
        out.close();
    }

    @Override
    public void close() {
        http.close();
    }
}
