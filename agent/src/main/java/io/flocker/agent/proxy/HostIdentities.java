package io.flocker.agent.proxy;

import io.flocker.core.plan.RoutingTable.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;

/// Certificates of host names as HAProxy reads them: chain and private key in one file that only root may read, named
/// by its content, and a list of which one is for which names.
///
/// A worker reads them once, when it begins. What is shown differently from now on is therefore a new worker's; the
/// former one ends what it serves.
record HostIdentities(ProxyFiles files) {
    /// Gives HAProxy what it needs for a table's doors.
    void give(List<Identity> identities) throws IOException {
        Files.createDirectories(files.identities());
        var named = new HashSet<Path>();
        for (Identity identity : identities) {
            Path file = file(identity);
            named.add(file);
            if (!Files.exists(file)) {
                write(
                        file,
                        identity.certificate().chainPem()
                                + identity.certificate().keyPem());
            }
        }
        ProxyFiles.replace(files.identityList(), list(identities));
        try (var there = Files.newDirectoryStream(files.identities())) {
            for (Path file : there) {
                if (!named.contains(file)) {
                    Files.delete(file);
                }
            }
        }
    }

    /// HAProxy's `crt-list`: it shows a certificate only for the names that are beside it.
    String list(List<Identity> identities) {
        var text = new StringBuilder();
        for (Identity identity : identities) {
            text.append(file(identity))
                    .append(' ')
                    .append(String.join(" ", identity.hosts()))
                    .append('\n');
        }
        return text.toString();
    }

    private Path file(Identity identity) {
        return files.identities().resolve(identity.certificate().content() + ".pem");
    }

    private static void write(Path file, String text) throws IOException {
        Path written = file.resolveSibling("new");
        Files.deleteIfExists(written);
        Files.createFile(written, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(written, text);
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
