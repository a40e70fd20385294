package io.flocker.control.api;

import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;

/// The body of a request that is passed on. A small one is kept, so that it can be sent again when the leader changes.
///
/// @param canBeSentAgain whether it is here; if not, it goes through as it comes
record PassedBody(BodyPublisher publisher, boolean canBeSentAgain) {
    /// The largest body that is kept.
    private static final int MAX_KEPT_BYTES = 1024 * 1024;

    static PassedBody of(ServerRequest request) throws IOException {
        if (!request.content().hasEntity()) {
            return new PassedBody(BodyPublishers.noBody(), true);
        }
        InputStream in = request.content().inputStream();
        long length = request.headers().contentLength().orElse(Long.MAX_VALUE);
        return length <= MAX_KEPT_BYTES
                ? new PassedBody(BodyPublishers.ofByteArray(in.readNBytes((int) length)), true)
                : new PassedBody(BodyPublishers.ofInputStream(() -> in), false);
    }
}
