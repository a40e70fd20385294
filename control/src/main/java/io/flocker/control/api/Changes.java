package io.flocker.control.api;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Service;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.ServiceSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.pcollections.TreePMap;

/// What deploying an application would do, step by step, in words. Empty if nothing.
final class Changes {
    private Changes() {}

    /// @param digests as in [Operation.Kind.Deploy#digests]
    static List<String> of(ClusterState state, String name, ApplicationSpec target, TreePMap<String, String> digests) {
        List<String> changes = new ArrayList<>();
        Environment environment = state.environment(name).orElseGet(() -> {
            changes.add("+ environment " + name);
            return Environment.named(name, 0);
        });
        target.volumes().keySet().stream()
                .filter(volume -> !environment.volumes().containsKey(volume))
                .forEach(volume -> changes.add("+ volume " + volume));
        target.services().forEach((service, spec) -> {
            service(environment, target, service, digests, changes);
            absent(state, service, spec, changes);
        });
        environment.services().keySet().stream()
                .filter(service -> !target.services().containsKey(service))
                .forEach(service -> changes.add("- service " + service));
        environment.volumes().keySet().stream()
                .filter(volume -> !target.volumes().containsKey(volume))
                .forEach(volume -> changes.add("  volume " + volume + " is kept, though no service uses it"));
        return changes;
    }

    /// What a move would do, as the operation it would start says; nothing if it is refused.
    static List<String> ofMove(ClusterState state, Command move) {
        if (!(state.after(move) instanceof Outcome.Accepted accepted) || !(move instanceof Command.Starting starting)) {
            return List.of();
        }
        return accepted.state().operation(starting.operation()).stream()
                .map(Operation::kind)
                .flatMap(kind -> switch (kind) {
                    case Operation.Kind.Move m -> ofMove(state, m).stream();
                    case Operation.Kind.Replace replace ->
                        replace.instances().entrySet().stream()
                                .map(entry -> "~ instance " + entry.getKey() + " is replaced by one on "
                                        + entry.getValue().node());
                    case Operation.Kind.Deploy _,
                            Operation.Kind.Remove _,
                            Operation.Kind.Restart _,
                            Operation.Kind.RollBack _ -> Stream.empty();
                })
                .toList();
    }

    private static List<String> ofMove(ClusterState state, Operation.Kind.Move move) {
        List<String> changes = new ArrayList<>();
        for (String id : move.volumes()) {
            state.volume(id)
                    .ifPresent(volume ->
                            changes.add("~ volume " + volume.name() + ": " + move.from() + " -> " + move.to()));
        }
        move.services()
                .forEach(service -> changes.add("~ service " + service + ": " + move.from() + " -> " + move.to()
                        + ", stopped while the last difference is copied"));
        return changes;
    }

    private static void absent(ClusterState state, String name, ServiceSpec spec, List<String> changes) {
        spec.placement().pins().forEach((node, count) -> {
            if (count > 0 && !state.nodes().containsKey(node)) {
                changes.add("! service " + name + ": " + count + (count == 1 ? " instance waits" : " instances wait")
                        + " for node " + node + ", which has not joined yet");
            }
        });
    }

    private static String instances(ServiceSpec spec) {
        if (spec.placement().global()) {
            return spec.placement().perCore() ? "one instance for each core" : "one instance on every node";
        }
        String follows = spec.autoscale()
                .map(it -> ", " + it.bounds() + " as its load asks")
                .orElse("");
        return spec.scale() + " instances" + follows;
    }

    private static String content(String image, String digest) {
        return image + (digest.isEmpty() ? " is again what a node has by that name" : " is " + digest + " now");
    }

    private static void service(
            Environment environment,
            ApplicationSpec target,
            String name,
            TreePMap<String, String> digests,
            List<String> changes) {
        ServiceSpec spec = target.services().get(name);
        if (spec == null) {
            return;
        }
        Service known = environment.services().get(name);
        if (known == null) {
            changes.add("+ service " + name + " (" + spec.image() + ", " + instances(spec) + ")");
            return;
        }
        boolean same = known.release().sameAs(spec, target.filesOf(spec));
        if (!same || !known.release().has(digests, name)) {
            String what = !known.spec().image().equals(spec.image())
                    ? known.spec().image() + " -> " + spec.image()
                    : same ? content(spec.image(), digests.getOrDefault(name, "")) : "its settings change";
            changes.add("~ service " + name + ": release " + known.current() + " -> "
                    + (known.releases().lastKey() + 1) + ", " + what);
        }
        ServiceSpec before = environment.application().services().getOrDefault(name, spec);
        if (!before.placement().equals(spec.placement())) {
            changes.add("~ service " + name + ": its placement changes; what is not where it should be moves");
        }
        if (known.scale() != spec.scale() && !spec.placement().global()) {
            changes.add("~ service " + name + ": " + known.scale() + " -> " + spec.scale() + " instances"
                    + (spec.autoscale().isPresent() ? ", until its load asks for more or fewer" : ""));
        }
        if (!before.autoscale().equals(spec.autoscale())) {
            changes.add("~ service " + name + ": "
                    + spec.autoscale()
                            .map(it -> "follows its load with " + it.bounds() + " instances")
                            .orElse("does not follow its load any more"));
        }
    }
}
