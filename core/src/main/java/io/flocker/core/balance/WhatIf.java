package io.flocker.core.balance;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.MoveChanges;
import io.flocker.core.cluster.Placement;
import io.flocker.core.load.ClusterLoad;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Head;
import io.flocker.core.model.Instance;
import io.flocker.core.model.Node;
import io.flocker.core.model.Volume;
import io.flocker.core.placement.Considered;
import io.flocker.core.spec.ServiceSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// What would be where if nodes were lost, or a service had more instances: worked out on a copy of the state, by the
/// same placement as ever. Nothing changes.
public final class WhatIf {
    private final ClusterLoad load;
    private final List<Resettled> resettled = new ArrayList<>();
    private ClusterState state;

    private WhatIf(ClusterState state, ClusterLoad load) {
        this.state = state;
        this.load = load;
    }

    /// Where everything on these nodes would be if they were gone for good.
    public static List<Resettled> without(ClusterState state, ClusterLoad load, Set<String> lost) {
        var whatIf = new WhatIf(state, load);
        for (String name : lost) {
            Node node = state.nodes().get(name);
            if (node != null) {
                whatIf.state = whatIf.state.with(node.available(Node.Availability.DRAINED));
            }
        }
        for (String environment : state.environments().keySet()) {
            whatIf.withData(environment, lost);
            whatIf.withoutData(environment, lost);
        }
        return List.copyOf(whatIf.resettled);
    }

    /// Where the further instances of a service would be if it had so many.
    public static List<Resettled> scaled(ClusterState state, String environment, String service, int count) {
        var whatIf = new WhatIf(state, ClusterLoad.UNKNOWN);
        Environment found = state.environment(environment).orElseThrow();
        ServiceSpec spec =
                Optional.ofNullable(found.application().services().get(service)).orElseThrow();
        int present = found.living(service).size();
        for (int i = present; i < count; i++) {
            Environment now = whatIf.environment(environment);
            whatIf.place(now, spec, fresh(service, now.freeSlot(service)), "");
        }
        return List.copyOf(whatIf.resettled);
    }

    private static Instance fresh(String service, int slot) {
        return new Instance(service, slot, 0, 0, "", "", "", false, 0, false, Instance.Desired.PREPARE);
    }

    private Environment environment(String name) {
        return state.environment(name).orElseThrow();
    }

    private void withData(String name, Set<String> lost) {
        Set<String> seen = new TreeSet<>();
        for (String volume : environment(name).volumes().keySet()) {
            if (seen.add(volume)) {
                var together = MoveChanges.together(environment(name), Set.of(), Set.of(volume));
                seen.addAll(together.volumeNames());
                List<Volume> volumes = together.volumes(state, environment(name));
                if (!volumes.isEmpty() && volumes.getFirst().state() == Volume.State.ACTIVE) {
                    group(name, together, volumes, lost);
                }
            }
        }
    }

    private void group(String name, MoveChanges.Together together, List<Volume> volumes, Set<String> lost) {
        String from = volumes.getFirst().head().primary();
        long copies = 0;
        for (Volume volume : volumes) {
            long bytes = (long) Burden.sane(load.volume(volume.id()).diskBytes());
            long replicas = volume.copies().entrySet().stream()
                    .filter(copy -> copy.getValue() == Volume.Copy.REPLICA && lost.contains(copy.getKey()))
                    .count();
            copies += bytes * (replicas + (lost.contains(from) ? 1 : 0));
        }
        if (!lost.contains(from)) {
            if (copies > 0) {
                resettled.add(new Resettled(name, together.names(), from, from, copies, "a replica is made anew"));
            }
            return;
        }
        Set<String> near = MoveChanges.near(volumes);
        near.removeAll(lost);
        if (near.isEmpty()) {
            resettled.add(new Resettled(
                    name, together.names(), from, "", 0, "no other node has a replica of its data: it would be gone"));
            return;
        }
        failOver(name, together, volumes, near, copies);
    }

    private void failOver(
            String name, MoveChanges.Together together, List<Volume> volumes, Set<String> near, long copies) {
        Environment environment = environment(name);
        String from = volumes.getFirst().head().primary();
        Set<String> left = new TreeSet<>(near);
        List<String> objections = new ArrayList<>();
        for (String service : together.services()) {
            ServiceSpec spec = environment.application().services().get(service);
            if (spec != null) {
                for (Considered node : considered(environment, service, spec, near)) {
                    if (node.objection().isPresent() && left.remove(node.node())) {
                        objections.add(node.node() + " " + node.objection().get());
                    }
                }
            }
        }
        if (left.isEmpty()) {
            resettled.add(new Resettled(
                    name,
                    together.names(),
                    from,
                    "",
                    0,
                    "no node with a replica can have it: " + String.join(", ", objections)));
            return;
        }
        String to = left.iterator().next();
        String how = volumes.stream().allMatch(Volume::armed)
                ? "it has a replica, and takes over by itself"
                : "it has a replica; flocker failover has it take over";
        resettled.add(new Resettled(name, together.names(), from, to, copies, how));
        for (Volume volume : volumes) {
            Head head = new Head(volume.head().epoch() + 1, to, Optional.empty(), Optional.empty());
            state = state.with(volume.with(head).withoutCopy(to));
        }
        for (Instance instance : environment.instances().values()) {
            if (together.services().contains(instance.service())) {
                environment = environment.with(instance.on(to, ""));
            }
        }
        state = state.with(environment);
    }

    private void withoutData(String name, Set<String> lost) {
        for (Instance instance : environment(name).instances().values()) {
            ServiceSpec spec = environment(name).application().services().get(instance.service());
            boolean goes = spec != null
                    && spec.volumeNames().isEmpty()
                    && !spec.placement().global()
                    && instance.desired() != Instance.Desired.STOP
                    && lost.contains(instance.node());
            if (goes) {
                Environment others = environment(name)
                        .withInstances(environment(name).instances().minus(instance.name()));
                place(others, spec, instance, instance.node());
            }
        }
    }

    private void place(Environment others, ServiceSpec spec, Instance instance, String from) {
        List<Considered> nodes = considered(others, instance.service(), spec, Set.of());
        Considered best = nodes.isEmpty() ? null : nodes.getFirst();
        if (best == null || best.objection().isPresent()) {
            List<String> why = nodes.stream()
                    .map(node -> node.node() + " " + node.objection().orElse(""))
                    .toList();
            resettled.add(new Resettled(others.name(), instance.name(), from, "", 0, String.join(", ", why)));
            state = state.with(others);
            return;
        }
        String why = best.score().points() + (best.score().points() == 1 ? " point" : " points");
        resettled.add(new Resettled(others.name(), instance.name(), from, best.node(), 0, why));
        state = state.with(others.with(instance.on(best.node(), "")));
    }

    private List<Considered> considered(Environment environment, String service, ServiceSpec spec, Set<String> near) {
        return Placement.of(state, environment, environment.application()).considered(service, spec, near);
    }
}
