package io.flocker.verify.acceptance.backup;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.gaul.s3proxy.BlobStores;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;

/// A real S3 server in this process, with one bucket.
final class Bucket implements AutoCloseable {
    static final String NAME = "backups";
    static final String SECRET = "hush-hush-hush";
    private static final String ACCESS = "flocker-test";

    private final S3Proxy server;
    private final String host;

    /// @param folder which is made, and has the objects
    /// @param host the address to listen on
    Bucket(Path folder, String host) throws Exception {
        this.host = host;
        var properties = new Properties();
        properties.setProperty(
                "jclouds.filesystem.basedir", Files.createDirectories(folder).toString());
        properties.setProperty("jclouds.identity", ACCESS);
        properties.setProperty("jclouds.credential", SECRET);
        Files.createDirectories(folder.resolve(NAME));
        server = S3Proxy.builder()
                .blobStore(BlobStores.create("filesystem", properties))
                .endpoint(URI.create("http://" + host + ":0"))
                .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, ACCESS, SECRET)
                .build();
        server.start();
    }

    String endpoint() {
        return "http://" + host + ":" + server.getPort();
    }

    /// As a file for the command line.
    String credentials() {
        return "[default]\naws_access_key_id = " + ACCESS + "\naws_secret_access_key = " + SECRET + "\n";
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("The S3 server does not stop", e);
        }
    }
}
