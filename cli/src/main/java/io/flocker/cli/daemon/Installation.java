package io.flocker.cli.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.pcollections.TreePMap;

/// Where the state of one node lives. All of it below one root, so that several nodes fit on one machine.
public record Installation(Path root) {
    public Path etc() {
        return root.resolve("etc/flocker");
    }

    public Path lib() {
        return root.resolve("var/lib/flocker");
    }

    public Path run() {
        return root.resolve("run/flocker");
    }

    /// The cluster's authority; only on nodes that may sign.
    Path authority() {
        return etc().resolve("ca");
    }

    Path nodeCredentials() {
        return etc().resolve("node");
    }

    /// Users' credentials made on this machine.
    public Path userCredentials() {
        return etc().resolve("users");
    }

    Path settings() {
        return etc().resolve("node.properties");
    }

    /// The labels that this machine joins with.
    Path labels() {
        return etc().resolve("labels.properties");
    }

    TreePMap<String, String> readLabels() throws IOException {
        TreePMap<String, String> labels = TreePMap.empty();
        if (Files.exists(labels())) {
            for (String line : Files.readAllLines(labels())) {
                int equals = line.indexOf('=');
                if (equals > 0) {
                    labels = labels.plus(line.substring(0, equals), line.substring(equals + 1));
                }
            }
        }
        return labels;
    }

    Path log() {
        return lib().resolve("log");
    }

    Path files() {
        return lib().resolve("files");
    }

    Path socket() {
        return run().resolve("api.sock");
    }

    /// What the guard and the agent know each other by.
    Path guard() {
        return run().resolve("guard");
    }

    Path proxy() {
        return run().resolve("proxy");
    }
}
