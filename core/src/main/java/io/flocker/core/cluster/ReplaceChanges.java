package io.flocker.core.cluster;

import io.flocker.core.cluster.Placement.Place;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Instance;
import io.flocker.core.model.Instance.Desired;
import io.flocker.core.model.Node;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Operation.Kind.Replace;
import io.flocker.core.model.Operation.Phase;
import io.flocker.core.model.Operation.Replacement;
import io.flocker.core.model.Service;
import io.flocker.core.spec.ServiceSpec;
import java.util.List;
import java.util.Optional;
import org.pcollections.TreePMap;

/// Moving instances of services without volumes: new ones on other nodes serve first, then the old ones stop.
final class ReplaceChanges {
    private ReplaceChanges() {}

    /// @param only this instance; empty for all that the command is about
    static Outcome start(
            ClusterState state, Environment environment, Service service, Command.Move command, String only) {
        ServiceSpec spec = environment.application().services().getOrDefault(service.name(), service.spec());
        if (spec.placement().global()) {
            return conflict(
                    "Service " + service.name() + " runs on every node (deploy.mode: global): it cannot be moved;"
                            + " flocker node drain takes it off a node");
        }
        List<Instance> going = going(state, environment, spec, command).stream()
                .filter(instance -> only.isEmpty() || instance.name().equals(only))
                .toList();
        if (going.isEmpty()) {
            return conflict("Service " + service.name() + " has no instance to move"
                    + (command.from().isEmpty() ? "" : " on " + command.from()));
        }
        Environment staying = environment;
        for (Instance instance : going) {
            staying = staying.with(instance.to(Desired.STOP));
        }
        Placement placement = Placement.of(state, staying, environment.application());
        going.forEach(instance -> placement.keep(instance.node(), spec));
        TreePMap<String, Replacement> replacements = TreePMap.empty();
        for (Instance instance : going) {
            Optional<Place> place = command.to().isEmpty()
                    ? placement.instance(service.name(), spec, instance.node())
                    : placement.instanceOn(service.name(), spec, command.to());
            if (place.isEmpty()) {
                Node wished = state.nodes().get(command.to());
                return conflict("There is no node for " + instance.name() + ": "
                        + (wished == null
                                ? placement.objections(service.name(), spec)
                                : "node " + wished.name() + " "
                                        + placement
                                                .objection(service.name(), spec, wished)
                                                .orElse("")));
            }
            int slot = staying.freeSlot(service.name());
            staying = staying.with(InstanceChanges.fresh(service, slot, place.get()));
            String by =
                    command.to().isEmpty() ? place.get().by() : "moved from " + instance.node() + " by " + command.by();
            replacements = replacements.plus(
                    instance.name(), new Replacement(slot, place.get().node(), by));
        }
        return new Outcome.Accepted(begin(state, environment, new Replace(service.name(), replacements), command));
    }

    /// Those that are not where they are to be; of a node that may have some of them, those it has too many.
    private static List<Instance> going(
            ClusterState state, Environment environment, ServiceSpec spec, Command.Move command) {
        List<Instance> living = environment.living(command.service());
        if (command.from().isEmpty()) {
            return living.stream()
                    .filter(instance -> !instance.node().equals(command.to()))
                    .toList();
        }
        List<Instance> here = living.stream()
                .filter(instance -> instance.node().equals(command.from()))
                .toList();
        Node from = state.nodes().get(command.from());
        boolean some = command.to().isEmpty()
                && from != null
                && from.availability() == Node.Availability.ACTIVE
                && from.objection(spec.placement()).isEmpty();
        return some ? here.stream().skip(spec.placement().most(command.from())).toList() : here;
    }

    private static ClusterState begin(
            ClusterState state, Environment environment, Replace replace, Command.Move command) {
        Operation operation = new Operation(
                command.operation(),
                replace,
                environment.name(),
                command.by(),
                Phase.PREPARE,
                command.atMillis(),
                command.deadlineMillis());
        List<String> places = replace.instances().entrySet().stream()
                .map(entry -> entry.getKey() + " to " + entry.getValue().node())
                .toList();
        return state.with(operation)
                .telling(
                        command.atMillis(),
                        environment.name(),
                        environment.name(),
                        "Move of " + String.join(", ", places) + " started by " + command.by());
    }

    static ClusterState advance(
            ClusterState state, Environment environment, Operation operation, Replace replace, long atMillis) {
        Service service = environment.services().get(replace.service());
        if (operation.phase() != Phase.PREPARE || service == null) {
            return state;
        }
        Environment next = environment;
        for (Replacement replacement : replace.instances().values()) {
            next = next.with(InstanceChanges.fresh(
                    service, replacement.slot(), new Place(replacement.node(), replacement.placedBy())));
        }
        return state.with(next).with(operation.to(Phase.START, atMillis));
    }

    /// The new ones stay and the old ones go, or the other way round.
    static ClusterState end(
            ClusterState state, Environment environment, Operation operation, Replace replace, Operation.State how) {
        if (operation.phase() != Phase.START) {
            return state;
        }
        boolean done = how == Operation.State.DONE;
        Environment next = environment;
        for (var entry : replace.instances().entrySet()) {
            String fresh = Instance.name(replace.service(), entry.getValue().slot());
            Instance going = next.instances().get(done ? entry.getKey() : fresh);
            if (going != null) {
                next = next.with(going.to(Desired.STOP));
            }
        }
        return state.with(next);
    }

    private static Outcome.Refused conflict(String message) {
        return new Outcome.Refused(Outcome.Reason.CONFLICT, message);
    }
}
