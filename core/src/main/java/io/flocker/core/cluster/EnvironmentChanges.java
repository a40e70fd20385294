package io.flocker.core.cluster;

import io.flocker.core.model.Environment;
import io.flocker.core.model.Head;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Service;
import io.flocker.core.model.Volume;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.ServiceSpec;
import io.flocker.core.spec.UpgradeSpec;
import java.util.List;
import java.util.Optional;
import org.pcollections.TreePMap;

/// Commands that change a whole environment. Each starts an operation; the leader's planner carries it through.
public final class EnvironmentChanges {
    private EnvironmentChanges() {}

    static Outcome deploy(ClusterState state, Command.Deploy command) {
        Optional<Outcome.Refused> refused =
                ApplicationRules.refuse(state, command).or(() -> busy(state, command.environment(), "deploy"));
        if (refused.isPresent()) {
            return refused.get();
        }
        Environment before = state.environment(command.environment())
                .orElseGet(() -> Environment.named(command.environment(), command.by(), command.atMillis()));
        ApplicationSpec target = command.application();
        ClusterState next = makeVolumes(
                changeVolumes(state, before, target), before, target, command.operation(), command.atMillis());
        Environment environment = next.environment(before.name()).orElse(before);
        Operation operation = new Operation(
                command.operation(),
                new Operation.Kind.Deploy(
                        target.withSeeds(_ -> false),
                        before.application(),
                        command.digests(),
                        before.origin().isPresent()
                                && before.application().services().isEmpty()),
                before.name(),
                command.by(),
                Operation.Phase.PREPARE,
                command.atMillis(),
                command.deadlineMillis());
        ApplicationSpec declared =
                target.withSeeds(name -> !environment.volumes().containsKey(name));
        ClusterState started = next.with(environment.next(declared))
                .with(operation)
                .telling(
                        command.atMillis(),
                        before.name(),
                        before.name(),
                        "Deploy started by " + command.by() + ": "
                                + target.services().size() + " services");
        return new Outcome.Accepted(command.by().equals(UpgradeSpec.WATCHER) ? telling(started, command) : started);
    }

    /// Nobody asked for it, so it says why.
    private static ClusterState telling(ClusterState state, Command.Deploy command) {
        ClusterState next = state;
        for (var entry : command.digests().entrySet()) {
            String service = entry.getKey();
            ServiceSpec spec = command.application().services().get(service);
            if (spec != null) {
                next = next.telling(
                        command.atMillis(),
                        command.environment(),
                        command.environment() + "/" + service,
                        service + " follows " + spec.image() + ": new content " + entry.getValue());
            }
        }
        return next;
    }

    /// With what `application` declares of the volumes that are there.
    private static ClusterState changeVolumes(
            ClusterState state, Environment environment, ApplicationSpec application) {
        ClusterState next = state;
        for (var declared : application.volumes().entrySet()) {
            Volume known = next.volumes().get(environment.volumes().getOrDefault(declared.getKey(), ""));
            if (known != null && known.state() == Volume.State.ACTIVE) {
                next = next.with(known.with(declared.getValue().withoutSeed()));
            }
        }
        return next;
    }

    /// With the volumes that `application` declares, but those for which there is no node yet.
    ///
    /// @param origin what their ids are made from
    static ClusterState makeVolumes(
            ClusterState state, Environment environment, ApplicationSpec application, String origin, long atMillis) {
        if (application.volumes().keySet().stream().allMatch(name -> state.keeps(environment, name))) {
            return state.with(environment);
        }
        ClusterState next = state;
        TreePMap<String, String> volumes = environment.volumes();
        Placement placement = Placement.of(state, environment, application);
        for (var declared : application.volumes().entrySet()) {
            String name = declared.getKey();
            if (!state.keeps(environment, name)) {
                Optional<String> node = placement.awaitsNode(name) ? Optional.empty() : placement.volume(name);
                if (node.isEmpty()) {
                    continue;
                }
                Volume made = Volume.fresh(
                        VolumeChanges.id(environment.name(), name, origin),
                        environment.name(),
                        name,
                        declared.getValue(),
                        new Head(1, node.get(), Optional.empty(), Optional.empty()),
                        atMillis);
                next = next.with(made);
                volumes = volumes.plus(name, made.id());
            }
        }
        return next.with(environment.withVolumes(volumes));
    }

    static Outcome remove(ClusterState state, Command.Remove command) {
        Environment environment = state.environments().get(command.environment());
        if (environment == null) {
            return missing(state, command.environment());
        }
        if (environment.life().isProtected() && command.deleteVolumes()) {
            return new Outcome.Refused(
                    Outcome.Reason.CONFLICT,
                    "Environment " + environment.name() + " is protected; flocker env protect --off "
                            + environment.name() + " allows to remove it");
        }
        ClusterState next = state;
        Optional<Operation> running = state.running(command.environment());
        if (running.isPresent()) {
            if (running.get().kind() instanceof Operation.Kind.Remove) {
                return busy(state, command.environment(), "remove").orElseThrow();
            }
            next = OperationChanges.end(
                    state,
                    running.get(),
                    Operation.State.CANCELLED,
                    "overtaken by remove " + command.operation(),
                    command.atMillis());
        }
        Operation operation = new Operation(
                command.operation(),
                new Operation.Kind.Remove(command.deleteVolumes()),
                environment.name(),
                command.by(),
                Operation.Phase.STOP,
                command.atMillis(),
                command.deadlineMillis());
        Environment current = next.environment(command.environment()).orElse(environment);
        return new Outcome.Accepted(next.with(current.next(ApplicationSpec.EMPTY))
                .with(operation)
                .telling(
                        command.atMillis(),
                        environment.name(),
                        environment.name(),
                        "Remove started by " + command.by()
                                + (command.deleteVolumes() ? ", volumes included" : ", volumes kept")));
    }

    static Outcome restart(ClusterState state, Command.Restart command) {
        Environment environment = state.environments().get(command.environment());
        if (environment == null) {
            return missing(state, command.environment());
        }
        Optional<Outcome.Refused> busy = busy(state, command.environment(), "restart");
        if (busy.isPresent()) {
            return busy.get();
        }
        List<String> names = command.services().isEmpty()
                ? List.copyOf(environment.services().keySet())
                : command.services();
        Environment next = environment;
        for (String name : names) {
            Service service = environment.services().get(name);
            if (service == null) {
                return new Outcome.Refused(
                        Outcome.Reason.NOT_FOUND,
                        "Environment " + environment.name() + " has no service \"" + name + "\"; it has "
                                + environment.services().keySet());
            }
            next = next.with(service.restarted());
        }
        Operation operation = new Operation(
                command.operation(),
                new Operation.Kind.Restart(List.copyOf(names), false),
                environment.name(),
                command.by(),
                Operation.Phase.START,
                command.atMillis(),
                command.deadlineMillis());
        return new Outcome.Accepted(state.with(InstanceChanges.follow(state, next))
                .with(operation)
                .telling(
                        command.atMillis(),
                        environment.name(),
                        environment.name(),
                        "Restart of " + String.join(", ", names) + " started by " + command.by()));
    }

    static Outcome rollBack(ClusterState state, Command.RollBack command) {
        Environment environment = state.environments().get(command.environment());
        if (environment == null) {
            return missing(state, command.environment());
        }
        Optional<Outcome.Refused> refused = busy(state, command.environment(), "roll back")
                .or(() -> SnapshotChanges.refuseTargets(state, environment, command.targets()))
                .or(() -> command.application()
                        .flatMap(then -> ApplicationRules.refuseTaken(state, environment.name(), then)));
        if (refused.isPresent()) {
            return refused.get();
        }
        Operation operation = new Operation(
                command.operation(),
                new Operation.Kind.RollBack(
                        command.targets(), command.application(), command.digests(), Optional.empty()),
                environment.name(),
                command.by(),
                Operation.Phase.PREPARE,
                command.atMillis(),
                command.deadlineMillis());
        return new Outcome.Accepted(state.with(operation)
                .telling(
                        command.atMillis(),
                        environment.name(),
                        environment.name(),
                        "Roll back started by " + command.by() + " to "
                                + command.targets().values()));
    }

    /// A refusal if another operation is changing the environment.
    static Optional<Outcome.Refused> busy(ClusterState state, String environment, String verb) {
        return state.running(environment)
                .map(running -> new Outcome.Refused(
                        Outcome.Reason.CONFLICT,
                        "Cannot " + verb + " " + environment + ": operation " + running.id() + " (" + running.verb()
                                + ", started by " + running.startedBy()
                                + ") "
                                + (running.pause().isEmpty()
                                        ? "is changing it; wait for it,"
                                        : "is paused; have it go on with flocker op resume " + running.id() + ",")
                                + " or cancel it with flocker op cancel "
                                + running.id()));
    }

    /// Says which environments there are instead.
    public static Outcome.Refused missing(ClusterState state, String environment) {
        return new Outcome.Refused(
                Outcome.Reason.NOT_FOUND,
                "There is no environment \"" + environment + "\"; there is "
                        + (state.environments().isEmpty()
                                ? "none yet: flocker up makes one"
                                : String.join(", ", state.environments().keySet())));
    }
}
