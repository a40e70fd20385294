package io.flocker.core.plan;

import io.flocker.core.model.HttpRouting;
import io.flocker.core.model.Port;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.pcollections.TreePMap;

/// Where a node's proxy sends what it accepts.
///
/// @param doors by address and port
/// @param backends by name (`production/web:8080`)
/// @param held services without an instance to send to, by backend name: their requests wait
public record RoutingTable(TreePMap<String, Door> doors, TreePMap<String, Backend> backends, List<String> held) {
    public static final RoutingTable EMPTY = new RoutingTable(TreePMap.empty(), TreePMap.empty(), List.of());

    /// A place the proxy listens at.
    ///
    /// @param address empty for every address of the node
    /// @param backend where requests go that no host name directs; empty for none
    /// @param hosts backends by host name, HTTP only
    public record Door(String address, int port, Port.Mode mode, String backend, TreePMap<String, String> hosts) {
        public String key() {
            return address + ":" + port;
        }
    }

    /// A service's port, wherever its instances are.
    ///
    /// @param servers addresses (`10.213.0.130:8080`) by instance
    public record Backend(String name, Port.Mode mode, HttpRouting.Balance balance, TreePMap<String, String> servers) {}

    /// The same text for the same table, in every process.
    public String fingerprint() {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 12);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("Every Java platform has SHA-256", e);
        }
    }
}
