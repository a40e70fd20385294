package io.flocker.client;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Connections to any hosts that have served an exchange and wait for the next one: a handshake costs more than a small
/// difference of a volume. The other side looks at the certificate again for each request.
final class KeptConnections {
    static final int MOST = 32;

    /// Far less than the other side waits for a request.
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(10);

    /// By then a certificate may be another one, or a host at another place.
    private static final long AGE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Credentials credentials;
    /// Those that were given back last come first.
    private final Deque<Kept> idle = new ArrayDeque<>();

    private record Kept(TlsConnection connection, long sinceNanos) {}

    KeptConnections(Credentials credentials) {
        this.credentials = credentials;
    }

    /// One that has been here before; the host may have hung up since.
    ///
    /// @param limit for each read
    Optional<TlsConnection> take(URI base, Duration limit) {
        sweep();
        Optional<TlsConnection> found = take(base);
        try {
            if (found.isPresent()) {
                found.get().limit(limit);
            }
            return found;
        } catch (IOException e) {
            found.ifPresent(KeptConnections::close);
            return Optional.empty();
        }
    }

    private synchronized Optional<TlsConnection> take(URI base) {
        Optional<Kept> found =
                idle.stream().filter(kept -> kept.connection().isTo(base)).findFirst();
        found.ifPresent(idle::remove);
        return found.map(Kept::connection);
    }

    TlsConnection open(URI base, Duration limit) throws IOException {
        return TlsConnection.open(base, credentials, limit, this);
    }

    /// Keeps one whose exchange is over.
    void give(TlsConnection connection) {
        synchronized (this) {
            idle.addFirst(new Kept(connection, System.nanoTime()));
        }
        sweep();
    }

    /// Closes those that nobody takes any more.
    private void sweep() {
        List<TlsConnection> over = new ArrayList<>();
        synchronized (this) {
            long now = System.nanoTime();
            idle.removeIf(kept -> {
                boolean old = now - kept.sinceNanos() > IDLE_NANOS
                        || now - kept.connection().openedNanos() > AGE_NANOS
                        || kept.connection().generation() != credentials.generation();
                return old && over.add(kept.connection());
            });
            while (idle.size() > MOST) {
                over.add(idle.removeLast().connection());
            }
        }
        over.forEach(KeptConnections::close);
    }

    private static void close(TlsConnection connection) {
        try {
            connection.close();
        } catch (IOException e) {
            // The other side is gone: there is nobody to say so to.
        }
    }
}
