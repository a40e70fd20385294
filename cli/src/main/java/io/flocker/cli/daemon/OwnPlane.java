package io.flocker.cli.daemon;

import io.flocker.client.Credentials;
import io.flocker.client.FlockerClient;
import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests;
import io.flocker.control.api.Api;
import io.flocker.control.api.Refusal;
import io.flocker.control.api.recover.LogKeeper;
import io.flocker.control.ca.Authority;
import io.flocker.control.lead.ControlPlane;
import io.flocker.control.log.ClusterLog;
import io.flocker.control.log.Generation;
import io.flocker.control.log.LogFolder;
import io.flocker.control.log.LogRecovery;
import io.flocker.control.log.Membership;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// This node's own control plane, there or not. A log on disk says that this node is a voter, or was one when it last
/// heard of its cluster.
final class OwnPlane implements LogKeeper, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(OwnPlane.class);

    /// A member that did not answer the leader for so long is asked whether it goes by another log.
    private static final long SILENT_MILLIS = 2_000;

    private final Installation installation;
    private final Whereabouts whereabouts;
    private final Credentials credentials;
    private final Api api;
    private Optional<ControlPlane> plane = Optional.empty();

    /// Starts it if this node founds its cluster, or is a voter as far as it knows.
    OwnPlane(Installation installation, Whereabouts whereabouts, Credentials credentials, Api api)
            throws IOException, InterruptedException {
        this.installation = installation;
        this.whereabouts = whereabouts;
        this.credentials = credentials;
        this.api = api;
        LogRecovery.settle(installation.log());
        boolean there = Files.exists(installation.log());
        long generation = Generation.of(installation.log());
        if (generation > whereabouts.generation()) {
            // It was recovered, and the power was lost before that was written down.
            whereabouts.hear(generation, List.of(whereabouts.settings().api().toString()));
        }
        boolean founds = whereabouts.apis().equals(NodeSettings.CONTROL_HERE);
        if (there && isLeftBehind()) {
            end();
        } else if (there || founds) {
            NodeSettings settings = whereabouts.settings();
            open(settings.isAlone() ? List.of(settings.member()) : List.of());
        }
        api.use(this);
    }

    /// Whether the cluster goes on with a later log than the one that is here.
    private boolean isLeftBehind() throws IOException, InterruptedException {
        long generation = Generation.of(installation.log());
        Optional<Answers.Generation> later = LaterLog.than(generation, others(), credentials);
        if (later.isPresent()) {
            whereabouts.hear(later.get().generation(), later.get().apis());
        }
        return whereabouts.generation() > generation;
    }

    private List<URI> others() {
        URI own = whereabouts.settings().api();
        return whereabouts.apis().stream().filter(other -> !other.equals(own)).toList();
    }

    /// Ends it if the cluster goes on with a later log: another voter was recovered while this one did not hear it.
    void giveWayToLater() throws IOException, InterruptedException {
        if (missesSomebody() && isLeftBehind()) {
            log.atWarn()
                    .addKeyValue("control", whereabouts.apis())
                    .log("The cluster was recovered without this node, which follows it from now on");
            end();
        }
    }

    private synchronized boolean missesSomebody() throws IOException {
        if (!isUp()) {
            return false;
        }
        ClusterLog present = plane.orElseThrow().log();
        Membership membership = present.membership();
        return present.leads() == ClusterLog.NOT
                ? present.leader().isEmpty()
                : !membership.alive(SILENT_MILLIS).containsAll(membership.now().keySet());
    }

    @Override
    public Answers.Generation generation() {
        List<URI> apis =
                whereabouts.apis().isEmpty() ? List.of(whereabouts.settings().api()) : whereabouts.apis();
        return new Answers.Generation(
                whereabouts.generation(), apis.stream().map(URI::toString).toList());
    }

    @Override
    public synchronized Answers.Recovered recover(boolean dryRun) throws Refusal, IOException {
        NodeSettings settings = whereabouts.settings();
        ClusterLog old = plane.map(ControlPlane::log)
                .orElseThrow(() -> Refusal.of(
                        409,
                        "conflict",
                        "Not here",
                        "Node " + settings.name()
                                + " keeps no log of its cluster; run it on a voter that is left: one of "
                                + String.join(
                                        ", ",
                                        whereabouts.apis().stream()
                                                .map(URI::getHost)
                                                .toList())));
        Optional<String> leader = old.leader();
        if (leader.isPresent()) {
            throw Refusal.of(
                    409,
                    "conflict",
                    "Nothing to recover",
                    leader.get() + " leads the cluster; flocker node demote takes out a voter that is lost");
        }
        List<String> lost = old.membership().now().keySet().stream()
                .filter(member -> !member.equals(settings.name()))
                .toList();
        if (dryRun) {
            return new Answers.Recovered(settings.name(), old.generation() + 1, old.appliedIndex() + 1, lost);
        }
        close();
        LogRecovery.Recovered recovered;
        try {
            recovered = LogRecovery.recover(installation.log(), settings.name(), lost, System.currentTimeMillis());
        } catch (IOException e) {
            open(List.of());
            throw e;
        }
        whereabouts.hear(recovered.generation(), List.of(settings.api().toString()));
        open(List.of(settings.member()));
        log.atWarn()
                .addKeyValue("lost", lost)
                .addKeyValue("entries", recovered.entries())
                .log("A new cluster of this node alone");
        return new Answers.Recovered(settings.name(), recovered.generation(), recovered.entries(), lost);
    }

    /// Whether the log is there to be taken in.
    synchronized boolean isUp() {
        return plane.filter(known -> known.log().isUp()).isPresent();
    }

    /// Gets ready to be taken in: the authority first, as every voter must be able to sign; then an empty log.
    ///
    /// @param generation of the log
    synchronized void begin(FlockerClient client, long generation) throws IOException, InterruptedException {
        if (isUp()) {
            return;
        }
        end();
        Answers.Authority handed = client.post("/v2/agent/authority", new Requests.Name(""), Answers.Authority.class);
        Authority.take(installation.authority(), handed, credentials.authority());
        Generation.begin(installation.log(), generation);
        open(List.of());
        log.info("This node becomes a voter");
    }

    /// A member may have promised something in the log that is gone: with an empty one it could break its word, and
    /// two leaders could both find a majority.
    synchronized void refuseWithoutLog() throws IOException {
        if (plane.isEmpty()) {
            String name = whereabouts.settings().name();
            throw new IOException("This node is a voter, but its log is gone from " + installation.log()
                    + ": on another node, flocker node demote " + name + ", then flocker node promote " + name);
        }
    }

    /// Ends it, if it is there: requests go elsewhere from now on. The log is kept aside, the authority is not:
    /// only voters have it.
    synchronized void end() throws IOException {
        boolean there = plane.isPresent();
        close();
        LogFolder.setAside(installation.log());
        Authority.forget(installation.authority());
        if (there) {
            log.info("This node is no voter any more");
        }
    }

    private void open(List<ClusterLog.Member> founders) throws IOException {
        var opened = new ControlPlane(
                installation.log(), whereabouts.settings().member(), founders, credentials, installation.authority());
        plane = Optional.of(opened);
        api.use(plane);
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
