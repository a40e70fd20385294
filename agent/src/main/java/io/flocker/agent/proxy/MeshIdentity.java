package io.flocker.agent.proxy;

import io.flocker.client.Credentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/// The node's own certificate as HAProxy reads it: private key and certificate in one file that only root may read.
///
/// @param credentials where the node's `node.key`, `node.crt` and `ca.crt` are
record MeshIdentity(Path credentials, ProxyFiles files) {
    /// Whether the node has another certificate now than HAProxy was given.
    boolean isStale() {
        Path given = files.certificate();
        try {
            return Files.exists(given)
                    && Files.getLastModifiedTime(credentials.resolve("node.crt"))
                                    .compareTo(Files.getLastModifiedTime(given))
                            > 0;
        } catch (IOException e) {
            // Giving it will fail, and say why.
            return true;
        }
    }

    /// Gives HAProxy the present certificate, unless it has it.
    ///
    /// @return its hash
    String give() throws IOException {
        String present =
                Files.readString(credentials.resolve("node.key")) + Files.readString(credentials.resolve("node.crt"));
        String hash = Credentials.hash(Credentials.read(credentials, "node").certificate());
        if (isStale() || !isGiven(present)) {
            write(present);
        }
        return hash;
    }

    private boolean isGiven(String present) throws IOException {
        return Files.exists(files.certificate())
                && Files.exists(files.authority())
                && Files.readString(files.certificate()).equals(present)
                && Files.mismatch(credentials.resolve("ca.crt"), files.authority()) < 0;
    }

    private void write(String present) throws IOException {
        Path written = files.certificate().resolveSibling("mesh.pem.new");
        Files.deleteIfExists(written);
        Files.createFile(written, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(written, present);
        Files.copy(credentials.resolve("ca.crt"), files.authority(), StandardCopyOption.REPLACE_EXISTING);
        Files.move(written, files.certificate(), StandardCopyOption.ATOMIC_MOVE);
    }
}
