package io.flocker.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/// HTTP/1.1 (RFC 9112) over a Unix socket, the daemon's or the engine's: ready without a class of TLS,
/// certificates or the JDK's client. One connection serves one exchange.
public final class SocketTransport implements Transport {
    private static final int CHUNK_BYTES = 16 * 1024;

    private final Path socket;

    public SocketTransport(Path socket) {
        this.socket = socket;
    }

    @Override
    public Answer send(Request request) throws IOException {
        SocketConnection connection = SocketConnection.open(socket, request.limit());
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

    private static Answer exchange(Request request, SocketConnection connection) throws IOException {
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

    private static void write(Request request, OutputStream out) throws IOException {
        out.write(head(request).getBytes(StandardCharsets.ISO_8859_1));
        if (request.bodyBytes() == Request.UNKNOWN) {
            writeChunks(request.body(), out);
        } else if (request.bodyBytes() > 0) {
            out.write(request.body().readAllBytes());
        }
    }

    private static String head(Request request) {
        var head = new StringBuilder(request.method())
                .append(' ')
                .append(request.path())
                .append(" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
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
