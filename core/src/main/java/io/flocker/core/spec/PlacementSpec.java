package io.flocker.core.spec;

import java.util.List;
import java.util.Optional;
import org.pcollections.TreePMap;

/// Where a service's instances may go. Not part of a release: another place needs no new container elsewhere.
///
/// @param constraints all of which a node must meet
/// @param spread node labels over whose values instances are spread evenly, the most important first
/// @param maxPerNode the most instances on one node; 0 for no limit
/// @param pins how many instances each node runs, by node, or [#EACH_CORE]; empty for wherever there is room
/// @param global whether every node that suits runs one instance, now and later
/// @param perCore whether it then runs as many as it has cores
public record PlacementSpec(
        List<Constraint> constraints,
        List<String> spread,
        int maxPerNode,
        TreePMap<String, Integer> pins,
        boolean global,
        boolean perCore) {
    /// Instead of a number of instances: one for each core of the node.
    public static final int EACH_CORE = Integer.MAX_VALUE;

    public static final PlacementSpec ANYWHERE =
            new PlacementSpec(List.of(), List.of(), 0, TreePMap.empty(), false, false);

    /// What a node must be, as Compose's `deploy.placement.constraints` say it.
    ///
    /// @param key a label; empty for the node's name
    /// @param equal whether it must be `value`, or must not
    public record Constraint(String key, boolean equal, String value) {
        boolean holds(String node, TreePMap<String, String> labels) {
            String has = key.isEmpty() ? node : labels.getOrDefault(key, "");
            return has.equals(value) == equal;
        }

        /// Whether no node can meet both.
        boolean clashes(Constraint other) {
            boolean same = value.equals(other.value);
            return key.equals(other.key) && (equal == other.equal ? equal && !same : same);
        }

        @Override
        public String toString() {
            return (key.isEmpty() ? "node.name" : "node.labels." + key) + (equal ? " == " : " != ") + value;
        }
    }

    /// Two of some constraints that no node can meet together, in words; empty if there are none.
    public static Optional<String> clash(List<Constraint> constraints) {
        for (Constraint one : constraints) {
            for (Constraint other : constraints) {
                if (one.clashes(other)) {
                    return Optional.of(one + " and " + other);
                }
            }
        }
        return Optional.empty();
    }

    /// The first reason why a node of that name, with these labels, cannot run an instance; empty if it can.
    public Optional<String> objection(String node, TreePMap<String, String> labels) {
        if (!pins.isEmpty() && !pins.containsKey(node)) {
            return Optional.of("is not in the deployment file for it");
        }
        for (Constraint constraint : constraints) {
            if (!constraint.holds(node, labels)) {
                return Optional.of("is not " + constraint);
            }
        }
        return Optional.empty();
    }

    /// The node that its constraints name; empty if they name none.
    public Optional<String> node() {
        for (Constraint constraint : constraints) {
            if (constraint.key().isEmpty() && constraint.equal()) {
                return Optional.of(constraint.value());
            }
        }
        return Optional.empty();
    }

    /// The same, but so many instances on each of these nodes.
    public PlacementSpec pinned(TreePMap<String, Integer> newPins) {
        return new PlacementSpec(constraints, spread, maxPerNode, newPins, global, perCore);
    }

    /// The same, but one instance on every node.
    public PlacementSpec everywhere() {
        return new PlacementSpec(constraints, spread, maxPerNode, pins, true, perCore);
    }

    /// The same, but as many instances on every node as it has cores.
    public PlacementSpec onEveryCore() {
        return new PlacementSpec(constraints, spread, maxPerNode, pins, true, true);
    }

    /// Whether a node has a number of instances of its own, whatever its cores.
    public boolean isCounted(String node) {
        return pins.getOrDefault(node, EACH_CORE) != EACH_CORE;
    }

    /// The most instances that a node may have.
    public int most(String node) {
        int pinned = pins.getOrDefault(node, Integer.MAX_VALUE);
        return maxPerNode == 0 ? pinned : Math.min(pinned, maxPerNode);
    }
}
