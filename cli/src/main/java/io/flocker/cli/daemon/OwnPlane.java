package io.flocker.cli.daemon;

import io.flocker.client.Credentials;
import io.flocker.client.FlockerClient;
import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests;
import io.flocker.control.api.Api;
import io.flocker.control.ca.Authority;
import io.flocker.control.lead.ControlPlane;
import io.flocker.control.log.ClusterLog;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// This node's own control plane, there or not. A log on disk says that this node is a voter, or was one when it last
/// heard of its cluster.
final class OwnPlane implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(OwnPlane.class);

    private final Installation installation;
    private final NodeSettings settings;
    private final Credentials credentials;
    private final Api api;
    private Optional<ControlPlane> plane = Optional.empty();

    /// Starts it if this node founds its cluster, or is a voter as far as it knows.
    OwnPlane(Installation installation, NodeSettings settings, Credentials credentials, Api api) throws IOException {
        this.installation = installation;
        this.settings = settings;
        this.credentials = credentials;
        this.api = api;
        boolean founds = settings.control().equals(NodeSettings.CONTROL_HERE);
        if (founds || Files.exists(installation.log())) {
            open(settings.isAlone() ? List.of(settings.member()) : List.of());
        }
    }

    /// From now on these are the APIs of nodes with a control plane.
    void elsewhere(List<URI> apis) {
        api.forwarder().controls(apis);
    }

    /// Whether the log is there to be taken in.
    synchronized boolean isUp() {
        return plane.filter(known -> known.log().isUp()).isPresent();
    }

    /// Gets ready to be taken in: the authority first, as every voter must be able to sign; then an empty log.
    synchronized void begin(FlockerClient client) throws IOException, InterruptedException {
        if (isUp()) {
            return;
        }
        end();
        Answers.Authority handed = client.post("/v2/agent/authority", new Requests.Name(""), Answers.Authority.class);
        Authority.take(installation.authority(), handed, credentials.authority());
        open(List.of());
        log.info("This node becomes a voter");
    }

    /// A member may have promised something in the log that is gone: with an empty one it could break its word, and
    /// two leaders could both find a majority.
    synchronized void refuseWithoutLog() throws IOException {
        if (plane.isEmpty()) {
            throw new IOException("This node is a voter, but its log is gone from " + installation.log()
                    + ": on another node, flocker node demote " + settings.name() + ", then flocker node promote "
                    + settings.name());
        }
    }

    /// Ends it, if it is there: requests go elsewhere from now on. The log is kept aside, the authority is not:
    /// only voters have it.
    synchronized void end() throws IOException {
        boolean there = plane.isPresent();
        close();
        if (Files.exists(installation.log())) {
            Path former = installation.log().resolveSibling("log.former");
            deleteTree(former);
            Files.move(installation.log(), former, StandardCopyOption.ATOMIC_MOVE);
        }
        Authority.forget(installation.authority());
        if (there) {
            log.info("This node is no voter any more");
        }
    }

    private void open(List<ClusterLog.Member> founders) throws IOException {
        var opened = new ControlPlane(
                installation.log(), settings.member(), founders, credentials, installation.authority());
        plane = Optional.of(opened);
        api.use(plane);
    }

    private static void deleteTree(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }

    @Override
    public synchronized void close() throws IOException {
        api.use(Optional.empty());
        if (plane.isPresent()) {
            ControlPlane ending = plane.get();
            plane = Optional.empty();
            ending.close();
        }
    }
}
