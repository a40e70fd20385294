package io.flocker.client;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Map;

/// How requests reach an API: TLS from anywhere, or the daemon's Unix socket for root on the same machine.
public sealed interface Transport extends AutoCloseable permits TlsTransport, SocketTransport {
    /// Longer than anybody follows anything.
    Duration FOR_EVER = Duration.ofDays(10_000);

    /// Sends a request, and returns when its answer begins. The caller closes the answer's body.
    ///
    /// @throws java.net.ConnectException if nobody listens there
    Answer send(Request request) throws IOException, InterruptedException;

    @Override
    void close();

    /// One request.
    ///
    /// @param path with its query
    /// @param body is read once, as it comes
    /// @param bodyBytes how many bytes the body has; [#UNKNOWN] if only its end tells
    /// @param limit for how long to wait for the answer
    record Request(
            String method, String path, Map<String, String> headers, InputStream body, long bodyBytes, Duration limit) {
        public static final long UNKNOWN = -1;

        /// One without a body.
        public static Request get(String path, Map<String, String> headers, Duration limit) {
            return new Request("GET", path, headers, InputStream.nullInputStream(), 0, limit);
        }
    }

    /// An answer whose body may still be on its way.
    ///
    /// @param retryAfterSeconds when to ask again; 0 if it does not say so
    record Answer(int status, InputStream body, long retryAfterSeconds) {}
}
