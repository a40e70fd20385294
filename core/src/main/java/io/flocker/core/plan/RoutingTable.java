package io.flocker.core.plan;

import io.flocker.core.model.HostCertificate;
import io.flocker.core.spec.HttpRouting;
import io.flocker.core.spec.Port;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.pcollections.TreePMap;

/// Where a node's proxy sends what it accepts.
///
/// @param doors by address and port
/// @param backends by name (`production/web:8080`)
/// @param held services without an instance to send to, by backend name: their requests wait
/// @param peers the other nodes, by name
/// @param identities for doors with TLS, by certificates' names
public record RoutingTable(
        TreePMap<String, Door> doors,
        TreePMap<String, Backend> backends,
        List<String> held,
        TreePMap<String, Peer> peers,
        List<Identity> identities) {
    public static final RoutingTable EMPTY =
            new RoutingTable(TreePMap.empty(), TreePMap.empty(), List.of(), TreePMap.empty(), List.of());

    /// The table of a node that is alone.
    public RoutingTable(TreePMap<String, Door> doors, TreePMap<String, Backend> backends, List<String> held) {
        this(doors, backends, held, TreePMap.empty());
    }

    /// The table of a node that shows nobody a certificate.
    public RoutingTable(
            TreePMap<String, Door> doors,
            TreePMap<String, Backend> backends,
            List<String> held,
            TreePMap<String, Peer> peers) {
        this(doors, backends, held, peers, List.of());
    }

    /// Which certificate is shown to whom.
    ///
    /// @param hosts the names they ask for in the handshake, as far as they are served; `*.example.com` among them
    public record Identity(HostCertificate certificate, List<String> hosts) {}

    /// HAProxy's greatest.
    static final int MOST_WEIGHT = 256;

    /// What a backend for requests from other nodes is called beside the one for this node's own.
    private static final String MESH = "@mesh";

    /// Another node's mesh port.
    ///
    /// @param near whether it is in the same data center: others get requests only if no near one serves
    public record Peer(String address, boolean near) {}

    /// A place the proxy listens at.
    ///
    /// @param address empty for every address of the node
    /// @param backend where requests go that no host name directs; empty for none
    /// @param hosts backends by host name, HTTP only
    /// @param redirected backends whose requests are sent to the door with TLS, if there is one
    public record Door(
            String address,
            int port,
            Port.Mode mode,
            String backend,
            TreePMap<String, String> hosts,
            Kind kind,
            List<String> redirected) {
        /// Who comes through a door.
        public enum Kind {
            PLAIN,
            /// Whoever comes is shown the certificate of the name that they ask for.
            TLS,
            /// Other nodes' proxies: mutual TLS, and `hosts` are names in the handshake.
            MESH
        }

        public Door(String address, int port, Port.Mode mode, String backend, TreePMap<String, String> hosts) {
            this(address, port, mode, backend, hosts, Kind.PLAIN, List.of());
        }

        public boolean mesh() {
            return kind == Kind.MESH;
        }

        /// Whether what is asked for decides where a request goes.
        public boolean hasHosts() {
            return mesh() || !hosts.isEmpty();
        }

        public String key() {
            return key(address, port);
        }

        public static String key(String address, int port) {
            return address + ":" + port;
        }
    }

    /// A service's port, wherever its instances are.
    ///
    /// @param servers addresses (`10.213.0.130:8080`) of those on this node, by instance
    /// @param elsewhere how much those on other nodes weigh together, by node: as much as they are, unless
    ///     they have other weights
    /// @param weights of those of `servers` that do not weigh 1, by instance
    /// @param cookie by which its clients keep their instances; empty if they do not
    public record Backend(
            String name,
            Port.Mode mode,
            HttpRouting.Balance balance,
            TreePMap<String, String> servers,
            TreePMap<String, Integer> elsewhere,
            TreePMap<String, Integer> weights,
            Optional<Cookie> cookie) {
        public Backend(
                String name,
                Port.Mode mode,
                HttpRouting.Balance balance,
                TreePMap<String, String> servers,
                TreePMap<String, Integer> elsewhere) {
            this(name, mode, balance, servers, elsewhere, TreePMap.empty());
        }

        public Backend(
                String name,
                Port.Mode mode,
                HttpRouting.Balance balance,
                TreePMap<String, String> servers,
                TreePMap<String, Integer> elsewhere,
                TreePMap<String, Integer> weights) {
            this(name, mode, balance, servers, elsewhere, weights, Optional.empty());
        }

        public Backend(String name, Port.Mode mode, HttpRouting.Balance balance, TreePMap<String, String> servers) {
            this(name, mode, balance, servers, TreePMap.empty());
        }

        /// How much an instance of `servers` weighs beside the others: 1 to 256.
        public int weight(String instance) {
            return weights.getOrDefault(instance, 1);
        }

        /// How much those of `servers` weigh together.
        int weight() {
            return servers.keySet().stream().mapToInt(this::weight).sum();
        }

        /// Whether it is for requests that other nodes' proxies pass on.
        public boolean ofMesh() {
            return name.endsWith(MESH);
        }

        String origin() {
            return RoutingTable.origin(name);
        }
    }

    /// What a client has that keeps its instance.
    ///
    /// @param name what the cookie is called
    /// @param values of the instances on this node, by instance
    public record Cookie(String name, TreePMap<String, String> values) {
        private static final int LENGTH = 12;

        /// What the cookie of a service is called that has no other name. Browsers send a host's cookies to all of its
        /// ports, so that services must not have the same.
        static String named(String environment, String service) {
            return "flocker-" + hash(environment + "/" + service).substring(0, LENGTH);
        }

        /// How the values of a node's instances begin: every node sends a client on to the one that it names.
        public static String of(String node) {
            return hash(node).substring(0, LENGTH) + ".";
        }

        /// What a client of an instance gets. Tells nothing of what is inside.
        static String of(String node, String instance) {
            return of(node) + hash(instance).substring(0, LENGTH);
        }
    }

    /// The backend that a mesh's backend is for; another backend itself.
    public static String origin(String backend) {
        return backend.endsWith(MESH) ? backend.substring(0, backend.length() - MESH.length()) : backend;
    }

    /// The backend for what other nodes' proxies send to `backend` on this one.
    public static String meshed(String backend) {
        return backend + MESH;
    }

    /// What a proxy asks for in the handshake with `node` to reach a backend on it. A hash, as a label has at most 63
    /// characters (RFC 1035).
    public static String meshName(String backend, String node) {
        return "b" + hash(backend) + "." + node + ".mesh";
    }

    /// The same text for the same table, in every process.
    public String fingerprint() {
        return hash(toString());
    }

    /// Of any text, short enough for names.
    public static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 12);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("Every Java platform has SHA-256", e);
        }
    }
}
