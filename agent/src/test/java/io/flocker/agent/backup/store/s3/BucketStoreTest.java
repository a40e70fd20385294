package io.flocker.agent.backup.store.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flocker.agent.backup.Scene;
import io.flocker.agent.backup.store.DestinationUrl;
import io.flocker.agent.backup.store.Store;
import io.flocker.client.api.Backups;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import java.util.stream.IntStream;
import org.gaul.s3proxy.BlobStores;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

class BucketStoreTest {
    private static final Backups.Login LOGIN = new Backups.Login("reader", "hush-hush", "");

    @TempDir
    private static Path folder;

    private static S3Proxy server;
    private static String endpoint;

    @BeforeAll
    static void serve() throws Exception {
        var properties = new Properties();
        properties.setProperty(
                "jclouds.filesystem.basedir",
                Files.createDirectory(folder.resolve("s3")).toString());
        properties.setProperty("jclouds.identity", "reader");
        properties.setProperty("jclouds.credential", "hush-hush");
        server = S3Proxy.builder()
                .blobStore(BlobStores.create("filesystem", properties))
                .endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, "reader", "hush-hush")
                .build();
        server.start();
        endpoint = "http://127.0.0.1:" + server.getPort();
        try (S3Client client = S3Client.builder()
                .endpointOverride(URI.create(endpoint))
                .forcePathStyle(true)
                .region(Region.US_EAST_1)
                .credentialsProvider(
                        StaticCredentialsProvider.create(AwsBasicCredentials.create("reader", "hush-hush")))
                .build()) {
            client.createBucket(request -> request.bucket("shop"));
        }
    }

    @AfterAll
    static void stop() throws Exception {
        server.stop();
    }

    private static Store open(String prefix) throws IOException {
        return BucketStore.open(new DestinationUrl.Bucket("shop", prefix, endpoint, ""), LOGIN);
    }

    @Test
    void keepsObjectsUnderAnyPrefix() throws IOException {
        try (Store store = open("a b+ä/c/")) {
            store.put("x/1", "one".getBytes(StandardCharsets.UTF_8));
            store.put("x/1", "two".getBytes(StandardCharsets.UTF_8));
            assertThat(store.get("x/1", 10)).asString(StandardCharsets.UTF_8).isEqualTo("two");
            assertThat(store.list("x/")).containsExactly(new Store.Entry("x/1", 3));
            assertThat(store.list("y/")).isEmpty();
            assertThatThrownBy(() -> store.get("x/1", 2)).hasMessageContaining("more than 2 bytes");
            store.delete("x/1");
            store.delete("x/1");
            assertThatThrownBy(() -> store.get("x/1", 2)).isInstanceOf(Store.Missing.class);
        }
        try (Store other = open("a b+")) {
            assertThat(other.list("x/")).isEmpty();
        }
    }

    @Test
    void listsMoreThanAPage() throws IOException {
        try (Store store = open("many/")) {
            IntStream.range(0, 1_005).parallel().forEach(i -> {
                try {
                    store.put("%04d".formatted(i), new byte[1]);
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            assertThat(store.list("")).hasSize(1_005);
        }
    }

    @Test
    void saysWhatIsWrongWithoutASecret() {
        assertThatThrownBy(() -> BucketStore.open(new DestinationUrl.Bucket("absent", "", endpoint, ""), LOGIN))
                .hasMessageContaining("s3://absent at " + endpoint + ": there is no such bucket");
        for (Backups.Login wrong :
                new Backups.Login[] {new Backups.Login("reader", "guessed", ""), new Backups.Login("nobody", "x-y", "")
                }) {
            assertThatThrownBy(() -> BucketStore.open(new DestinationUrl.Bucket("shop", "", endpoint, ""), wrong))
                    .hasMessageContaining("does not accept the credentials")
                    .hasMessageNotContainingAny("guessed", "x-y", "hush")
                    .hasNoCause();
        }
        assertThat(new Backups.Destination("s3://shop", "", "", "the-key", LOGIN).toString()
                        + new Backups.Look(new Backups.Destination("s3://shop", "", "", "the-key", LOGIN), ""))
                .doesNotContain("hush", "the-key");
    }

    @Test
    void aServerThatIsNotThereIsToldInTime() throws IOException {
        int port;
        try (var free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        long begun = System.nanoTime();
        assertThatThrownBy(() -> BucketStore.open(
                        new DestinationUrl.Bucket("shop", "", "http://127.0.0.1:" + port, ""),
                        LOGIN,
                        Duration.ofSeconds(5)))
                .hasMessageContaining("Could not look into s3://shop at http://127.0.0.1:" + port);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void backupsGoThereAndComeBack(@TempDir Path node) throws Exception {
        var destination =
                new Backups.Destination("s3://shop/pro duction?endpoint=" + endpoint, "", "", Scene.KEY, LOGIN);
        try (var scene = new Scene(node, destination)) {
            scene.write("file", "one");
            assertThat(scene.backup().error()).isEmpty();
            scene.write("file", "two".repeat(4_000_000));
            assertThat(scene.backup().error()).isEmpty();
            assertThat(scene.list()).extracting(Backups.Backup::builtUpon).containsExactly(0, 1);
            assertThat(scene.restore("copy", "").error()).isEmpty();
            assertThat(scene.read("copy", "file")).hasSize(12_000_000);
            assertThat(scene.restore("old", scene.list().getFirst().id()).error())
                    .isEmpty();
            assertThat(scene.read("old", "file")).isEqualTo("one");
        }
    }
}
