package io.flocker.cli.daemon;

import io.flocker.agent.volume.Pool;
import io.flocker.client.Credentials;
import io.flocker.client.FlockerClient;
import io.flocker.client.Invitation;
import io.flocker.control.api.Api;
import io.flocker.control.api.Forwarder;
import io.flocker.control.api.Listeners;
import io.flocker.control.ca.CredentialFiles;
import io.flocker.control.log.Generation;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.pcollections.TreePMap;

/// A process to be killed: a node's daemon without its agent, so without Docker Engine and pool. Nodes of one test have
/// the loopback addresses 127.0.0.1, 127.0.0.2, and so on.
final class BareNode {
    private BareNode() {}

    /// Makes the node if there is none yet, and runs it until it is killed.
    ///
    /// @param args its root, number, API port, Raft port, join token (empty for the first node), whether it is
    ///     to be a voter
    public static void main(String[] args) throws Exception {
        try {
            var installation = new Installation(Path.of(args[0]));
            int number = Integer.parseInt(args[1]);
            var ports = new NodeSettings.PortPlan(Integer.parseInt(args[2]), Integer.parseInt(args[3]), 1);
            if (!Files.exists(installation.settings())) {
                become(installation, settings(number, ports), args[4], Boolean.parseBoolean(args[5]));
            }
            run(installation, NodeSettings.read(installation.settings()));
            System.out.println("up");
            Thread.currentThread().join();
        } catch (Exception e) {
            e.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }

    static NodeSettings settings(int number, NodeSettings.PortPlan ports) {
        return new NodeSettings(
                "n" + number,
                "127.0.0." + number,
                URI.create("unix:///nowhere"),
                Pool.Kind.BTRFS,
                0,
                0,
                ports,
                NodeSettings.CONTROL_HERE,
                Generation.FIRST);
    }

    private static void become(Installation installation, NodeSettings settings, String token, boolean voter)
            throws Exception {
        if (token.isEmpty()) {
            Init.init(installation, settings, TreePMap.empty());
        } else {
            Join.join(installation, settings, TreePMap.empty(), Invitation.parse(token), voter);
        }
    }

    @SuppressWarnings("resource") // it all ends with the process
    private static void run(Installation installation, NodeSettings settings) throws Exception {
        new CredentialFiles(installation.nodeCredentials(), "node").settle();
        Credentials credentials = Credentials.read(installation.nodeCredentials(), "node");
        var forwarder = new Forwarder(credentials, settings.control());
        var places = new Listeners.Places(
                new InetSocketAddress(settings.address(), settings.ports().api()), 1, installation.socket());
        var api = new Api(places, credentials, forwarder);
        var whereabouts = new Whereabouts(installation.settings(), settings, forwarder::controls);
        var plane = new OwnPlane(installation, whereabouts, credentials, api);
        var client = new FlockerClient(settings.api(), credentials);
        new Control(installation, whereabouts, plane, new Renewal(installation, credentials, client), client);
    }
}
