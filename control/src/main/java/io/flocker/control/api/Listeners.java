package io.flocker.control.api;

import io.flocker.client.Credentials;
import io.helidon.common.tls.Tls;
import io.helidon.common.tls.TlsClientAuth;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// Where a node's API listens: HTTPS, where callers show a certificate unless they are to join, and a Unix socket that
/// only root may open.
public final class Listeners implements AutoCloseable {
    private static final String SOCKET = "socket";

    private final WebServer server;

    /// Where to listen.
    ///
    /// @param agentPort where agents listen, on every node
    /// @param socket the Unix socket's path
    public record Places(InetSocketAddress address, int agentPort, Path socket) {}

    /// What answers.
    interface Routes {
        /// Adds what is answered.
        ///
        /// @param root whether requests come by the Unix socket
        void add(HttpRouting.Builder routing, boolean root);
    }

    Listeners(Places places, Credentials credentials, Routes routes) throws IOException {
        Files.deleteIfExists(places.socket());
        Files.createDirectories(places.socket().toAbsolutePath().getParent());
        server = WebServer.builder()
                .bindAddress(places.address())
                // Else the second half of an answer waits for the first to be acknowledged, 40 ms (RFC 896, RFC 1122).
                .connectionOptions(options -> options.tcpNoDelay(true))
                .maxPayloadSize(ImageEndpoints.MAX_BODY_BYTES)
                .shutdownHook(false)
                .tls(Tls.builder()
                        .sslContext(credentials.context())
                        .clientAuth(TlsClientAuth.OPTIONAL)
                        .build())
                .routing(routing -> routes.add(routing, false))
                .putSocket(
                        SOCKET,
                        socket -> socket.bindAddress(UnixDomainSocketAddress.of(places.socket()))
                                .maxPayloadSize(ImageEndpoints.MAX_BODY_BYTES)
                                .routing(routing -> routes.add(routing, true)))
                .build()
                .start();
        Files.setPosixFilePermissions(places.socket(), PosixFilePermissions.fromString("rw-------"));
    }

    @Override
    public void close() {
        server.stop();
    }
}
