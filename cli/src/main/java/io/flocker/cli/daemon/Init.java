package io.flocker.cli.daemon;

import io.flocker.client.Credentials;
import io.flocker.control.ca.Authority;
import io.flocker.core.cluster.Names;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.pcollections.TreePMap;

/// Makes this machine the first node of a new cluster: authority, certificates, settings. Nothing runs yet.
final class Init {
    private Init() {}

    static void init(Installation installation, NodeSettings settings, TreePMap<String, String> labels)
            throws IOException {
        refuseUnlessNew(installation, settings.name());
        Authority authority = Authority.create(installation.authority());
        Credentials node = authority.node(settings.name(), Authority.namesOf(settings.name(), settings.address()));
        Authority.write(installation.nodeCredentials(), "node", node);
        Authority.write(installation.userCredentials(), "admin", authority.user("admin"));
        settle(installation, settings, labels);
    }

    /// @throws IOException if this machine is a node already or has what one left, or `name` cannot be a node's
    static void refuseUnlessNew(Installation installation, String name) throws IOException {
        if (Files.exists(installation.settings())) {
            throw new IOException("This machine is a node already: " + installation.settings()
                    + " is there. To begin again, stop flocker daemon and remove " + installation.etc() + " and "
                    + installation.lib());
        }
        Optional<Path> left = left(installation);
        if (left.isPresent()) {
            throw new IOException(
                    "This machine has data of another cluster in " + left.get() + "; move it away or remove it first");
        }
        if (!Names.valid(name)) {
            throw new IOException("\"" + name + "\" cannot be a node's name: use lower-case letters, digits and '-'"
                    + " (--name NAME)");
        }
    }

    /// What a node of another cluster left here: its log, or a pool with its volumes. A pool that somebody made, with
    /// nothing in it, is welcome.
    private static Optional<Path> left(Installation installation) throws IOException {
        Path lib = installation.lib();
        for (Path left : List.of(installation.log(), lib.resolve("pool.img"))) {
            if (Files.exists(left)) {
                return Optional.of(left);
            }
        }
        Path volumes = lib.resolve("pool/volumes");
        if (Files.isDirectory(volumes)) {
            try (var inside = Files.newDirectoryStream(volumes)) {
                return inside.iterator().hasNext() ? Optional.of(volumes) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    /// Writes down what the daemon and commands on this machine need to know. With the settings, which come last, it
    /// is a node.
    static void settle(Installation installation, NodeSettings settings, TreePMap<String, String> labels)
            throws IOException {
        String api = URI.create(
                        "https://" + settings.address() + ":" + settings.ports().api())
                .toString();
        Files.createDirectories(installation.etc());
        Files.writeString(
                installation.etc().resolve("client.properties"),
                "# Where commands on this machine find the API.\napi=" + api + "\nuser=admin\n");
        List<String> lines = labels.entrySet().stream()
                .map(label -> label.getKey() + "=" + label.getValue())
                .toList();
        Files.write(installation.labels(), lines);
        settings.write(installation.settings());
    }
}
