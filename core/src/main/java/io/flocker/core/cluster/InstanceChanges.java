package io.flocker.core.cluster;

import io.flocker.core.cluster.Placement.Place;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Instance;
import io.flocker.core.model.Instance.Desired;
import io.flocker.core.model.Node;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Service;
import io.flocker.core.spec.ServiceSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.pcollections.TreePMap;

/// Commands about single instances, and what instances an environment's services ask for.
public final class InstanceChanges {
    private InstanceChanges() {}

    /// The environment with the instances its services want: missing ones made, those of another restart begun
    /// anew, those too many stopped. What has no place stays missing; what runs an earlier release waits for its
    /// turn ([DeployChanges#replace]).
    public static Environment follow(ClusterState state, Environment environment) {
        Environment next = withoutSurplus(state, environment);
        Placement placement = Placement.of(state, next, environment.application());
        for (Service service : next.services().values()) {
            ServiceSpec spec = environment.application().services().get(service.name());
            if (spec != null) {
                next = filled(state, next, service, spec, placement);
            }
        }
        return next;
    }

    /// Those that stay run what they should; those too many, or of services that nothing declares any more, stop.
    static Environment withoutSurplus(ClusterState state, Environment environment) {
        Environment next = environment;
        for (Service service : environment.services().values()) {
            ServiceSpec spec = environment.application().services().get(service.name());
            List<Instance> living = environment.living(service.name());
            if (living.isEmpty()) {
                continue;
            }
            List<Instance> staying = spec == null ? List.of() : staying(state, service, living, spec);
            for (Instance instance : living) {
                next = next.with(staying.contains(instance) ? following(instance, service) : instance.to(Desired.STOP));
                Optional<Instance> before = staying.contains(instance) ? Optional.empty() : next.predecessor(instance);
                next = before.map(other -> other.to(Desired.STOP))
                        .map(next::with)
                        .orElse(next);
            }
        }
        return next;
    }

    /// Those of a global service stay where they may be; of others that are too many, those that are where they may be
    /// stay first. Those of the present release before others, the oldest before younger ones.
    private static List<Instance> staying(
            ClusterState state, Service service, List<Instance> living, ServiceSpec spec) {
        Map<String, Integer> counts = new TreeMap<>();
        List<Instance> well = new ArrayList<>();
        List<Instance> ill = new ArrayList<>();
        List<Instance> presentFirst = new ArrayList<>(living);
        presentFirst.sort(Comparator.comparing(instance -> instance.isBehind(service)));
        for (Instance instance : presentFirst) {
            Node node = state.nodes().get(instance.node());
            int here = counts.merge(instance.node(), 1, Integer::sum);
            boolean suits = node != null
                    && node.suits(spec.placement())
                    && here <= spec.placement().most(instance.node())
                    && (!spec.placement().global() || here <= node.everywhere(spec.placement()));
            (suits ? well : ill).add(instance);
        }
        if (spec.placement().global()) {
            return well;
        }
        well.addAll(ill);
        return well.subList(0, Math.min(spec.scale(), well.size()));
    }

    private static Environment filled(
            ClusterState state, Environment environment, Service service, ServiceSpec spec, Placement placement) {
        List<Place> places = new ArrayList<>();
        if (spec.placement().global()) {
            int all = 0;
            for (Node node : state.nodes().values()) {
                int most = node.everywhere(spec.placement());
                all += most;
                for (int instance = 0; instance < most; instance++) {
                    placement.instanceOn(service.name(), spec, node.name()).ifPresent(places::add);
                }
            }
            return withFresh(environment, service, places).with(service.scaledTo(all));
        }
        int missing = service.scale() - environment.living(service.name()).size();
        Optional<Place> place = missing > 0 ? placement.instance(service.name(), spec) : Optional.empty();
        while (place.isPresent()) {
            places.add(place.get());
            place = places.size() < missing ? placement.instance(service.name(), spec) : Optional.empty();
        }
        return withFresh(environment, service, places);
    }

    private static Environment withFresh(Environment environment, Service service, List<Place> places) {
        List<Integer> slots = places.isEmpty() ? List.of() : environment.freeSlots(service.name(), places.size());
        TreePMap<String, Instance> instances = environment.instances();
        for (int i = 0; i < places.size(); i++) {
            Instance fresh = fresh(service, slots.get(i), places.get(i));
            instances = instances.plus(fresh.name(), fresh);
        }
        return environment.withInstances(instances);
    }

    static Instance fresh(Service service, int slot, Place place) {
        return new Instance(
                service.name(),
                slot,
                service.current(),
                service.restarts(),
                place.node(),
                place.by(),
                "",
                false,
                0,
                false,
                Desired.PREPARE);
    }

    /// What is new beside an earlier release gets no requests before that is decided, if the
    /// service's strategy decides it.
    static Environment held(Environment environment) {
        Environment next = environment;
        for (Service service : environment.services().values()) {
            boolean decided = environment.strategy(service).isPresent() && environment.hasEarlier(service);
            for (Instance instance : decided ? environment.present(service.name()) : List.<Instance>of()) {
                boolean fresh = instance.desired() == Desired.PREPARE && !instance.isBehind(service);
                if (fresh && environment.predecessor(instance).isEmpty()) {
                    next = next.with(instance.asHeld());
                }
            }
        }
        return next;
    }

    /// One that has not begun to run, or is to stop anyhow, need not wait for its turn.
    private static Instance following(Instance instance, Service service) {
        boolean stands = instance.desired() == Desired.PREPARE || instance.restarts() != service.restarts();
        return stands && instance.isBehind(service) ? instance.following(service) : instance;
    }

    /// Whether there is a place for one more instance of a service without volumes, so that [Command.PlaceInstances] is
    /// accepted.
    public static boolean hasPlace(ClusterState state, Environment environment, Service service) {
        ServiceSpec spec = environment.application().services().get(service.name());
        return spec != null
                && spec.volumeNames().isEmpty()
                && !spec.placement().global()
                && mayPlace(state, environment)
                && Placement.of(state, environment, environment.application())
                        .instance(service.name(), spec)
                        .isPresent();
    }

    /// Makes what had to wait for a place: volumes, then instances.
    static Outcome place(ClusterState state, Command.PlaceInstances command) {
        Environment environment = state.environments().get(command.environment());
        if (environment == null) {
            return EnvironmentChanges.missing(state, command.environment());
        }
        if (!mayPlace(state, environment)) {
            return new Outcome.Refused(Outcome.Reason.CONFLICT, "The plan is out of date: " + command);
        }
        ClusterState next = EnvironmentChanges.makeVolumes(
                state, environment, environment.application().inUse(), "p" + state.version(), command.atMillis());
        Environment with = next.environment(environment.name()).orElse(environment);
        Environment placed = held(follow(next, with));
        return placed.equals(environment)
                ? new Outcome.Refused(Outcome.Reason.CONFLICT, "Nothing in " + environment.name() + " has a new place")
                : new Outcome.Accepted(next.with(placed)
                        .telling(
                                command.atMillis(),
                                environment.name(),
                                environment.name(),
                                "Instances follow the nodes: " + changes(environment, placed)));
    }

    /// An operation that is still preparing, or brings things from one node to another, is not interfered with.
    private static boolean mayPlace(ClusterState state, Environment environment) {
        return state.running(environment.name())
                .map(operation -> operation.phase() == Operation.Phase.START
                        && switch (operation.kind()) {
                            case Operation.Kind.Deploy _, Operation.Kind.RollBack _, Operation.Kind.Restart _ -> true;
                            case Operation.Kind.Run _ -> true;
                            case Operation.Kind.Remove _, Operation.Kind.Move _, Operation.Kind.Replace _ -> false;
                            case Operation.Kind.FailOver _ -> false;
                        })
                .orElse(true);
    }

    private static String changes(Environment before, Environment after) {
        List<String> changes = new ArrayList<>();
        for (Instance instance : after.instances().values()) {
            Instance known = before.instances().get(instance.name());
            if (known == null) {
                changes.add(instance.name() + " on " + instance.node());
            } else if (!known.equals(instance) && instance.desired() == Desired.STOP) {
                changes.add(instance.name() + " leaves " + instance.node());
            }
        }
        return changes.isEmpty() ? "volumes only" : String.join(", ", changes);
    }

    /// A service that follows its load gets more or fewer instances, unless something else changes it meanwhile.
    static Outcome scale(ClusterState state, Command.ScaleService command) {
        Environment environment = state.environments().get(command.environment());
        if (environment == null) {
            return EnvironmentChanges.missing(state, command.environment());
        }
        Service service = environment.services().get(command.service());
        ServiceSpec spec = environment.application().services().get(command.service());
        if (service == null
                || spec == null
                || service.scale() != command.from()
                || command.to() == command.from()
                || spec.autoscale().filter(it -> it.allows(command.to())).isEmpty()
                || state.running(environment.name())
                        .filter(operation -> !isRun(operation))
                        .isPresent()) {
            return new Outcome.Refused(Outcome.Reason.CONFLICT, "The plan is out of date: " + command);
        }
        Environment declared = environment
                .following(environment.application().with(service.name(), spec.with(command.to(), spec.placement())))
                .with(service.scaledTo(command.to()));
        return new Outcome.Accepted(state.with(held(follow(state, declared)))
                .telling(
                        command.atMillis(),
                        environment.name(),
                        environment.name() + "/" + service.name(),
                        service.name() + ": " + command.from() + " -> " + command.to() + ": " + command.why()));
    }

    /// A job beside a service does not keep that from following its load.
    private static boolean isRun(Operation operation) {
        return operation.kind() instanceof Operation.Kind.Run;
    }

    static Outcome start(ClusterState state, Command.StartInstances command) {
        return change(
                state,
                command.environment(),
                command.instances(),
                instance -> instance.desired() == Desired.PREPARE,
                instance -> instance.to(Desired.RUN));
    }

    static Outcome stop(ClusterState state, Command.StopInstances command) {
        return change(
                state,
                command.environment(),
                command.instances(),
                instance -> instance.desired() != Desired.STOP,
                instance -> instance.to(Desired.STOP));
    }

    private static Outcome change(
            ClusterState state,
            String name,
            List<String> instances,
            Predicate<Instance> applies,
            Function<Instance, Instance> change) {
        Environment environment = state.environments().get(name);
        if (environment == null) {
            return EnvironmentChanges.missing(state, name);
        }
        Environment next = environment;
        for (String instance : instances) {
            Instance known = environment.instances().get(instance);
            if (known != null && applies.test(known)) {
                next = next.with(change.apply(known));
            }
        }
        return new Outcome.Accepted(state.with(next));
    }

    /// What was told to stop meanwhile is not to be served any more: its data may be on the way back.
    static Outcome confirm(ClusterState state, Command.ConfirmServing command) {
        Outcome outcome = change(
                state,
                command.environment(),
                command.instances(),
                instance -> instance.held()
                        && instance.desired() != Desired.STOP
                        && !isSuspended(state, command.environment(), instance),
                instance -> instance.letIn(command.atMillis()));
        return outcome instanceof Outcome.Accepted accepted
                ? new Outcome.Accepted(tellSwitches(state, accepted.state(), command))
                : outcome;
    }

    private static ClusterState tellSwitches(ClusterState before, ClusterState after, Command.ConfirmServing command) {
        ClusterState told = after;
        Environment was = before.environments().get(command.environment());
        Environment is = after.environments().get(command.environment());
        if (was == null || is == null) {
            return after;
        }
        for (Service service : is.services().values()) {
            List<String> taking = is.present(service.name()).stream()
                    .filter(instance -> !instance.equals(was.instances().get(instance.name()))
                            && is.predecessor(instance).isPresent())
                    .map(Instance::name)
                    .toList();
            if (!taking.isEmpty()) {
                told = told.telling(
                        command.atMillis(),
                        is.name(),
                        is.name(),
                        "Release " + service.current() + " of " + service.name() + " takes the requests: "
                                + String.join(", ", taking) + "; what ran before gets none, and stands by for a while");
            }
        }
        return told;
    }

    private static boolean isSuspended(ClusterState state, String environment, Instance instance) {
        return state.environment(environment)
                .flatMap(found -> found.service(instance.service()))
                .filter(service -> !service.suspended().isEmpty())
                .isPresent();
    }

    static Outcome forget(ClusterState state, Command.ForgetInstances command) {
        Environment environment = state.environments().get(command.environment());
        if (environment == null) {
            return EnvironmentChanges.missing(state, command.environment());
        }
        Environment next = environment;
        for (String instance : command.instances()) {
            Instance known = environment.instances().get(instance);
            if (known != null && known.desired() == Desired.STOP) {
                next = next.withInstances(next.instances().minus(instance));
            }
        }
        next = next.withServices(living(next));
        return new Outcome.Accepted(OperationChanges.dropIfEmpty(state.with(next), command.environment()));
    }

    /// Its services but those that nothing declares and nothing runs.
    private static TreePMap<String, Service> living(Environment environment) {
        TreePMap<String, Service> living = environment.services();
        for (Service service : environment.services().values()) {
            boolean declared = environment.application().services().containsKey(service.name());
            boolean present = environment.instances().values().stream()
                    .anyMatch(instance -> instance.service().equals(service.name()));
            if (!declared && !present) {
                living = living.minus(service.name());
            }
        }
        return living;
    }
}
