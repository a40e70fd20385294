package io.flocker.client;

import java.net.URI;

/// Clients over TLS that read bodies of any length as cheaply as can be, and share their connections: what one has done
/// with, the next one goes on with. Their threads must be virtual ones to be interrupted.
public final class BulkClients {
    private final KeptConnections connections;

    /// @param credentials as whom they call
    public BulkClients(Credentials credentials) {
        connections = new KeptConnections(credentials);
    }

    /// One for the API at `base`.
    public FlockerClient to(URI base) {
        return new FlockerClient(new SocketTransport(base, connections), base.toString());
    }
}
