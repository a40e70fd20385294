package io.flocker.control.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.client.Credentials;
import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests;
import io.flocker.client.api.Status;
import io.flocker.control.ca.Authority;
import io.flocker.control.ca.CredentialFiles;
import io.flocker.core.wire.Json;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateApiTest {
    private static final String WEB = """
            {"application": {"services": {"web": {"image": "web:1", "scale": 1,
              "http": {"hosts": ["shop.test"], "port": 8080}}}}, "timeoutSeconds": 60}
            """;

    @TempDir
    private static Path folder;

    private static OneNode plane;
    private static HttpClient admin;

    @BeforeAll
    static void start() throws Exception {
        plane = new OneNode(folder);
        admin = plane.client(plane.authority.user("admin").context());
    }

    @AfterAll
    static void stop() throws IOException {
        admin.close();
        plane.close();
    }

    @Test
    void makesCertificatesForHostNamesUntilAUserBringsOne() throws Exception {
        assertThat(send("PUT", "/v2/environments/shop", WEB).statusCode()).isEqualTo(200);
        assertThat(plane.plane
                        .leader()
                        .await(
                                10_000,
                                () -> !plane.plane.log().state().certificates().isEmpty()))
                .isTrue();
        Status.Certificate own = certificates().getFirst();
        assertThat(own.name()).isEqualTo("cluster/shop.test");
        assertThat(own.issuer()).startsWith("Flocker cluster CA");
        assertThat(own.services()).containsExactly("shop/web");

        Authority other = Authority.create(folder.resolve("other"));
        Credentials users = other.host("*.test");
        String request = new String(
                Json.bytes(new Requests.AddCertificate("", text(users, ".crt"), text(users, ".key"))),
                StandardCharsets.UTF_8);
        HttpResponse<String> wild = send("POST", "/v2/certificates", request);
        assertThat(wild.body()).contains("+ certificate *.test by Flocker cluster CA");
        assertThat(certificates()).extracting(Status.Certificate::name).containsExactly("*.test");
        assertThat(send("GET", "/v2/certificates", "").body()).doesNotContain("PRIVATE");
        assertThat(send("DELETE", "/v2/certificates/*.test", "").statusCode()).isEqualTo(200);
    }

    /// Nobody can be a user or a node with a host name's certificate.
    @Test
    void letsNobodyInWithACertificateForAHostName() throws Exception {
        try (HttpClient host = plane.client(plane.authority.host("admin").context())) {
            Optional<Integer> status;
            try {
                status = Optional.of(
                        plane.send(host, "GET", "/v2/environments", "").statusCode());
            } catch (IOException e) {
                status = Optional.empty();
            }
            assertThat(status.orElse(401)).isEqualTo(401);
        }
    }

    @Test
    void showsTheAuthority() throws Exception {
        var shown = Json.read(
                send("GET", "/v2/authority", "").body().getBytes(StandardCharsets.UTF_8),
                Answers.PublicAuthority.class);
        assertThat(shown.certificatePem()).isEqualTo(Files.readString(folder.resolve("ca/ca.crt")));
        X509Certificate host = plane.authority.host("shop.test").certificate();
        assertThat(host.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
    }

    private static String text(Credentials credentials, String suffix) throws IOException {
        Path files = Files.createTempDirectory(folder, "users");
        new CredentialFiles(files, "users").write(credentials);
        return Files.readString(files.resolve("users" + suffix));
    }

    private static List<Status.Certificate> certificates() throws Exception {
        String body = send("GET", "/v2/certificates", "").body();
        return Json.read(body.getBytes(StandardCharsets.UTF_8), Answers.Certificates.class)
                .certificates();
    }

    private static HttpResponse<String> send(String method, String path, String body) throws Exception {
        return plane.send(admin, method, path, body);
    }
}
