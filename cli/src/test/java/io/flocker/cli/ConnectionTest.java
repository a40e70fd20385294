package io.flocker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.cli.shell.ExitCode;
import io.flocker.client.Credentials;
import io.flocker.control.api.Api;
import io.flocker.control.api.Forwarder;
import io.flocker.control.api.Listeners;
import io.flocker.control.ca.Authority;
import io.flocker.control.lead.ControlPlane;
import io.flocker.control.log.ClusterLog;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Which way commands take to the real API: the Unix socket, or TLS.
final class ConnectionTest {
    @TempDir
    Path root;

    private Path etc;
    private int port;
    private ControlPlane plane;
    private Forwarder forwarder;
    private Api api;
    private Terminal terminal;

    @BeforeEach
    void start() throws IOException {
        etc = Files.createDirectories(root.resolve("etc/flocker"));
        Authority authority = Authority.create(etc.resolve("ca"));
        Authority.write(etc.resolve("users"), "admin", authority.user("admin"));
        Credentials node = authority.node("n1", List.of("127.0.0.1"));
        port = freePort();
        var self = new ClusterLog.Member("n1", "127.0.0.1:" + freePort());
        plane = new ControlPlane(root.resolve("log"), self, List.of(self), node, etc.resolve("ca"));
        forwarder = new Forwarder(node, List.of());
        api = new Api(
                new Listeners.Places(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                        0,
                        root.resolve("run/flocker/api.sock")),
                node,
                forwarder);
        api.use(Optional.of(plane));
        Files.writeString(etc.resolve("client.properties"), "api=https://127.0.0.1:" + port + "\n");
        Files.writeString(etc.resolve("node.properties"), "address=127.0.0.1\napi-port=" + port + "\n");
        terminal = new Terminal(root);
    }

    @AfterEach
    void stop() throws IOException {
        api.close();
        plane.close();
        forwarder.close();
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private void removeKey() throws IOException {
        Files.delete(etc.resolve("users/admin.key"));
    }

    @Test
    void rootOnANodeNeedsNoCertificate() throws IOException {
        removeKey();
        assertThat(terminal.run("ls", "-q")).as(terminal.err()).isZero();
    }

    @Test
    void aRefusalByTheSocketIsARefusal() throws IOException {
        removeKey();
        assertThat(terminal.run("status", "shop")).isEqualTo(ExitCode.REFUSED);
        assertThat(terminal.err()).contains("shop");
    }

    @Test
    void changesGoByTheSocketToo() throws IOException {
        removeKey();
        assertThat(terminal.run("volume", "create", "shop/data")).isEqualTo(ExitCode.REFUSED);
        assertThat(terminal.err()).startsWith("flocker: ");
    }

    @Test
    void anAddressTheUserNamesIsTheOneThatIsCalled() throws IOException {
        assertThat(terminal.run("ls", "--api", "https://127.0.0.1:" + port))
                .as(terminal.err())
                .isZero();
        removeKey();
        assertThat(terminal.run("ls", "--api", "https://127.0.0.1:" + port)).isEqualTo(ExitCode.UNREACHABLE);
    }

    @Test
    void anotherClusterInClientPropertiesIsNotThisNode() throws IOException {
        Files.writeString(etc.resolve("client.properties"), "api=https://127.0.0.1:" + freePort() + "\n");
        assertThat(terminal.run("ls")).isEqualTo(ExitCode.UNREACHABLE);
    }

    @Test
    void anotherUserIsNotRoot() throws IOException {
        Files.writeString(etc.resolve("client.properties"), "user=alice\n");
        assertThat(terminal.run("ls")).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(terminal.err()).contains("alice.key");
    }
}
