package io.flocker.agent.engine;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// A command's input and output over a connection that the engine hands over for it: `POST /exec/ID/start` of the
/// Docker Engine API, upgraded to a stream. The client library never ends the input, so that a command which reads
/// to its end would wait for ever; here the connection is closed in that direction alone.
final class RawExec {
    private static final int MAX_HEAD_BYTES = 16 * 1024;
    private static final int CHUNK_BYTES = 16 * 1024;

    private RawExec() {}

    /// Starts a prepared command; returns when its output ends. Without a terminal, the output comes in the engine's
    /// frames: a byte for the stream, three of nothing, four for the length.
    ///
    /// @param in is read by another thread until it ends or the command does
    static void run(Path socket, String exec, boolean tty, InputStream in, OutputStream out) throws IOException {
        try (SocketChannel engine = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            byte[] body = ("{\"Detach\":false,\"Tty\":" + tty + "}").getBytes(StandardCharsets.US_ASCII);
            OutputStream to = Channels.newOutputStream(engine);
            to.write(
                    ("POST /exec/" + exec + "/start HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n"
                                    + "Content-Type: application/json\r\nContent-Length: " + body.length + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            to.write(body);
            var from = new BufferedInputStream(Channels.newInputStream(engine), CHUNK_BYTES);
            requireUpgrade(from);
            Thread feeder = Thread.ofVirtual().start(() -> feed(in, to, engine));
            try {
                byte[] chunk = new byte[CHUNK_BYTES];
                for (int read = from.read(chunk); read >= 0; read = from.read(chunk)) {
                    out.write(chunk, 0, read);
                    out.flush();
                }
            } finally {
                feeder.interrupt();
            }
        }
    }

    private static void requireUpgrade(InputStream from) throws IOException {
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = from.read();
            if (next < 0 || head.length() > MAX_HEAD_BYTES) {
                throw new IOException("The engine broke off before it had answered: " + head);
            }
            head.append((char) next);
        }
        String status = head.substring(0, head.indexOf("\r\n"));
        if (!status.contains(" 101 ")) {
            throw new IOException("The engine does not start the command: " + status + " "
                    + new String(from.readNBytes(MAX_HEAD_BYTES), StandardCharsets.UTF_8).strip());
        }
    }

    private static void feed(InputStream in, OutputStream to, SocketChannel engine) {
        try {
            byte[] chunk = new byte[CHUNK_BYTES];
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                to.write(chunk, 0, read);
            }
            engine.shutdownOutput();
        } catch (IOException e) {
            // The command ended before its input did.
        }
    }
}
