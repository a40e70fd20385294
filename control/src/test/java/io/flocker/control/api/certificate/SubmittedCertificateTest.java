package io.flocker.control.api.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Certificates from other hands, as OpenSSL makes them.
class SubmittedCertificateTest {
    private static final String EC = "ec -pkeyopt ec_paramgen_curve:prime256v1";

    @TempDir
    Path folder;

    @Test
    void readsHostNamesAndIssuerWhateverTheKey() throws Exception {
        for (String kind : List.of(EC, "rsa:2048")) {
            make("leaf", kind, "-addext subjectAltName=DNS:Shop.Example.com,DNS:*.shop.example.com,IP:10.0.0.1");
            var read = read("leaf.crt", "leaf.key");

            assertThat(read.hosts()).containsExactly("*.shop.example.com", "shop.example.com");
            assertThat(read.issuer()).isEqualTo("Acme leaf");
            assertThat(read.keyPem()).startsWith("-----BEGIN PRIVATE KEY-----\n");
            assertThat(SubmittedCertificate.of(read.chainPem(), read.keyPem(), now())
                            .hosts())
                    .isEqualTo(read.hosts());
        }
    }

    @Test
    void readsKeysOfOldForms() throws Exception {
        make("leaf", EC, "-addext subjectAltName=DNS:a.test");
        run("openssl ec -in leaf.key -param_out -out parameters && openssl ec -in leaf.key -out old.key");
        Files.writeString(folder.resolve("old.key"), text("parameters") + text("old.key"));

        assertThat(text("old.key")).contains("EC PARAMETERS", "EC PRIVATE KEY");
        assertThat(read("leaf.crt", "old.key").hosts()).containsExactly("a.test");
    }

    @Test
    void refusesWhatDoesNotFit() throws Exception {
        make("leaf", EC, "-addext subjectAltName=DNS:a.test");
        make("other", "rsa:2048", "-addext subjectAltName=DNS:b.test");
        refuses("leaf.crt", "other.key", "The key is not this certificate's");
        refuses("leaf.key", "leaf.key", "certificate");
        refuses("leaf.crt", "leaf.crt", "There is no key in PEM form");
        run("openssl pkey -in leaf.key -aes128 -passout pass:x -out locked.key");
        refuses("leaf.crt", "locked.key", "The key is locked with a password");
        make("nameless", EC, "");
        refuses("nameless.crt", "nameless.key", "is for no host name");
        make("weak", "rsa:1024", "-addext subjectAltName=DNS:a.test");
        refuses("weak.crt", "weak.key", "has a key of 1024 bits");
    }

    @Test
    void refusesAChainInAnotherOrder() throws Exception {
        run("openssl req -x509 -newkey " + EC + " -nodes -subj /CN=authority -keyout ca.key -out ca.crt");
        run("openssl req -newkey " + EC + " -nodes -subj /CN=leaf -keyout leaf.key -out leaf.csr");
        run("printf 'subjectAltName=DNS:a.test\nbasicConstraints=CA:FALSE\n' > ext && openssl x509 -req -in leaf.csr"
                + " -CA ca.crt -CAkey ca.key -CAcreateserial -days 30 -extfile ext -out leaf.crt");
        make("other", EC, "-addext basicConstraints=critical,CA:FALSE -addext subjectAltName=DNS:a.test");
        run("cat leaf.crt ca.crt > chain.crt; cat ca.crt leaf.crt > turned.crt; cat leaf.crt other.crt > loose.crt");

        assertThat(read("chain.crt", "leaf.key").chain()).hasSize(2);
        refuses("turned.crt", "leaf.key", "The first certificate is an authority's (CN=authority)");
        refuses("loose.crt", "leaf.key", "The chain is not in order: CN=leaf is signed by CN=authority, but ");
    }

    @Test
    void refusesWhatHasExpiredOrDoesNotHoldYet() throws Exception {
        make("leaf", EC, "-days 30 -addext subjectAltName=DNS:a.test");

        assertThatThrownBy(() ->
                        SubmittedCertificate.of(text("leaf.crt"), text("leaf.key"), now() + TimeUnit.DAYS.toMillis(31)))
                .hasMessageContaining("has expired on");
        assertThatThrownBy(() ->
                        SubmittedCertificate.of(text("leaf.crt"), text("leaf.key"), now() - TimeUnit.DAYS.toMillis(1)))
                .hasMessageContaining("is not good before");
    }

    private void refuses(String certificate, String key, String why) {
        assertThatThrownBy(() -> read(certificate, key)).hasMessageContaining(why);
    }

    private SubmittedCertificate read(String certificate, String key) throws Exception {
        return SubmittedCertificate.of(text(certificate), text(key), now());
    }

    private static long now() {
        return System.currentTimeMillis() + 1_000;
    }

    private String text(String file) throws IOException {
        return Files.readString(folder.resolve(file));
    }

    /// A certificate that signed itself, and is no authority's.
    private void make(String name, String kind, String more) throws Exception {
        String plain = more.contains("basicConstraints") ? "" : " -addext basicConstraints=critical,CA:FALSE ";
        run("openssl req -x509 -newkey " + kind + " -nodes -subj /O=Acme/CN=" + name + plain + " " + more + " -keyout "
                + name + ".key -out " + name + ".crt");
    }

    private void run(String script) throws Exception {
        Process process = new ProcessBuilder(
                        Stream.of("sh", "-c", "set -f; " + script).toList())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }
}
