package io.flocker.verify.bench;

import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.util.stream.IntStream;

/// Twenty small web services, each with a published port.
final class Twenty {
    static final int SERVICES = 20;
    static final String IMAGE = "flocker/busybox:1";
    static final String[] COMMAND = {"httpd", "-f", "-p", "8080", "-h", "/www"};
    private static final int FIRST_PORT = 8401;

    private final Servers server;
    private final String file;

    Twenty(Servers server) throws IOException {
        this.server = server;
        var text = new StringBuilder("services:\n");
        for (int port : ports()) {
            text.append(
                    """
                      s%d:
                        image: %s
                        command: %s
                        ports: ["%d:8080"]
                        stop_grace_period: 1s
                    """.formatted(port, IMAGE, String.join(" ", COMMAND), port).indent(2));
        }
        file = server.compose("twenty", text.toString()).toString();
    }

    private static int[] ports() {
        return IntStream.range(FIRST_PORT, FIRST_PORT + SERVICES).toArray();
    }

    /// Returns when every one of them has answered a request.
    void up() throws IOException, InterruptedException {
        server.succeed("up", "-f", file);
        for (int port : ports()) {
            server.get(port, "/");
        }
    }

    void down() throws IOException {
        server.succeed("down", "-e", "twenty");
    }
}
