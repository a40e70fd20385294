package io.flocker.control.view;

import io.flocker.core.amount.BinaryUnit;
import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.load.ClusterLoad;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Service;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.model.Volume;
import io.flocker.core.replication.Loans;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.PlacementSpec;
import io.flocker.core.spec.ScheduleSpec;
import io.flocker.core.spec.ServiceSpec;
import io.flocker.core.spec.StepSpec;
import io.flocker.core.spec.Strategy;
import io.flocker.core.spec.UpdatePolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pcollections.TreePMap;

/// What a deployment, a move, a branch or a refresh would do, step by step, in words. Empty if nothing.
public final class Changes {
    private Changes() {}

    /// What a deployment would do.
    ///
    /// @param digests as in [Operation.Kind.Deploy#digests]
    public static List<String> of(
            ClusterState state, String name, ApplicationSpec target, TreePMap<String, String> digests) {
        List<String> changes = new ArrayList<>();
        Environment environment = state.environment(name).orElseGet(() -> {
            changes.add("+ environment " + name);
            return Environment.named(name, "", 0);
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
        schedules(environment.application(), target, changes);
        environment.volumes().keySet().stream()
                .filter(volume -> !target.volumes().containsKey(volume))
                .forEach(volume -> changes.add("  volume " + volume + " is kept, though no service uses it"));
        return changes;
    }

    private static void schedules(ApplicationSpec before, ApplicationSpec target, List<String> changes) {
        target.schedules().forEach((name, spec) -> {
            ScheduleSpec known = before.schedules().get(name);
            if (!spec.equals(known)) {
                String steps = spec.steps().stream().map(StepSpec::toString).collect(Collectors.joining("; "));
                changes.add((known == null ? "+" : "~") + " schedule " + name + " (" + spec.cron() + " " + spec.zone()
                        + "): " + steps);
            }
        });
        before.schedules().keySet().stream()
                .filter(name -> !target.schedules().containsKey(name))
                .forEach(name -> changes.add("- schedule " + name));
    }

    /// What making a branch would do; nothing if it is refused.
    public static List<String> ofBranch(ClusterState state, ClusterLoad load, Command.Branch branch) {
        if (!(state.after(branch) instanceof Outcome.Accepted accepted)) {
            return List.of();
        }
        Environment made = accepted.state().environment(branch.environment()).orElseThrow();
        List<String> changes = new ArrayList<>();
        changes.add("+ environment " + made.name() + ", a branch of " + branch.origin() + "@" + branch.checkpoint());
        for (String id : made.volumes().values()) {
            accepted.state()
                    .volume(id)
                    .ifPresent(volume -> changes.add("+ volume " + volume.name()
                            + volume.head()
                                    .base()
                                    .map(base -> ", a clone on "
                                            + volume.head().primary() + ": "
                                            + copied(
                                                    accepted.state(),
                                                    load,
                                                    base,
                                                    volume.head().primary()))
                                    .orElse(", empty")));
        }
        made.application().services().forEach((name, spec) -> {
            String ports = spec.ports().stream()
                    .map(port -> ", port " + port.published() + " for " + port.target())
                    .collect(Collectors.joining());
            String hosts = spec.http().hosts().stream()
                    .map(host -> ", host name " + host)
                    .collect(Collectors.joining());
            changes.add("+ service " + name + " (" + spec.image() + ")" + ports + hosts);
        });
        return changes;
    }

    /// What has to be copied before a clone of `base` can be made on `node`.
    private static String copied(ClusterState after, ClusterLoad load, SnapshotId base, String node) {
        Volume source = after.volume(base.volume()).orElseThrow();
        if (Loans.has(source, node)) {
            return "nothing is copied";
        }
        long bytes = load.volume(source.id()).diskBytes();
        return (bytes == 0 ? "all data" : "about " + BinaryUnit.text(bytes)) + " of it is copied there from "
                + source.head().primary() + " first";
    }

    /// What refreshing a branch would do; nothing if it is refused.
    public static List<String> ofRefresh(ClusterState state, ClusterLoad load, Command.Refresh refresh) {
        if (!(state.after(refresh) instanceof Outcome.Accepted accepted)) {
            return List.of();
        }
        Operation operation = accepted.state().operation(refresh.operation()).orElseThrow();
        List<String> changes = new ArrayList<>();
        if (operation.kind() instanceof Operation.Kind.RollBack rollBack) {
            rollBack.origin()
                    .ifPresent(origin -> changes.add("~ environment " + refresh.environment() + " to "
                            + origin.environment() + "@" + origin.checkpoint()
                            + "; what is there now is kept as checkpoint "
                            + operation.checkpoint()));
            rollBack.targets().forEach((id, target) -> {
                Volume volume = accepted.state().volume(id).orElseThrow();
                String copied =
                        copied(accepted.state(), load, target, volume.head().primary());
                changes.add("~ volume " + volume.name() + " on " + volume.head().primary() + ": " + copied);
            });
            rollBack.application()
                    .ifPresent(application ->
                            changes.addAll(of(state, refresh.environment(), application, rollBack.digests())));
        }
        return changes;
    }

    /// What a move would do, as the operation it would start says; nothing if it is refused.
    public static List<String> ofMove(ClusterState state, Command move) {
        if (!(state.after(move) instanceof Outcome.Accepted accepted) || !(move instanceof Command.Starting starting)) {
            return List.of();
        }
        return accepted.state().operation(starting.operation()).stream()
                .map(Operation::kind)
                .flatMap(kind -> switch (kind) {
                    case Operation.Kind.Move m -> ofMove(state, m).stream();
                    case Operation.Kind.FailOver failOver -> ofFailover(state, failOver).stream();
                    case Operation.Kind.Replace replace ->
                        replace.instances().entrySet().stream()
                                .map(entry -> "~ instance " + entry.getKey() + " is replaced by one on "
                                        + entry.getValue().node());
                    case Operation.Kind.Deploy _,
                            Operation.Kind.Remove _,
                            Operation.Kind.Restart _,
                            Operation.Kind.RollBack _,
                            Operation.Kind.Run _ -> Stream.empty();
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

    private static List<String> ofFailover(ClusterState state, Operation.Kind.FailOver failOver) {
        List<String> changes = new ArrayList<>();
        Operation.Kind.Move move = failOver.move();
        failOver.bases()
                .forEach((id, base) -> state.volume(id)
                        .ifPresent(volume -> changes.add("~ volume " + volume.name() + ": " + move.from() + " -> "
                                + move.to() + ", from its snapshot " + base.position())));
        move.services()
                .forEach(service -> changes.add("~ service " + service + ": " + move.from() + " -> " + move.to()));
        changes.add("! " + failOver.story());
        return changes;
    }

    private static void absent(ClusterState state, String name, ServiceSpec spec, List<String> changes) {
        spec.placement().pins().forEach((node, count) -> {
            if (count > 0 && !state.nodes().containsKey(node)) {
                String waits = count == PlacementSpec.EACH_CORE
                        ? "one instance for each core waits"
                        : count + (count == 1 ? " instance waits" : " instances wait");
                changes.add("! service " + name + ": " + waits + " for node " + node + ", which has not joined yet");
            }
        });
    }

    private static String instances(ServiceSpec spec) {
        if (spec.placement().global()) {
            return spec.placement().perCore()
                    ? "one instance for each core" + pinned(spec.placement())
                    : "one instance on every node";
        }
        String follows = spec.autoscale()
                .map(it -> ", " + it.bounds() + " as its load asks")
                .orElse("");
        return spec.scale() + " instances" + follows;
    }

    /// Where, if the deployment file says it: ` of n1, and 3 on n2`.
    private static String pinned(PlacementSpec placement) {
        List<String> each = new ArrayList<>();
        List<String> counted = new ArrayList<>();
        placement.pins().forEach((node, count) -> {
            if (placement.isCounted(node)) {
                counted.add(count + " on " + node);
            } else {
                each.add(node);
            }
        });
        return (each.isEmpty() ? "" : " of " + String.join(", ", each))
                + (counted.isEmpty() ? "" : ", and " + String.join(", ", counted));
    }

    private static String content(String image, String digest) {
        return image + (digest.isEmpty() ? " is again what a node has by that name" : " is " + digest + " now");
    }

    /// How the next release takes the place of the one that runs.
    ///
    /// @param count how many instances run
    private static String course(Service known, ServiceSpec spec, int count) {
        UpdatePolicy policy = spec.upgrade().update();
        String failing = switch (policy.failureAction()) {
            case ROLLBACK -> "; if it fails, what was before comes back";
            case PAUSE -> "; if it fails, everything stays as it is then";
            case CONTINUE -> "; instances that fail hold up nobody";
        };
        if (!known.spec().volumeNames().isEmpty()) {
            return "stops while requests wait, a checkpoint is taken, and the new release gets requests once it is"
                    + " healthy" + failing;
        }
        boolean twice = spec.runsTwice() && known.spec().runsTwice();
        String some = Math.min(policy.atOnce(), count) + " of " + count + " at a time, "
                + (twice && policy.order() != UpdatePolicy.Order.STOP_FIRST ? "start-first" : "stop-first")
                + ", each to serve for " + seconds(policy.monitorMillis())
                + (policy.delayMillis() > 0 ? ", " + seconds(policy.delayMillis()) + " between" : "");
        Strategy strategy = twice ? spec.upgrade().strategy().orElse(null) : null;
        return switch (strategy) {
                    case null -> "rolling: " + some;
                    case Strategy.BlueGreen _ ->
                        "blue-green: " + count + " new instances get the requests together once all serve; the old ones"
                                + " stand by for " + seconds(policy.monitorMillis());
                    case Strategy.Canary canary ->
                        "canary: " + canary.instances(count) + " new get " + canary.weightPercent()
                                + " % of the requests for " + seconds(canary.forMillis()) + "; the rest follows, "
                                + some;
                }
                + failing;
    }

    private static String seconds(long millis) {
        return (millis % 1_000 == 0 ? Long.toString(millis / 1_000) : Double.toString(millis / 1_000.0)) + " s";
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
            if (!environment.present(name).isEmpty()) {
                changes.add("  " + name + ": "
                        + course(known, spec, environment.present(name).size()));
            }
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
