package io.flocker.cli.daemon;

import java.nio.file.Path;

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

    Path log() {
        return lib().resolve("log");
    }

    Path files() {
        return lib().resolve("files");
    }

    Path socket() {
        return run().resolve("api.sock");
    }

    Path proxy() {
        return run().resolve("proxy");
    }
}
