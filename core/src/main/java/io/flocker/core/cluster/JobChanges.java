package io.flocker.core.cluster;

import io.flocker.core.model.Environment;
import io.flocker.core.model.JobResult;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Operation.Kind.Run;
import io.flocker.core.model.Operation.Phase;
import io.flocker.core.model.Service;
import io.flocker.core.model.Volume;
import io.flocker.core.spec.ServiceSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Commands about runs of jobs. A run is an operation: while it goes on, nothing else changes its environment.
public final class JobChanges {
    /// The most arguments of a run, and the most variables.
    static final int MAX_ARGUMENTS = 1_000;

    private JobChanges() {}

    static Outcome run(ClusterState state, Command.Run command) {
        Environment environment = state.environments().get(command.environment());
        if (environment == null) {
            return EnvironmentChanges.missing(state, command.environment());
        }
        Service service = environment.services().get(command.service());
        ServiceSpec spec = environment.application().services().get(command.service());
        if (service == null || spec == null || spec.job().isEmpty()) {
            return refuseService(environment, command.service(), service != null);
        }
        if (command.command().size() > MAX_ARGUMENTS || command.variables().size() > MAX_ARGUMENTS) {
            return new Outcome.Refused(
                    Outcome.Reason.INVALID,
                    "A run may have " + MAX_ARGUMENTS + " arguments and as many variables, not "
                            + command.command().size() + " and "
                            + command.variables().size());
        }
        Optional<Outcome.Refused> busy =
                EnvironmentChanges.busy(state, environment.name(), "run " + service.name() + " in");
        if (busy.isPresent()) {
            return busy.get();
        }
        SortedMap<String, String> homes = homes(state, environment, spec);
        if (homes.values().stream().distinct().count() > 1) {
            return conflict("Cannot run " + service.name() + " of " + environment.name()
                    + ": it needs volumes that are on different nodes ("
                    + homes.entrySet().stream()
                            .map(home -> home.getKey() + " on " + home.getValue())
                            .collect(Collectors.joining(", "))
                    + "); move them to one: flocker move, or flocker volume move");
        }
        Placement placement = Placement.of(state, environment, environment.application());
        Optional<String> node = homes.isEmpty()
                ? placement.instance(service.name(), spec).map(Placement.Place::node)
                : Optional.of(homes.values().iterator().next());
        if (node.isEmpty()) {
            return conflict("There is no node to run " + service.name() + " of " + environment.name() + " on: "
                    + placement.objections(service.name(), spec));
        }
        Operation operation = new Operation(
                command.operation(),
                new Run(
                        service.name(),
                        command.command(),
                        command.variables(),
                        node.get(),
                        service.current(),
                        state.version() + 1,
                        JobResult.NONE),
                environment.name(),
                command.by(),
                Phase.PREPARE,
                command.atMillis(),
                command.deadlineMillis());
        return new Outcome.Accepted(released(state, environment.name(), service.name())
                .with(operation)
                .telling(
                        command.atMillis(),
                        environment.name(),
                        environment.name() + "/" + service.name(),
                        "Run of " + service.name() + " on " + node.get() + " started by " + command.by()));
    }

    private static Outcome.Refused refuseService(Environment environment, String name, boolean known) {
        List<String> jobs = environment.application().services().entrySet().stream()
                .filter(entry -> entry.getValue().job().isPresent())
                .map(Map.Entry::getKey)
                .toList();
        String there = jobs.isEmpty()
                ? "it has no job: x-flocker: {job: true} makes a service one"
                : "its jobs are " + String.join(", ", jobs);
        return new Outcome.Refused(
                known ? Outcome.Reason.CONFLICT : Outcome.Reason.NOT_FOUND,
                known
                        ? "Service " + name + " of " + environment.name() + " runs by itself; " + there
                        : "Environment " + environment.name() + " has no service \"" + name + "\"; " + there);
    }

    /// The nodes of the volumes it mounts, by the volume's name.
    private static SortedMap<String, String> homes(ClusterState state, Environment environment, ServiceSpec spec) {
        var homes = new TreeMap<String, String>();
        for (String name : spec.volumeNames()) {
            state.volume(environment.volumes().getOrDefault(name, ""))
                    .filter(volume -> volume.state() == Volume.State.ACTIVE)
                    .ifPresent(volume -> homes.put(name, volume.head().primary()));
        }
        return homes;
    }

    /// What a run's container is made from.
    public static Optional<ServiceSpec> spec(Environment environment, Run run) {
        return environment
                .service(run.service())
                .flatMap(service -> service.release(run.release()))
                .map(release -> {
                    ServiceSpec spec = release.runs();
                    var process =
                            spec.process().with(spec.process().environment().plusAll(run.variables()));
                    return spec.with(run.command().isEmpty() ? process : process.withCommand(run.command()));
                });
    }

    /// The earlier runs' containers make way.
    private static ClusterState released(ClusterState state, String environment, String service) {
        ClusterState next = state;
        for (Operation operation : state.operations().values()) {
            if (operation.kind() instanceof Run run
                    && run.result().kept()
                    && run.service().equals(service)
                    && operation.environment().equals(environment)) {
                next = next.with(operation.with(run.with(run.result().released())));
            }
        }
        return next;
    }

    static Outcome record(ClusterState state, Command.RecordRun command) {
        Operation operation = state.operations().get(command.operation());
        if (operation == null
                || !operation.running()
                || !(operation.kind() instanceof Run run)
                || !command.result().started()
                || (run.result().started() && !command.result().ended())) {
            return stale(command);
        }
        Operation recorded = operation.with(run.with(command.result()));
        if (!command.result().ended()) {
            return new Outcome.Accepted(state.with(recorded));
        }
        int exitCode = command.result().exitCode();
        String error = !operation.error().isEmpty()
                ? operation.error()
                : exitCode == 0 ? "" : run.service() + " ended with exit code " + exitCode;
        Operation.State how = operation.state() == Operation.State.CANCELLING
                ? Operation.State.CANCELLED
                : error.isEmpty() ? Operation.State.DONE : Operation.State.FAILED;
        return new Outcome.Accepted(OperationChanges.end(state, recorded, how, error, command.atMillis()));
    }

    static Outcome stop(ClusterState state, Command.StopRun command) {
        Operation operation = state.operations().get(command.operation());
        if (operation == null
                || !operation.running()
                || !(operation.kind() instanceof Run)
                || operation.phase() != Phase.START) {
            return stale(command);
        }
        return new Outcome.Accepted(
                state.with(operation.to(Phase.CLEAN_UP, operation.state(), command.error(), command.atMillis())));
    }

    static Outcome release(ClusterState state, Command.ReleaseRun command) {
        Operation operation = state.operations().get(command.operation());
        return operation != null
                        && operation.kind() instanceof Run run
                        && run.result().kept()
                ? new Outcome.Accepted(
                        state.with(operation.with(run.with(run.result().released()))))
                : stale(command);
    }

    private static Outcome.Refused conflict(String message) {
        return new Outcome.Refused(Outcome.Reason.CONFLICT, message);
    }

    private static Outcome.Refused stale(Command command) {
        return new Outcome.Refused(Outcome.Reason.CONFLICT, "The plan is out of date: " + command);
    }
}
