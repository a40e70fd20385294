package io.flocker.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// HTTP/1.1 (RFC 9112) over plain streams: a Unix socket, the daemon's or the engine's, ready without a class of TLS,
/// certificates or the JDK's client, a connection for each exchange; or TLS, where a body is so long that the JDK's
/// client is too slow, and connections are kept.
public final class SocketTransport implements Transport {
    private static final int CHUNK_BYTES = 16 * 1024;

    private final String host;
    private final Connector connector;

    /// Where connections come from.
    private interface Connector {
        /// One for an exchange that may take so long.
        Connection open(Duration limit) throws IOException;

        /// One that has served another exchange.
        default Optional<? extends Connection> kept(Duration limit) {
            return Optional.empty();
        }

        /// What is to become of a connection after an exchange; empty if it is to stay.
        default String afterwards() {
            return "Connection: close\r\n";
        }
    }

    public SocketTransport(Path socket) {
        host = "localhost";
        connector = limit -> SocketConnection.open(socket, limit);
    }

    /// Over TLS. A request's limit is for each of its reads; its thread must be a virtual one to be interrupted.
    SocketTransport(URI base, KeptConnections connections) {
        host = base.getAuthority();
        connector = new Connector() {
            @Override
            public Connection open(Duration limit) throws IOException {
                return connections.open(base, limit);
            }

            @Override
            public Optional<TlsConnection> kept(Duration limit) {
                return connections.take(base, limit);
            }

            @Override
            public String afterwards() {
                return "";
            }
        };
    }

    @Override
    public Answer send(Request request) throws IOException {
        boolean repeatable = request.method().equals("GET");
        Optional<? extends Connection> kept = repeatable ? connector.kept(request.limit()) : Optional.empty();
        if (kept.isPresent()) {
            try {
                return send(request, kept.get());
            } catch (InterruptedIOException e) {
                throw e;
            } catch (IOException e) {
                // The other side may have hung up since.
                return send(request, e);
            }
        }
        return send(request, connector.open(request.limit()));
    }

    private Answer send(Request request, IOException before) throws IOException {
        try {
            return send(request, connector.open(request.limit()));
        } catch (IOException e) {
            e.addSuppressed(before);
            throw e;
        }
    }

    private Answer send(Request request, Connection connection) throws IOException {
        boolean answered = false;
        try {
            Answer answer = exchange(request, connection);
            answered = true;
            return answer;
        } finally {
            if (!answered) {
                connection.close();
            }
        }
    }

    private Answer exchange(Request request, Connection connection) throws IOException {
        try {
            write(request, connection.out());
        } catch (IOException broken) {
            // The daemon may have refused, and hung up, before it had read everything.
            try {
                return AnswerReader.read(connection);
            } catch (IOException e) {
                broken.addSuppressed(e);
                throw broken;
            }
        }
        return AnswerReader.read(connection);
    }

    private void write(Request request, OutputStream out) throws IOException {
        out.write(head(request).getBytes(StandardCharsets.ISO_8859_1));
        if (request.bodyBytes() == Request.UNKNOWN) {
            writeChunks(request.body(), out);
        } else if (request.bodyBytes() > 0) {
            out.write(request.body().readAllBytes());
        }
    }

    private String head(Request request) {
        var head = new StringBuilder(request.method())
                .append(' ')
                .append(request.path())
                .append(" HTTP/1.1\r\nHost: ")
                .append(host)
                .append("\r\n")
                .append(connector.afterwards());
        for (Map.Entry<String, String> header : request.headers().entrySet()) {
            head.append(header.getKey()).append(": ").append(header.getValue()).append("\r\n");
        }
        if (request.bodyBytes() == Request.UNKNOWN) {
            head.append("Transfer-Encoding: chunked\r\n");
        } else if (request.bodyBytes() > 0 || !request.method().equals("GET")) {
            head.append("Content-Length: ").append(request.bodyBytes()).append("\r\n");
        }
        return head.append("\r\n").toString();
    }

    private static void writeChunks(InputStream body, OutputStream out) throws IOException {
        byte[] chunk = new byte[CHUNK_BYTES];
        for (int read = body.read(chunk); read >= 0; read = body.read(chunk)) {
            if (read > 0) {
                out.write((Integer.toHexString(read) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
                out.write(chunk, 0, read);
                out.write('\r');
                out.write('\n');
            }
        }
        out.write("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
    }

    @Override
    public void close() {}
}
