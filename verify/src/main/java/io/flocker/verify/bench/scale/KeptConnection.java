package io.flocker.verify.bench.scale;

import io.flocker.client.Credentials;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/// One connection over mutual TLS for one request after the other (HTTP/1.1), as an agent keeps it; thousands
/// of them cost less than as many of the JDK's clients. Made anew when it broke.
final class KeptConnection implements AutoCloseable {
    private static final int LIMIT_MILLIS = 40_000;
    private static final int BUFFER_BYTES = 2_048;
    private static final String LENGTH = "content-length:";

    private final URI api;
    private final String header;
    private final SSLContext context;
    private SSLSocket socket;
    private InputStream in = InputStream.nullInputStream();

    /// @param header one more of each request, with its end of line; empty for none
    KeptConnection(URI api, Credentials credentials, String header) throws IOException {
        this.api = api;
        this.header = header;
        context = credentials.context();
        socket = open();
    }

    private SSLSocket open() throws IOException {
        var plain = new Socket();
        try {
            plain.connect(new InetSocketAddress(api.getHost(), api.getPort()), LIMIT_MILLIS);
            plain.setTcpNoDelay(true);
            plain.setSoTimeout(LIMIT_MILLIS);
            var made = (SSLSocket) context.getSocketFactory().createSocket(plain, api.getHost(), api.getPort(), true);
            made.startHandshake();
            in = new BufferedInputStream(made.getInputStream(), BUFFER_BYTES);
            return made;
        } catch (IOException e) {
            plain.close();
            throw e;
        }
    }

    /// Sends a request and reads the whole answer.
    ///
    /// @throws IOException if it was refused, or there was no answer: the next request gets a new connection
    byte[] exchange(String method, String path, byte[] body) throws IOException {
        if (socket.isClosed()) {
            socket = open();
        }
        try {
            return answer(method, path, body);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private byte[] answer(String method, String path, byte[] body) throws IOException {
        String head = method + " " + path + " HTTP/1.1\r\nHost: " + api.getAuthority() + "\r\nContent-Length: "
                + body.length + "\r\nContent-Type: application/json\r\n" + header + "\r\n";
        byte[] request = new byte[head.length() + body.length];
        System.arraycopy(head.getBytes(StandardCharsets.US_ASCII), 0, request, 0, head.length());
        System.arraycopy(body, 0, request, head.length(), body.length);
        socket.getOutputStream().write(request);
        String status = line();
        int length = 0;
        for (String line = line(); !line.isEmpty(); line = line()) {
            if (line.toLowerCase(Locale.ROOT).startsWith(LENGTH)) {
                length = Integer.parseInt(line.substring(LENGTH.length()).strip());
            }
        }
        byte[] content = in.readNBytes(length);
        if (!status.startsWith("HTTP/1.1 200")) {
            throw new IOException(status + " " + new String(content, StandardCharsets.UTF_8));
        }
        return content;
    }

    private String line() throws IOException {
        var line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("The leader hung up");
            }
            line.append((char) next);
        }
        return line.toString().strip();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
