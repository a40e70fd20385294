package io.flocker.agent.proxy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/// An instance of a TCP service that sends back what it gets.
final class EchoInstance implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

    EchoInstance() throws IOException {
        Thread.startVirtualThread(this::accept);
    }

    String address() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                Thread.startVirtualThread(() -> echo(socket));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private static void echo(Socket socket) {
        try (socket) {
            socket.getInputStream().transferTo(socket.getOutputStream());
        } catch (IOException e) {
            // The client is gone.
        }
    }

    void stop() throws IOException {
        server.close();
    }

    @Override
    public void close() throws IOException {
        stop();
    }
}
