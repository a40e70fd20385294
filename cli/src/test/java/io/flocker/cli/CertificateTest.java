package io.flocker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.client.api.Answers;
import io.flocker.client.api.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Commands about certificates of host names.
final class CertificateTest {
    private static final long DAY = 24 * 60 * Things.MINUTE;

    @TempDir
    Path root;

    private FakeApi api;
    private Terminal terminal;

    @BeforeEach
    void start() throws IOException {
        api = FakeApi.start(root);
        terminal = new Terminal(root);
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void listsThemAndWarnsOfUsersOwnThatExpireSoon() {
        api.on(
                "GET /v2/certificates",
                new Answers.Certificates(List.of(
                        certificate("*.staging.test", false, 20 * DAY),
                        certificate("cluster/shop.test", true, 20 * DAY),
                        certificate("other.test", false, 22 * DAY))));

        assertThat(terminal.run("certificate", "ls")).isZero();
        assertThat(terminal.out()).isEqualTo("""
                CERTIFICATE         HOST NAMES   ISSUER   EXPIRES      SHOWN FOR
                *.staging.test      shop.test    Acme     in 20 days   shop/web
                cluster/shop.test   shop.test    Acme     in 20 days   shop/web
                other.test          shop.test    Acme     in 22 days   shop/web
                """);
        assertThat(terminal.err())
                .isEqualTo(
                        "Certificate *.staging.test expires in 20 days; flocker certificate add brings the next one\n");
    }

    @Test
    void bringsBothFiles() throws IOException {
        Files.writeString(root.resolve("chain.pem"), "the chain");
        Files.writeString(root.resolve("key.pem"), "the key");
        api.on("POST /v2/certificates?dryRun=true", new Answers.Change("", List.of("+ certificate shop.test")));

        assertThat(terminal.run("certificate", "add", "--cert", "chain.pem", "--key", "key.pem", "--dry-run"))
                .isZero();
        assertThat(terminal.out()).isEqualTo("+ certificate shop.test\n");
        assertThat(api.asked().getLast()).contains("the chain", "the key");
        assertThat(terminal.run("certificate", "add", "--cert", "chain.pem", "--key", "none.pem"))
                .isNotZero();
        assertThat(terminal.err()).contains("Cannot read none.pem");
    }

    @Test
    void printsTheAuthority() {
        api.on("GET /v2/authority", new Answers.PublicAuthority("-----BEGIN CERTIFICATE-----\n"));

        assertThat(terminal.run("ca", "show")).isZero();
        assertThat(terminal.out()).isEqualTo("-----BEGIN CERTIFICATE-----\n");
    }

    private static Status.Certificate certificate(String name, boolean ofCluster, long left) {
        return new Status.Certificate(
                name,
                List.of("shop.test"),
                ofCluster,
                "Acme",
                "h",
                0,
                Things.NOW + left,
                "ann",
                0,
                List.of("shop/web"));
    }
}
