package io.flocker.core.balance;

import io.flocker.core.model.Node;
import io.flocker.core.model.Volume;
import io.flocker.core.spec.PlacementSpec;
import io.flocker.core.spec.ReplicationSpec;
import io.flocker.core.spec.ServiceSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Why something cannot move to a node, on top of a draft. What it lets through, the cluster's own rules may still
/// refuse.
final class Obstacles {
    /// So much of a pool stays free: snapshots grow.
    private static final double POOL_KEPT_FREE = 0.1;

    /// So much of a node's memory stays free.
    private static final double MEMORY_KEPT_FREE = 0.05;

    private final Scene scene;
    /// Units of one service without volumes, by environment and service.
    private final Map<String, List<Integer>> siblings = new TreeMap<>();

    Obstacles(Scene scene) {
        this.scene = scene;
        for (int unit = 0; unit < scene.units.size(); unit++) {
            if (!scene.units.get(unit).instance().isEmpty()) {
                siblings.computeIfAbsent(service(scene.units.get(unit)), _ -> new ArrayList<>())
                        .add(unit);
            }
        }
    }

    private static String service(Unit unit) {
        return unit.environment() + "/" + unit.names().getFirst();
    }

    /// The first reason against it; empty if there is none.
    Optional<String> objection(Draft draft, Draft.Step step) {
        Unit unit = scene.units.get(step.unit());
        Node node = scene.node(step.to());
        if (!unit.free()) {
            return Optional.of("something else changes it");
        }
        for (ServiceSpec spec : unit.specs()) {
            Optional<String> objection = node.objection(spec.placement());
            if (objection.isPresent()) {
                return objection;
            }
        }
        return room(draft, unit, step.to())
                .or(() -> unit.instance().isEmpty() ? Optional.empty() : crowd(draft, unit, step.to()))
                .or(() -> replicas(unit, node));
    }

    private Optional<String> room(Draft draft, Unit unit, int to) {
        Site site = scene.sites.get(to);
        double memory = unit.burden().memoryBytes();
        double bytes = unit.bytesTo(site.name());
        Node.Capacity needs = unit.needs();
        for (Draft.Step step : draft.steps()) {
            Unit other = scene.units.get(step.unit());
            if (step.to() == to) {
                memory += other.burden().memoryBytes();
                bytes += other.bytesTo(site.name());
                needs = needs.plus(other.needs());
            }
        }
        boolean fits = needs.memoryBytes() <= site.unreserved().memoryBytes()
                && needs.milliCpus() <= site.unreserved().milliCpus();
        if (!fits && !unit.needs().equals(Node.Capacity.NONE)) {
            return Optional.of("has too little left to set aside");
        }
        if (site.freeMemoryBytes() >= 0
                && memory
                        > site.freeMemoryBytes()
                                - MEMORY_KEPT_FREE * site.total().memoryBytes()) {
            return Optional.of("has too little memory left");
        }
        return site.freePoolBytes() >= 0
                        && bytes > 0
                        && bytes
                                > site.freePoolBytes()
                                        - POOL_KEPT_FREE * site.total().diskBytes()
                ? Optional.of("has too little left in its pool")
                : Optional.empty();
    }

    /// What is spread must not get less so.
    private Optional<String> crowd(Draft draft, Unit unit, int to) {
        PlacementSpec placement = unit.specs().getFirst().placement();
        int here = 0;
        int there = 0;
        Map<String, Integer> values = new TreeMap<>();
        for (int sibling : siblings.getOrDefault(service(unit), List.of())) {
            int site = draft.siteOf(sibling, scene.units.get(sibling).site());
            here += site == unit.site() ? 1 : 0;
            there += site == to ? 1 : 0;
            for (String label : placement.spread()) {
                values.merge(label + "=" + value(site, label), 1, Integer::sum);
            }
        }
        if (there + 1 > placement.most(scene.sites.get(to).name())) {
            return Optional.of("has the most instances of it that it may have");
        }
        if (there >= here) {
            return Optional.of("has as many instances of it");
        }
        for (String label : placement.spread()) {
            String from = value(unit.site(), label);
            String next = value(to, label);
            boolean crowds = !from.equals(next)
                    && values.getOrDefault(label + "=" + next, 0) >= values.getOrDefault(label + "=" + from, 0);
            if (crowds) {
                return Optional.of("has as many instances of it at node.labels." + label + " == " + next);
            }
        }
        return Optional.empty();
    }

    private String value(int site, String label) {
        return scene.node(site).labels().getOrDefault(label, "");
    }

    /// A volume does not come to where its replica is to be elsewhere.
    private Optional<String> replicas(Unit unit, Node node) {
        for (Volume volume : unit.volumes()) {
            Volume.Copy copy = volume.copies().get(node.name());
            if (copy == Volume.Copy.DROP || volume.replicas().rejoining().containsKey(node.name())) {
                return Optional.of("still has what is left of " + volume.name());
            }
            String label =
                    volume.spec().replication().map(ReplicationSpec::spread).orElse("");
            boolean beside = !label.isEmpty()
                    && volume.copies().entrySet().stream()
                            .filter(other -> other.getValue() == Volume.Copy.REPLICA
                                    && !other.getKey().equals(node.name()))
                            .anyMatch(other -> labelOf(other.getKey(), label)
                                    .filter(node.labels().getOrDefault(label, "")::equals)
                                    .isPresent());
            if (beside) {
                return Optional.of("is where a replica of " + volume.name() + " is, by node.labels." + label);
            }
        }
        return Optional.empty();
    }

    private Optional<String> labelOf(String node, String label) {
        return scene.sites.stream()
                .filter(site -> site.name().equals(node))
                .map(site -> site.node().labels().getOrDefault(label, ""))
                .findFirst();
    }
}
