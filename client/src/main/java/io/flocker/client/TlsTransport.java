package io.flocker.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import javax.net.ssl.SSLContext;

/// HTTPS with a client certificate, by the JDK's client.
final class TlsTransport implements Transport {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    private final HttpClient http;
    private final URI base;

    TlsTransport(URI base, SSLContext context) {
        this.base = base;
        http = HttpClient.newBuilder()
                .sslContext(context)
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_TIMEOUT)
                .build();
    }

    @Override
    public Answer send(Request request) throws IOException, InterruptedException {
        HttpRequest.Builder builder =
                HttpRequest.newBuilder(base.resolve(request.path())).method(request.method(), body(request));
        request.headers().forEach(builder::header);
        if (!request.limit().equals(FOR_EVER)) {
            builder.timeout(request.limit());
        }
        HttpResponse<InputStream> response = http.send(builder.build(), BodyHandlers.ofInputStream());
        return new Answer(response.statusCode(), response.body());
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
        http.shutdownNow();
    }
}
