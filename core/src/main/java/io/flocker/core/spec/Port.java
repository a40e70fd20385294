package io.flocker.core.spec;

/// A port of a service published on every node.
///
/// @param target the container's port
/// @param published the nodes' port, 1 to 65535
/// @param hostAddress the address to listen on; empty for all
/// @param mode how HAProxy reads the traffic; UDP has none and goes through the Docker Engine
public record Port(int target, int published, String hostAddress, Protocol protocol, Mode mode) {
    public enum Protocol {
        TCP,
        UDP
    }

    public enum Mode {
        TCP,
        HTTP
    }

    /// The same, published elsewhere.
    public Port publishedAt(int newPublished) {
        return new Port(target, newPublished, hostAddress, protocol, mode);
    }
}
