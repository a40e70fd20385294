package io.flocker.cli.command.top;

import io.flocker.client.api.Load;
import io.flocker.core.load.NodeLoad;
import io.flocker.core.load.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A line of `flocker top`.
///
/// @param where the node, or how many instances a service has
/// @param node how large it is, if it is a node
record TopRow(String name, String where, Usage usage, Optional<NodeLoad> node) {
    /// What can be looked at.
    enum What {
        NODES,
        SERVICES,
        INSTANCES,
        VOLUMES
    }

    static List<TopRow> of(Load load, What what) {
        return switch (what) {
            case NODES ->
                load.nodes().stream()
                        .map(node -> new TopRow(node.name(), "", node.load().used(), Optional.of(node.load())))
                        .toList();
            case SERVICES -> services(load);
            case INSTANCES ->
                load.instances().stream()
                        .map(instance -> new TopRow(
                                instance.environment() + "/" + instance.name(),
                                instance.node(),
                                instance.usage(),
                                Optional.empty()))
                        .toList();
            case VOLUMES ->
                load.volumes().stream()
                        .map(volume -> new TopRow(
                                volume.environment() + "/" + volume.name(),
                                volume.node(),
                                volume.usage(),
                                Optional.empty()))
                        .toList();
        };
    }

    private static List<TopRow> services(Load load) {
        Map<String, Usage> sums = new TreeMap<>();
        Map<String, Integer> counts = new TreeMap<>();
        for (Load.Instance instance : load.instances()) {
            String name = instance.environment() + "/" + instance.service();
            sums.merge(name, instance.usage(), Usage::plus);
            counts.merge(name, 1, Integer::sum);
        }
        List<TopRow> rows = new ArrayList<>();
        sums.forEach((name, usage) ->
                rows.add(new TopRow(name, String.valueOf(counts.getOrDefault(name, 0)), usage, Optional.empty())));
        return rows;
    }
}
