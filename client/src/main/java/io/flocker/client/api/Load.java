package io.flocker.client.api;

import io.flocker.core.load.History;
import io.flocker.core.load.NodeLoad;
import io.flocker.core.load.Usage;
import java.util.List;

/// How busy everything is, as means over the last two minutes. Units are those of [Usage]: cores, bytes, bytes a
/// second, requests a second.
///
/// @param nodes that said something in the last minute
/// @param instances of those nodes
/// @param volumes whose primary is one of those nodes
public record Load(List<Node> nodes, List<Instance> instances, List<Volume> volumes) {
    /// A node. Its times are by the leader's clock, in milliseconds since 1970.
    public record Node(String name, NodeLoad load) {}

    /// @param name as in `flocker ps`: `web.1`
    public record Instance(String environment, String service, String name, String node, Usage usage) {}

    /// @param node its primary's
    public record Volume(String environment, String name, String node, Usage usage) {}

    /// How busy something was: a point a minute, oldest first.
    public record Past(List<History.Point> points) {}
}
