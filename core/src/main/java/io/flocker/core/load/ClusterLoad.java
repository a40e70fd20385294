package io.flocker.core.load;

import org.pcollections.TreePMap;

/// How busy everything is, smoothed over minutes. A node that is silent for long is not in it, nor what is on it.
///
/// @param nodes by name
/// @param instances by [io.flocker.core.plan.Found#key]: `shop/web.1`
/// @param volumes by volume id, where their primary is
public record ClusterLoad(
        TreePMap<String, NodeLoad> nodes, TreePMap<String, Usage> instances, TreePMap<String, Usage> volumes) {
    public static final ClusterLoad UNKNOWN = new ClusterLoad(TreePMap.empty(), TreePMap.empty(), TreePMap.empty());

    /// Of a node; [NodeLoad#UNKNOWN] if it said nothing lately.
    public NodeLoad node(String name) {
        return nodes.getOrDefault(name, NodeLoad.UNKNOWN);
    }

    /// Of an instance, by [io.flocker.core.plan.Found#key]; nothing if its node said nothing of it lately.
    public Usage instance(String key) {
        return instances.getOrDefault(key, Usage.NOTHING);
    }

    /// Of a volume, by its id; nothing if its node said nothing of it lately.
    public Usage volume(String id) {
        return volumes.getOrDefault(id, Usage.NOTHING);
    }
}
