package io.flocker.verify.bench;

import java.io.IOException;
import java.net.ServerSocket;

/// A TCP port of this machine that nobody listens on now.
public final class FreePort {
    private FreePort() {}

    public static int find() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
