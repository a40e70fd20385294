package io.flocker.cli.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flocker.client.Credentials;
import io.flocker.client.FlockerClient;
import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests;
import io.flocker.client.api.Status;
import io.flocker.control.ca.Authority;
import io.flocker.control.ca.CredentialFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
@Tag("engine")
class RenewalTest {
    private static final int LIFE_SECONDS = 30;
    private static final int RENEWALS = 2;

    @TempDir
    Path folder;

    @Test
    @Tag("soak") // It waits for certificates to age.
    void renewsWithoutARestartForAsLongAsItRuns() throws Exception {
        try (var cluster = new BareCluster(folder, "-Dflocker.certificate.seconds=" + LIFE_SECONDS)) {
            cluster.start(1);
            FlockerClient admin = cluster.admin(1);
            cluster.start(2, BareCluster.token(admin, 1), false);
            long begun = System.nanoTime();
            Set<String> seen = new HashSet<>();

            // Both go on longer than a certificate lives, and longer than the one before it would have been accepted.
            await().atMost(Duration.ofSeconds(150)).until(() -> {
                assertThat(admin.get("/v2/nodes/n2", Status.Node.class).problems())
                        .isEmpty();
                cluster.admin(2).get("/v2/nodes", Answers.Nodes.class);
                seen.add(Credentials.hash(certificate(cluster, 2)));
                return seen.size() > RENEWALS;
            });
            assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun))
                    .isGreaterThan(LIFE_SECONDS);
            assertThat(admin.get("/v2/nodes/n2", Status.Node.class).certificateEndMillis())
                    .isGreaterThan(System.currentTimeMillis());

            // And when it starts again, with what is on disk.
            cluster.kill(2);
            cluster.start(2);
            assertThat(cluster.admin(2).get("/v2/nodes", Answers.Nodes.class).nodes())
                    .hasSize(2);
        }
    }

    @Test
    void keepsTheFormerCertificateUntilTheNextIsAskedForWithAnother() throws Exception {
        try (var cluster = new BareCluster(folder)) {
            cluster.start(1);
            FlockerClient admin = cluster.admin(1);
            cluster.start(2, BareCluster.token(admin, 1), false);
            cluster.kill(2);

            // Its answer is lost, and it asks again with what it has.
            ask(cluster);
            X509Certificate second = ask(cluster);
            assertThat(Credentials.hash(second)).isNotEqualTo(Credentials.hash(certificate(cluster, 2)));
            cluster.start(2);
            assertThat(cluster.admin(2).get("/v2/nodes", Answers.Nodes.class).nodes())
                    .hasSize(2);
        }
    }

    @Test
    void replacesKeyAndCertificateTogether() throws Exception {
        Authority authority = Authority.create(folder.resolve("ca"));
        var files = new CredentialFiles(folder, "node");
        Credentials first = authority.node("n1", Authority.namesOf("n1", "127.0.0.1"));
        Credentials second = authority.node("n1", Authority.namesOf("n1", "127.0.0.1"));
        files.write(first);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("node.key"))))
                .isEqualTo("rw-------");

        // A crash after the new certificate was written, but not the new key.
        Files.writeString(folder.resolve("node.crt.new"), "cut");
        files.settle();
        assertThat(Credentials.read(folder, "node").certificate()).isEqualTo(first.certificate());

        // A crash after both were written, and one of them has its name already.
        new CredentialFiles(folder.resolve("other"), "node").write(second);
        Files.copy(folder.resolve("other/node.key"), folder.resolve("node.key.new"));
        Files.delete(folder.resolve("node.crt"));
        Files.copy(folder.resolve("other/node.crt"), folder.resolve("node.crt"));
        files.settle();
        assertThat(Credentials.read(folder, "node").certificate()).isEqualTo(second.certificate());
        assertThat(Credentials.read(folder, "node").key()).isEqualTo(second.key());
        assertThat(folder.resolve("node.key.new")).doesNotExist();
    }

    private static X509Certificate certificate(BareCluster cluster, int number) throws IOException {
        return Credentials.read(cluster.installation(number).nodeCredentials(), "node")
                .certificate();
    }

    /// As the node, with the certificate it has on disk.
    private static X509Certificate ask(BareCluster cluster) throws Exception {
        Credentials own = Credentials.read(cluster.installation(2).nodeCredentials(), "node");
        NodeSettings first = NodeSettings.read(cluster.installation(1).settings());
        byte[] key = Authority.pair().getPublic().getEncoded();
        try (var client = new FlockerClient(first.api(), own)) {
            var renew = new Requests.Renew(Base64.getEncoder().encodeToString(key));
            return Join.certificate(client.post("/v2/agent/certificate", renew, Answers.Certificate.class)
                    .certificateBase64());
        }
    }
}
