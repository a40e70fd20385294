package io.flocker.control.ca;

import io.flocker.client.Credentials;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Set;

/// Credentials as files: `NAME.key` (readable by its owner only), `NAME.crt`, `ca.crt`. A key and its certificate are
/// replaced together: the new ones are written beside the old ones, and take their names once both are on disk. Whoever
/// reads them in that very moment may find a pair that does not match, and reads again.
public final class CredentialFiles {
    private static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> PUBLIC = PosixFilePermissions.fromString("rw-r--r--");

    private final Path folder;
    private final String name;

    public CredentialFiles(Path folder, String name) {
        this.folder = folder;
        this.name = name;
    }

    public void write(Credentials credentials) throws IOException {
        Files.createDirectories(folder);
        Files.deleteIfExists(file(".key.new"));
        try {
            write(
                    folder.resolve("ca.crt"),
                    pem("CERTIFICATE", credentials.authority().getEncoded()),
                    PUBLIC);
            write(file(".crt.new"), pem("CERTIFICATE", credentials.certificate().getEncoded()), PUBLIC);
        } catch (GeneralSecurityException e) {
            throw new IOException("Cannot write the certificate of " + name + ": " + e.getMessage(), e);
        }
        // With the new key both are there, and only then: this is the moment that a crash comes before or after.
        write(file(".key.new"), pem("PRIVATE KEY", credentials.key().getEncoded()), PRIVATE);
        settle();
    }

    /// Ends what a crash interrupted. To be called before the files are read.
    public void settle() throws IOException {
        if (!Files.exists(file(".key.new"))) {
            Files.deleteIfExists(file(".crt.new"));
            return;
        }
        if (Files.exists(file(".crt.new"))) {
            Files.move(file(".crt.new"), file(".crt"), StandardCopyOption.ATOMIC_MOVE);
        }
        Files.move(file(".key.new"), file(".key"), StandardCopyOption.ATOMIC_MOVE);
        sync(folder);
    }

    private Path file(String suffix) {
        return folder.resolve(name + suffix);
    }

    /// Whole and on disk, or not at all.
    private void write(Path file, String text, Set<PosixFilePermission> permissions) throws IOException {
        Path part = folder.resolve(file.getFileName() + ".part");
        Files.deleteIfExists(part);
        Files.createFile(part, PosixFilePermissions.asFileAttribute(permissions));
        try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        sync(folder);
    }

    private static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder)) {
            channel.force(true);
        }
    }

    private static String pem(String kind, byte[] bytes) {
        String text = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(bytes);
        return "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n";
    }
}
