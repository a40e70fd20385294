package io.flocker.client;

import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Duration;
import javax.net.ssl.SSLContext;

/// An HTTP client that is made anew when its owner's certificate was renewed: connections and TLS sessions that began
/// with the former certificate are not used for new requests.
public final class RenewedHttp implements AutoCloseable {
    private final Credentials credentials;
    private final Duration connectTimeout;
    private int generation;
    private HttpClient http;

    public RenewedHttp(Credentials credentials, Duration connectTimeout) throws IOException {
        this.credentials = credentials;
        this.connectTimeout = connectTimeout;
        generation = credentials.generation();
        http = client(credentials.context(), connectTimeout);
    }

    static HttpClient client(SSLContext context, Duration connectTimeout) {
        return HttpClient.newBuilder()
                .sslContext(context)
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(connectTimeout)
                .build();
    }

    /// The client to send the next request with.
    public synchronized HttpClient now() throws IOException {
        int present = credentials.generation();
        if (present != generation) {
            HttpClient former = http;
            http = client(credentials.context(), connectTimeout);
            generation = present;
            // What it has under way, it ends.
            former.shutdown();
        }
        return http;
    }

    @Override
    public synchronized void close() {
        http.shutdownNow();
    }
}
