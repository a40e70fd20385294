package io.flocker.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/// HTTP/1.1 (RFC 9112) over plain streams: a Unix socket, the daemon's or the engine's, ready without a class of TLS,
/// certificates or the JDK's client; or TLS, where a body is so long that the JDK's client is too slow. One connection
/// serves one exchange.
public final class SocketTransport implements Transport {
    private static final int CHUNK_BYTES = 16 * 1024;

    private final String host;
    private final Connector connector;

    /// Opens a connection for an exchange that may take so long.
    @FunctionalInterface
    private interface Connector {
        Connection open(Duration limit) throws IOException;
    }

    public SocketTransport(Path socket) {
        host = "localhost";
        connector = limit -> SocketConnection.open(socket, limit);
    }

    /// Over TLS, as whom `credentials` say. A request's limit is for each of its reads; its thread must be a virtual
    /// one
    /// to be interrupted.
    SocketTransport(URI base, Credentials credentials) {
        host = base.getAuthority();
        connector = limit -> TlsConnection.open(base, credentials, limit);
    }

    @Override
    public Answer send(Request request) throws IOException {
        Connection connection = connector.open(request.limit());
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
                return AnswerReader.read(connection.in());
            } catch (IOException e) {
                broken.addSuppressed(e);
                throw broken;
            }
        }
        return AnswerReader.read(connection.in());
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
                .append("\r\nConnection: close\r\n");
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
