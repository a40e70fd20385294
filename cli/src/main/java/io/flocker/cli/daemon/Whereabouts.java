package io.flocker.cli.daemon;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where the cluster's control plane is, as this node heard last; written down, so that the node
/// finds it after any time away and does not go back to what its cluster has left behind.
final class Whereabouts {
    private static final Logger log = LoggerFactory.getLogger(Whereabouts.class);

    private final Path file;
    private final Consumer<List<URI>> follower;
    private NodeSettings settings;

    /// @param file where `settings` are from
    /// @param follower is told where the control plane is when that changes
    Whereabouts(Path file, NodeSettings settings, Consumer<List<URI>> follower) {
        this.file = file;
        this.settings = settings;
        this.follower = follower;
    }

    synchronized NodeSettings settings() {
        return settings;
    }

    /// The generation of the cluster's log, as heard last.
    synchronized long generation() {
        return settings.generation();
    }

    /// Where the control plane is; empty if on this node alone.
    synchronized List<URI> apis() {
        return settings.control();
    }

    /// @param apis of the nodes with a control plane
    /// @return whether it counts: not if it is about a log that the cluster has left behind
    synchronized boolean hear(long generation, List<String> apis) throws IOException {
        if (generation < settings.generation()) {
            return false;
        }
        List<URI> heard = apis.stream().map(URI::create).toList();
        boolean same =
                heard.equals(settings.control()) || (settings.isAlone() && heard.equals(List.of(settings.api())));
        if (heard.isEmpty() || (same && generation == settings.generation())) {
            return true;
        }
        settings = settings.controlledBy(heard, generation);
        settings.write(file);
        follower.accept(heard);
        log.atInfo()
                .addKeyValue("control", heard)
                .addKeyValue("generation", generation)
                .log("The control plane is elsewhere now");
        return true;
    }
}
