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
import io.flocker.core.cluster.Command;
import io.flocker.core.model.Node;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pcollections.TreePMap;

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

    @Test
    void aTokenIsAllThatAPipelineNeeds() throws Exception {
        addNode();
        assertThat(terminal.run("user", "add", "bot", "--role", "viewer"))
                .as(terminal.err())
                .isZero();
        String token = terminal.out().strip();
        removeKey();
        Files.delete(etc.resolve("client.properties"));
        var pipeline = new Terminal(root).variable("FLOCKER_TOKEN", token).variable("FLOCKER_API", api());
        assertThat(pipeline.run("whoami")).as(pipeline.err()).isZero();
        assertThat(pipeline.out()).isEqualTo("bot (viewer)\n");
        assertThat(pipeline.run("volume", "create", "shop/data")).isEqualTo(ExitCode.REFUSED);
        assertThat(pipeline.err()).contains("bot (viewer) may not make anything");
        pipeline.variable("FLOCKER_TOKEN", token.substring(0, token.length() - 4));
        assertThat(pipeline.run("whoami")).isEqualTo(ExitCode.USAGE);
        assertThat(pipeline.err()).contains("not whole", "FLOCKER_TOKEN");
    }

    @Test
    void aLoginHoldsUntilTheLogout() throws Exception {
        addNode();
        assertThat(terminal.run("user", "add", "dora", "--role", "developer")).isZero();
        String token = terminal.out().strip();
        Path config = root.resolve("config");
        var dora = new Terminal(root).variable("FLOCKER_ROOT", "").variable("XDG_CONFIG_HOME", config.toString());
        assertThat(dora.input(token + "\n").run("login", "--api", api()))
                .as(dora.err())
                .isZero();
        assertThat(dora.out()).isEqualTo("Logged in to " + api() + " as dora (developer)\n");
        Path kept = config.resolve("flocker/login.properties");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept)))
                .isEqualTo("rw-------");
        assertThat(dora.run("whoami", "-o", "json")).as(dora.err()).isZero();
        assertThat(dora.out()).contains("\"name\" : \"dora\"");
        // A root that is chosen is asked as root, whoever is logged in.
        terminal.variable("XDG_CONFIG_HOME", config.toString());
        assertThat(terminal.run("whoami")).isZero();
        assertThat(terminal.out()).isEqualTo("root (admin)\n");

        assertThat(terminal.run("user", "revoke", "dora")).isZero();
        assertThat(dora.run("whoami")).isEqualTo(ExitCode.REFUSED);
        assertThat(dora.err()).contains("was revoked", "flocker user token NAME");
        assertThat(dora.input(token).run("login")).isEqualTo(ExitCode.REFUSED);
        assertThat(dora.run("logout")).isZero();
        assertThat(dora.out()).isEqualTo("Logged out\n");
        assertThat(kept).doesNotExist();
        assertThat(dora.input("nonsense").run("login")).isEqualTo(ExitCode.USAGE);
    }

    /// Tokens name the nodes to ask.
    private void addNode() throws Exception {
        plane.log().submit(new Command.AddNode("n1", 1, "n1", "127.0.0.1", TreePMap.empty(), "", Node.Capacity.NONE));
    }

    private String api() {
        return "https://127.0.0.1:" + port;
    }
}
