package io.flocker.cli.daemon;

import io.flocker.client.Credentials;
import io.flocker.control.api.Api;
import io.flocker.control.api.Listeners;
import io.flocker.control.ca.Authority;
import io.flocker.control.lead.Leader;
import io.flocker.control.log.ClusterLog;
import java.io.IOException;
import java.util.List;

/// A node's control plane: the log, who leads, and the API.
final class ControlPlane implements AutoCloseable {
    private final ClusterLog clusterLog;
    private final Leader leader;
    private final Api api;

    ControlPlane(Installation installation, NodeSettings settings, Credentials credentials, Listeners.Places places)
            throws IOException {
        clusterLog = new ClusterLog(
                installation.log(),
                settings.name(),
                List.of(new ClusterLog.Member(
                        settings.name(),
                        settings.address() + ":" + settings.ports().raft())),
                credentials);
        leader = new Leader(clusterLog);
        api = new Api(places, Authority.open(installation.authority()), credentials, clusterLog, leader);
    }

    @Override
    public void close() throws IOException {
        api.close();
        leader.close();
        clusterLog.close();
    }
}
