package io.flocker.cli.daemon;

import io.flocker.agent.volume.Pool;
import io.flocker.client.Credentials;
import io.flocker.control.ca.Authority;
import io.flocker.core.cluster.Names;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.URI;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Makes this machine the first node of a new cluster: authority, certificates, settings. Nothing runs yet.
public final class Init {
    private Init() {}

    /// What the user said; empty means the usual.
    ///
    /// @param name the node's name; the host name if empty
    /// @param address where it is reached; the first address of the machine that is not loopback if empty
    /// @param docker the engine's socket
    /// @param poolBytes the size of a pool to be made; 0 for most of what is free
    public record Choices(
            String name,
            String address,
            URI docker,
            Pool.Kind storage,
            long poolBytes,
            int apiPort,
            int raftPort,
            int agentPort) {}

    /// What was made.
    public record Made(String node, String address, String api) {}

    public static Made init(Installation installation, Choices choices) throws IOException {
        if (Files.exists(installation.settings())) {
            throw new IOException("This machine is a node already: " + installation.settings()
                    + " is there. To begin again, stop flocker daemon and remove " + installation.etc() + " and "
                    + installation.lib());
        }
        String name = choices.name().isEmpty() ? hostName() : choices.name();
        if (!Names.valid(name)) {
            throw new IOException("\"" + name + "\" cannot be a node's name: use lower-case letters, digits and '-'"
                    + " (flocker init --name NAME)");
        }
        String address = choices.address().isEmpty() ? ownAddress() : choices.address();
        Authority authority = Authority.create(installation.authority());
        Credentials node =
                authority.node(name, List.of(address, "127.0.0.1", "localhost", name, "*." + name + ".mesh"));
        Authority.write(installation.nodeCredentials(), "node", node);
        Authority.write(installation.userCredentials(), "admin", authority.user("admin"));
        String api = "https://" + address + ":" + choices.apiPort();
        Files.writeString(
                installation.etc().resolve("client.properties"),
                "# Made by flocker init.\napi=" + api + "\nuser=admin\n");
        new NodeSettings(
                        name,
                        address,
                        choices.docker(),
                        choices.storage(),
                        choices.poolBytes(),
                        new NodeSettings.PortPlan(choices.apiPort(), choices.raftPort(), choices.agentPort()))
                .write(installation.settings());
        return new Made(name, address, api);
    }

    private static String hostName() throws IOException {
        String name = InetAddress.getLocalHost().getHostName().toLowerCase(Locale.ROOT);
        int dot = name.indexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }

    private static String ownAddress() throws IOException {
        Optional<String> first = NetworkInterface.networkInterfaces()
                .filter(Init::isOutside)
                .flatMap(NetworkInterface::inetAddresses)
                .filter(Inet4Address.class::isInstance)
                .map(InetAddress::getHostAddress)
                .findFirst();
        return first.orElse("127.0.0.1");
    }

    private static boolean isOutside(NetworkInterface candidate) {
        try {
            boolean bridge =
                    candidate.getName().startsWith("br-") || candidate.getName().startsWith("docker");
            return candidate.isUp() && !candidate.isLoopback() && !bridge;
        } catch (SocketException e) {
            return false;
        }
    }
}
