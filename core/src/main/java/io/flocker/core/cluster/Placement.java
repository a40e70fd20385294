package io.flocker.core.cluster;

/// Where things go. One server has one answer; the first node by name.
public final class Placement {
    private Placement() {}

    /// The node that runs an environment. Only called while there is one: [ApplicationRules] refuses before.
    public static String home(ClusterState state, String environment) {
        return state.environment(environment)
                .flatMap(known -> known.volumes().values().stream()
                        .flatMap(id -> state.volume(id).stream())
                        .map(volume -> volume.head().primary())
                        .findFirst())
                .orElseGet(() -> state.nodes().firstKey());
    }
}
