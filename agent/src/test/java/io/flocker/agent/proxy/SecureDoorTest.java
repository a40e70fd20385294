package io.flocker.agent.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flocker.agent.program.Program;
import io.flocker.core.model.HostCertificate;
import io.flocker.core.plan.RoutingTable;
import io.flocker.core.plan.RoutingTable.Backend;
import io.flocker.core.plan.RoutingTable.Door;
import io.flocker.core.plan.RoutingTable.Identity;
import io.flocker.core.spec.HttpRouting.Balance;
import io.flocker.core.spec.Port.Mode;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pcollections.TreePMap;

/// Host names by TLS, asked for by real clients.
@Tag("engine")
class SecureDoorTest {
    private static final String WEB = "production/web:8080";
    private static final String OTHER = "staging/web:8080";
    private static final String SHOP = "shop.test";
    private static final String ALICE = "alice.shop.test";

    @TempDir
    Path directory;

    private final int plain = freePort();
    private final int secure = freePort();
    private HaProxy proxy;
    private HttpInstance one;
    private HttpInstance two;

    SecureDoorTest() throws IOException {}

    @BeforeEach
    void start() throws IOException {
        proxy = new HaProxy(directory.resolve("proxy"), directory);
        one = new HttpInstance("one", 0);
        two = new HttpInstance("two", 300);
    }

    @AfterEach
    void stop() throws IOException {
        HaProxy.stop(directory.resolve("proxy"));
        one.close();
        two.close();
    }

    @Test
    void showsEachHostNameItsCertificate() throws IOException {
        proxy.apply(table(List.of(), shown("shop", SHOP), shown("alice", ALICE)));

        assertThat(curl(SHOP)).isEqualTo("one 200 2");
        assertThat(curl(ALICE)).isEqualTo("two 200 2");
        assertThat(curl(SHOP, "--http1.1")).isEqualTo("one 200 1.1");
        assertThat(subject(SHOP)).contains("CN = shop");
        assertThat(subject(ALICE)).contains("CN = alice");
        assertThat(one.forwarded).isEqualTo("https 127.0.0.1");
        try (var client = new HttpConnection(plain)) {
            assertThat(client.get(SHOP).body()).isEqualTo("one");
        }
        assertThat(one.forwarded).isEqualTo("http 127.0.0.1");
        assertThatThrownBy(() -> curl("bob.shop.test")).hasMessageContaining("unrecognized name");
        assertThatThrownBy(() -> curl(SHOP, "--tls-max", "1.1")).isInstanceOf(IOException.class);
    }

    @Test
    void showsAnotherCertificateWhileARequestRuns() throws Exception {
        proxy.apply(table(List.of(), shown("cluster", ALICE)));
        CompletableFuture<String> running = CompletableFuture.supplyAsync(() -> {
            try {
                return curl(ALICE);
            } catch (IOException e) {
                return e.getMessage();
            }
        });
        Thread.sleep(100);
        proxy.apply(table(List.of(), shown("users", SHOP, "*.shop.test")));

        assertThat(subject(ALICE)).contains("CN = users");
        assertThat(running.get()).isEqualTo("two 200 2");
        assertThat(keys()).hasSize(1);
    }

    @Test
    void sendsWhoAsksPlainlyToTheDoorWithTls() throws IOException {
        proxy.apply(table(List.of(WEB), shown("shop", SHOP), shown("alice", ALICE)));

        try (var client = new HttpConnection(plain)) {
            var sent = client.get(SHOP);
            assertThat(sent.status()).isEqualTo(308);
            assertThat(sent.headers()).containsEntry("location", "https://shop.test:" + secure + "/");
            assertThat(client.get(ALICE).body()).isEqualTo("two");
        }
    }

    @Test
    void goesOnWithoutTheDoorIfSomebodyElseStandsInIt() throws IOException {
        RoutingTable table = table(List.of(WEB), shown("shop", SHOP));
        try (var other = new ServerSocket(secure)) {
            proxy.apply(table);

            assertThat(other.isBound()).isTrue();
            assertThat(proxy.inForce()).isEqualTo(table.fingerprint());
            try (var client = new HttpConnection(plain)) {
                assertThat(client.get(SHOP).body()).isEqualTo("one");
            }
        }
    }

    /// Body, status and version of HTTP.
    private String curl(String host, String... more) throws IOException {
        List<String> command = List.of(
                "curl",
                "-ksS",
                "-m",
                "10",
                "--resolve",
                host + ":" + secure + ":127.0.0.1",
                "-w",
                " %{http_code} %{http_version}",
                "https://" + host + ":" + secure + "/");
        var words = new java.util.ArrayList<>(command);
        words.addAll(List.of(more));
        return Program.of(words.toArray(String[]::new)).run();
    }

    private String subject(String host) throws IOException {
        return Program.of(
                        "sh",
                        "-c",
                        "openssl s_client -connect 127.0.0.1:$1 -servername $2 </dev/null 2>&1"
                                + " | openssl x509 -noout -subject",
                        "sh",
                        Integer.toString(secure),
                        host)
                .run();
    }

    private List<Path> keys() throws IOException {
        try (var files = Files.list(directory.resolve("proxy/identities"))) {
            return files.toList();
        }
    }

    private RoutingTable table(List<String> redirected, Identity... identities) {
        TreePMap<String, String> hosts =
                TreePMap.<String, String>singleton(SHOP, WEB).plus(ALICE, OTHER);
        Door open = new Door("127.0.0.1", plain, Mode.HTTP, "", hosts, Door.Kind.PLAIN, redirected);
        Door tls = new Door("127.0.0.1", secure, Mode.HTTP, "", hosts, Door.Kind.TLS, List.of());
        return new RoutingTable(
                TreePMap.<String, Door>singleton(open.key(), open).plus(tls.key(), tls),
                TreePMap.<String, Backend>singleton(WEB, backend(WEB, one)).plus(OTHER, backend(OTHER, two)),
                List.of(),
                TreePMap.empty(),
                List.of(identities));
    }

    private static Backend backend(String name, HttpInstance instance) {
        return new Backend(
                name, Mode.HTTP, Balance.ROUND_ROBIN, TreePMap.from(Map.of(name + "/1", instance.address())));
    }

    private Identity shown(String name, String... hosts) throws IOException {
        Path key = directory.resolve(name + ".key");
        Path certificate = directory.resolve(name + ".crt");
        Program.of(
                        "openssl",
                        "req",
                        "-x509",
                        "-newkey",
                        "ec",
                        "-pkeyopt",
                        "ec_paramgen_curve:prime256v1",
                        "-nodes",
                        "-subj",
                        "/CN=" + name,
                        "-addext",
                        "subjectAltName=DNS:" + String.join(",DNS:", hosts),
                        "-keyout",
                        key.toString(),
                        "-out",
                        certificate.toString())
                .run();
        var made = new HostCertificate(
                name,
                List.of(hosts),
                Files.readString(certificate),
                Files.readString(key),
                name,
                RoutingTable.hash(Files.readString(certificate)),
                0,
                Long.MAX_VALUE,
                "ann",
                0);
        return new Identity(made, List.of(hosts));
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
