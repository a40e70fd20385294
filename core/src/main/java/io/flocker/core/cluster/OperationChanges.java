package io.flocker.core.cluster;

import io.flocker.core.model.Environment;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Operation.Phase;
import io.flocker.core.model.Release;
import io.flocker.core.model.Service;
import io.flocker.core.model.Volume;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.FileSpec;
import io.flocker.core.spec.ServiceSpec;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.pcollections.TreePMap;

/// What each phase of an operation decides when it begins, and how operations end.
public final class OperationChanges {
    private OperationChanges() {}

    static Outcome cancel(ClusterState state, Command.Cancel command) {
        Operation operation = state.operations().get(command.operation());
        if (operation == null) {
            return missing(command.operation());
        }
        if (!operation.running()) {
            return new Outcome.Refused(
                    Outcome.Reason.CONFLICT,
                    "Operation " + operation.id() + " has ended already: " + operation.state());
        }
        String why = "cancelled by " + command.by();
        Environment environment = state.environments().get(operation.environment());
        if (environment != null && operation.hasWayBack()) {
            Operation back = operation.to(Phase.UNDO, Operation.State.CANCELLING, why, command.atMillis());
            return new Outcome.Accepted(goBack(state, environment, back));
        }
        if (operation.kind() instanceof Operation.Kind.Run && operation.phase() == Phase.START) {
            return new Outcome.Accepted(
                    state.with(operation.to(Phase.CLEAN_UP, Operation.State.CANCELLING, why, command.atMillis())));
        }
        return new Outcome.Accepted(end(state, operation, Operation.State.CANCELLED, why, command.atMillis()));
    }

    static Outcome.Refused missing(String operation) {
        return new Outcome.Refused(
                Outcome.Reason.NOT_FOUND, "There is no operation \"" + operation + "\"; flocker op ls shows them");
    }

    static Outcome undo(ClusterState state, Command.Undo command) {
        Operation operation = state.operations().get(command.operation());
        Environment environment =
                operation == null ? null : state.environments().get(operation.environment());
        if (operation == null || environment == null || !operation.hasWayBack()) {
            return stale(command);
        }
        Operation back = operation.to(Phase.UNDO, operation.state(), command.error(), command.atMillis());
        return new Outcome.Accepted(goBack(state, environment, back));
    }

    /// @param back the operation, in phase UNDO and with its reason
    private static ClusterState goBack(ClusterState state, Environment environment, Operation back) {
        return switch (back.kind()) {
            case Operation.Kind.Move move -> WayBack.begin(state, environment, back, move);
            case Operation.Kind.Deploy deploy -> DeployChanges.goBack(state, environment, back, deploy);
            default -> throw new IllegalStateException("There is no way back for " + back);
        };
    }

    static Outcome advance(ClusterState state, Command.Advance command) {
        Operation operation = state.operations().get(command.operation());
        if (operation == null || !operation.running() || operation.pauses() || operation.phase() != command.from()) {
            return stale(command);
        }
        Environment environment = state.environments().get(operation.environment());
        if (environment == null || awaitsSnapshots(state, operation) || BranchChanges.isBeginning(state, environment)) {
            return stale(command);
        }
        return new Outcome.Accepted(
                switch (operation.kind()) {
                    case Operation.Kind.Deploy deploy ->
                        DeployChanges.advance(state, environment, operation, deploy, command.atMillis());
                    case Operation.Kind.Remove remove -> {
                        ClusterState next =
                                remove.deleteVolumes() ? VolumeChanges.deleteAll(state, environment) : state;
                        yield next.with(environment.withServices(TreePMap.empty()))
                                .with(operation.to(Phase.CLEAN_UP, command.atMillis()));
                    }
                    case Operation.Kind.Restart _, Operation.Kind.FailOver _ -> state;
                    case Operation.Kind.Run _ -> state.with(operation.to(Phase.START, command.atMillis()));
                    case Operation.Kind.RollBack rollBack ->
                        RollBackChanges.advance(state, environment, operation, rollBack, command.atMillis());
                    case Operation.Kind.Move move ->
                        MoveChanges.advance(state, environment, operation, move, command.atMillis());
                    case Operation.Kind.Replace replace ->
                        ReplaceChanges.advance(state, environment, operation, replace, command.atMillis());
                });
    }

    /// A head is not replaced while a snapshot of it is still to be taken.
    private static boolean awaitsSnapshots(ClusterState state, Operation operation) {
        Collection<String> volumes = switch (operation.kind()) {
            case Operation.Kind.RollBack rollBack
            when operation.phase() == Phase.STOP -> rollBack.targets().keySet();
            case Operation.Kind.Move move -> move.volumes();
            case Operation.Kind.Deploy _
            when operation.phase() != Phase.PREPARE -> DeployChanges.checkpointed(state, operation);
            default -> List.of();
        };
        return volumes.stream().flatMap(id -> state.volume(id).stream()).anyMatch(Volume::awaitsSnapshot);
    }

    /// The environment with a new release of every service that `target` changes. Services it does not name stay until
    /// their instances are gone.
    static Environment apply(Environment environment, ApplicationSpec target, Operation operation, long atMillis) {
        return apply(environment, target, TreePMap.empty(), operation, atMillis);
    }

    /// @param digests as in [Operation.Kind.Deploy#digests]
    static Environment apply(
            Environment environment,
            ApplicationSpec target,
            TreePMap<String, String> digests,
            Operation operation,
            long atMillis) {
        Environment next = environment;
        for (var entry : target.services().entrySet()) {
            ServiceSpec spec = entry.getValue();
            TreePMap<String, FileSpec> files = target.filesOf(spec);
            Service known = next.services().get(entry.getKey());
            if (known == null) {
                known = new Service(entry.getKey(), freeNumber(next), TreePMap.empty(), 0, spec.scale(), 0, "");
            }
            Optional<Release> current = known.release(known.current());
            String name = known.name();
            boolean same = current.filter(release -> release.sameAs(spec, files) && release.has(digests, name))
                    .isPresent();
            String digest = digests.getOrDefault(name, kept(current, spec));
            Service changed = same
                    ? known
                    : known.with(
                            new Release(lastRelease(known) + 1, spec, digest, files, atMillis, operation.id(), false));
            next = next.with(changed.scaledTo(spec.scale()));
        }
        return next;
    }

    /// The content that a service keeps when something else of it changes. One that follows its image's name must not
    /// fall back to what nodes have by that name, and come forward again a moment later.
    private static String kept(Optional<Release> current, ServiceSpec spec) {
        return current.filter(
                        release -> spec.followsTag() && release.spec().image().equals(spec.image()))
                .map(Release::digest)
                .orElse("");
    }

    private static int lastRelease(Service service) {
        return service.releases().isEmpty() ? 0 : service.releases().lastKey();
    }

    private static int freeNumber(Environment environment) {
        int number = 1;
        while (isTaken(environment, number)) {
            number++;
        }
        return number;
    }

    private static boolean isTaken(Environment environment, int number) {
        return environment.services().values().stream().anyMatch(service -> service.number() == number);
    }

    static Outcome finish(ClusterState state, Command.Finish command) {
        Operation operation = state.operations().get(command.operation());
        boolean ends = command.state() != Operation.State.RUNNING && command.state() != Operation.State.CANCELLING;
        if (operation == null || !operation.running() || !ends) {
            return stale(command);
        }
        boolean back = operation.kind() instanceof Operation.Kind.Deploy
                && operation.phase() == Phase.CLEAN_UP
                && command.error().equals(operation.error());
        String error = back ? command.error() + "; what was there before runs again" : command.error();
        return new Outcome.Accepted(end(state, operation, command.state(), error, command.atMillis()));
    }

    /// Ends an operation, taking back what it only prepared.
    public static ClusterState end(
            ClusterState state, Operation operation, Operation.State how, String error, long atMillis) {
        ClusterState next = state.with(operation.ended(how, error, atMillis));
        Environment environment = next.environments().get(operation.environment());
        if (environment != null) {
            boolean unapplied = operation.kind() instanceof Operation.Kind.Deploy
                    && operation.phase().compareTo(Phase.START) < 0
                    && how != Operation.State.DONE;
            Environment resumed = resume(environment, operation.id());
            if (unapplied && operation.kind() instanceof Operation.Kind.Deploy deploy) {
                next = VolumeChanges.deleteMadeBy(next, resumed, operation.id());
                resumed = resumed.next(deploy.before());
            }
            if (!resumed.services().equals(environment.services())) {
                resumed = InstanceChanges.follow(next, resumed);
            }
            next = next.with(resumed);
            if (operation.kind() instanceof Operation.Kind.Move move) {
                next = MoveChanges.end(next, operation, move, how);
            }
            if (operation.kind() instanceof Operation.Kind.Replace replace) {
                next = ReplaceChanges.end(next, resumed, operation, replace, how);
            }
            next = dropIfEmpty(next, operation.environment());
        }
        String text = "Operation " + operation.id() + " (" + operation.verb() + ") "
                + switch (how) {
                    case DONE -> "is done";
                    case FAILED -> "failed: " + error;
                    case CANCELLED -> "was cancelled: " + error;
                    case RUNNING, CANCELLING -> "goes on";
                };
        return next.telling(atMillis, operation.environment(), operation.environment(), text);
    }

    /// What an operation kept stopped starts afresh.
    static Environment resume(Environment environment, String operation) {
        Environment resumed = environment;
        for (Service service : environment.services().values()) {
            if (service.suspended().equals(operation)) {
                resumed = resumed.with(service.restarted().suspendedBy(""));
            }
        }
        return resumed;
    }

    /// An environment with nothing in it is no more.
    static ClusterState dropIfEmpty(ClusterState state, String name) {
        Environment environment = state.environments().get(name);
        boolean empty = environment != null
                && environment.application().services().isEmpty()
                && environment.services().isEmpty()
                && environment.instances().isEmpty()
                && environment.volumes().isEmpty()
                && state.running(name).isEmpty();
        return empty ? state.without(environment) : state;
    }

    /// Whether a command would replace an operation that is under way. Planners name operations after the state that
    /// they looked at: what two of them begin in one round has one name, and whoever comes second comes again with
    /// the next state.
    static boolean isTaken(ClusterState state, Command command) {
        return command instanceof Command.Starting starting
                && state.operation(starting.operation())
                        .filter(Operation::running)
                        .isPresent();
    }

    static Outcome.Refused taken(Command command) {
        return new Outcome.Refused(
                Outcome.Reason.CONFLICT,
                "There is an operation of this name under way already; ask again for a new one: " + command);
    }

    private static Outcome.Refused stale(Command command) {
        return new Outcome.Refused(Outcome.Reason.CONFLICT, "The plan is out of date: " + command);
    }
}
