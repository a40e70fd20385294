package io.flocker.agent.proxy;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.TreeMap;

/// A client that keeps its connection as long as the proxy does and never tries twice, so that nothing is hidden.
final class HttpConnection implements AutoCloseable {
    private final int port;
    private Socket socket = new Socket();
    private InputStream input = InputStream.nullInputStream();
    private boolean open;

    /// @param headers by lower-case name
    record Answer(int status, TreeMap<String, String> headers, String body) {}

    HttpConnection(int port) {
        this.port = port;
    }

    Answer get(String host) throws IOException {
        return get(host, "");
    }

    /// @param cookie `NAME=VALUE`; empty for none
    Answer get(String host, String cookie) throws IOException {
        if (!open) {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(20_000);
            input = new BufferedInputStream(socket.getInputStream());
            open = true;
        }
        var request = "GET / HTTP/1.1\r\nHost: " + host + "\r\n"
                + (cookie.isEmpty() ? "" : "Cookie: other=1; " + cookie + "\r\n") + "\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        int status = Integer.parseInt(line().split(" ", 3)[1]);
        var headers = new TreeMap<String, String>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            String[] header = line.split(": *", 2);
            headers.put(header[0].toLowerCase(Locale.ROOT), header[1]);
        }
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        var body = new String(input.readNBytes(length), StandardCharsets.UTF_8);
        if (headers.getOrDefault("connection", "").equals("close")) {
            close();
        }
        return new Answer(status, headers, body);
    }

    private String line() throws IOException {
        var line = new StringBuilder();
        for (int c = input.read(); c != '\n'; c = input.read()) {
            if (c < 0) {
                throw new EOFException("closed after `" + line + "`");
            }
            line.append((char) c);
        }
        return line.toString().strip();
    }

    @Override
    public void close() throws IOException {
        open = false;
        socket.close();
    }
}
