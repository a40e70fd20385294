package io.flocker.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// A Unix socket that answers each connection with the next of a test's texts, byte for byte.
final class ScriptedDaemon implements AutoCloseable {
    private final ServerSocketChannel server;
    private final Path socket;
    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private final List<SocketChannel> silent = Collections.synchronizedList(new ArrayList<>());

    /// Answers begin when a request ends with `until`; an empty answer is none at all, for ever.
    ScriptedDaemon(Path folder, String until, String... answers) throws IOException {
        socket = folder.resolve("api.sock");
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        Thread.ofPlatform().daemon().start(() -> serve(until, answers));
    }

    Path socket() {
        return socket;
    }

    /// The requests so far.
    List<String> asked() {
        return List.copyOf(asked);
    }

    private void serve(String until, String... answers) {
        try {
            for (String answer : answers) {
                SocketChannel connection = server.accept();
                asked.add(read(connection, until));
                if (answer.isEmpty()) {
                    silent.add(connection);
                } else {
                    write(connection, answer);
                    connection.close();
                }
            }
        } catch (IOException e) {
            // The test has ended.
        }
    }

    private static String read(SocketChannel connection, String until) throws IOException {
        var read = new ByteArrayOutputStream();
        ByteBuffer some = ByteBuffer.allocate(64 * 1024);
        while (!read.toString(StandardCharsets.ISO_8859_1).endsWith(until) && connection.read(some.clear()) > 0) {
            read.write(some.array(), 0, some.position());
        }
        return read.toString(StandardCharsets.ISO_8859_1);
    }

    /// In small pieces, so that no reader can rely on where they end.
    private static void write(SocketChannel connection, String answer) throws IOException {
        byte[] bytes = answer.getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < bytes.length; i += 7) {
            ByteBuffer piece = ByteBuffer.wrap(bytes, i, Math.min(7, bytes.length - i));
            while (piece.hasRemaining()) {
                connection.write(piece);
            }
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (SocketChannel connection : List.copyOf(silent)) {
            connection.close();
        }
    }
}
