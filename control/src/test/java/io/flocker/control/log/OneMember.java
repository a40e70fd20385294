package io.flocker.control.log;

import io.flocker.control.ca.Authority;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;

/// Where the only member of a log is, n1.
///
/// @param data the log's folder
/// @param credentials the folder of its key and certificate
/// @param port its Raft port
record OneMember(Path data, Path credentials, int port) {
    /// One that has no log yet, with an authority of its own.
    static OneMember in(Path folder) throws IOException {
        Path credentials = folder.resolve("credentials");
        Authority.write(
                credentials,
                "node",
                Authority.create(folder.resolve("ca")).node("n1", List.of("127.0.0.1", "localhost")));
        try (var socket = new ServerSocket(0)) {
            return new OneMember(folder.resolve("log"), credentials, socket.getLocalPort());
        }
    }

    ClusterLog open() throws Exception {
        return LogWriter.open(data, credentials, port);
    }
}
