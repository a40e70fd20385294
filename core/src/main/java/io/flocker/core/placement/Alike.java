package io.flocker.core.placement;

import io.flocker.core.model.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// How many instances of a service there are for each value of the labels that it is spread over.
public final class Alike {
    private final List<String> labels;
    private final List<Map<String, Integer>> byValue = new ArrayList<>();

    /// @param labels that the service is spread over
    /// @param instances how many of it there are, by node
    /// @param nodes by name
    public Alike(List<String> labels, Map<String, Integer> instances, Map<String, Node> nodes) {
        this.labels = labels;
        for (String label : labels) {
            Map<String, Integer> counts = new TreeMap<>();
            instances.forEach((name, count) -> {
                Node node = nodes.get(name);
                if (node != null) {
                    counts.merge(value(label, node), count, Integer::sum);
                }
            });
            byValue.add(counts);
        }
    }

    private static String value(String label, Node node) {
        return node.labels().getOrDefault(label, "");
    }

    /// How many are where the labels have the same values as on a node, label by label.
    public List<Integer> at(Node node) {
        if (labels.isEmpty()) {
            return List.of();
        }
        List<Integer> counts = new ArrayList<>();
        for (int i = 0; i < labels.size(); i++) {
            counts.add(byValue.get(i).getOrDefault(value(labels.get(i), node), 0));
        }
        return List.copyOf(counts);
    }
}
