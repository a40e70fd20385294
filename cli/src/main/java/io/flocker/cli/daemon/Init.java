package io.flocker.cli.daemon;

import io.flocker.client.Credentials;
import io.flocker.control.ca.Authority;
import io.flocker.core.cluster.Names;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.List;
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

    /// @throws IOException if this machine is a node already, or `name` cannot be a node's
    static void refuseUnlessNew(Installation installation, String name) throws IOException {
        if (Files.exists(installation.settings())) {
            throw new IOException("This machine is a node already: " + installation.settings()
                    + " is there. To begin again, stop flocker daemon and remove " + installation.etc() + " and "
                    + installation.lib());
        }
        if (Files.exists(installation.lib().resolve("log"))) {
            throw new IOException("This machine has data of another cluster in " + installation.lib()
                    + "; move it away or remove it first");
        }
        if (!Names.valid(name)) {
            throw new IOException("\"" + name + "\" cannot be a node's name: use lower-case letters, digits and '-'"
                    + " (--name NAME)");
        }
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
