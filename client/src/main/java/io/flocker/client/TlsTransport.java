package io.flocker.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;

/// HTTPS with a client certificate or a token, by the JDK's client.
final class TlsTransport implements Transport {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    private final Clients clients;
    private final List<URI> bases;
    private final String authorization;

    /// The one that could be reached last.
    private volatile int favourite;

    /// Gives out the client for the next request.
    private interface Clients extends AutoCloseable {
        HttpClient now() throws IOException;

        @Override
        void close();
    }

    /// Without a certificate.
    ///
    /// @param authorization what the header of that name says; empty for none
    TlsTransport(List<URI> bases, SSLContext context, String authorization) {
        HttpClient http = RenewedHttp.client(context, CONNECT_TIMEOUT);
        this(bases, authorization, new Clients() {
            @Override
            public HttpClient now() {
                return http;
            }

            @Override
            public void close() {
                http.shutdownNow();
            }
        });
    }

    /// @param bases the same API at several places: the first that can be reached is asked
    TlsTransport(List<URI> bases, Credentials credentials) throws IOException {
        var http = new RenewedHttp(credentials, CONNECT_TIMEOUT);
        this(bases, "", new Clients() {
            @Override
            public HttpClient now() throws IOException {
                return http.now();
            }

            @Override
            public void close() {
                http.close();
            }
        });
    }

    private TlsTransport(List<URI> bases, String authorization, Clients clients) {
        this.bases = List.copyOf(bases);
        this.authorization = authorization;
        this.clients = clients;
    }

    @Override
    public Answer send(Request request) throws IOException, InterruptedException {
        BodyPublisher body = body(request);
        for (int turn = 0; ; turn++) {
            int index = (favourite + turn) % bases.size();
            try {
                Answer answer = send(bases.get(index), request, body);
                favourite = index;
                return answer;
            } catch (ConnectException | HttpConnectTimeoutException e) {
                // Nothing was sent: another place may be asked.
                if (turn + 1 == bases.size()) {
                    throw e;
                }
            }
        }
    }

    private Answer send(URI base, Request request, BodyPublisher body) throws IOException, InterruptedException {
        HttpRequest.Builder builder =
                HttpRequest.newBuilder(base.resolve(request.path())).method(request.method(), body);
        request.headers().forEach(builder::header);
        if (!authorization.isEmpty()) {
            builder.header("Authorization", authorization);
        }
        if (!request.limit().equals(FOR_EVER)) {
            builder.timeout(request.limit());
        }
        HttpResponse<InputStream> response = clients.now().send(builder.build(), BodyHandlers.ofInputStream());
        return new Answer(
                response.statusCode(),
                response.body(),
                response.headers()
                        .firstValue(AnswerReader.RETRY_AFTER)
                        .map(AnswerReader::seconds)
                        .orElse(0L));
    }

    private static BodyPublisher body(Request request) throws IOException {
        if (request.bodyBytes() == 0) {
            return BodyPublishers.noBody();
        }
        return request.bodyBytes() == Request.UNKNOWN
                ? BodyPublishers.ofInputStream(request::body)
                : BodyPublishers.ofByteArray(request.body().readAllBytes());
    }

    @Override
    public void close() {
        clients.close();
    }
}
