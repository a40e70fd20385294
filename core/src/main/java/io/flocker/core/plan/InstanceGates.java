package io.flocker.core.plan;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.JobChanges;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Instance;
import io.flocker.core.model.Instance.Desired;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Release;
import io.flocker.core.model.Service;
import io.flocker.core.spec.ServiceSpec;
import io.flocker.core.spec.ServiceSpec.Condition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pcollections.TreePMap;

/// When an environment's instances may go on: start once what they depend on is there, stop once nothing that depends
/// on them is left, be forgotten once their container is gone.
final class InstanceGates {
    /// A container that ended so often in a row is not going to stay up.
    static final int HOPELESS_FAILURES = 3;

    private final ClusterState state;
    private final Environment environment;
    private final TreePMap<String, Sighting> sightings;

    InstanceGates(ClusterState state, Environment environment, TreePMap<String, Sighting> sightings) {
        this.state = state;
        this.environment = environment;
        this.sightings = sightings;
    }

    List<Command> commands(long nowMillis) {
        List<String> start = new ArrayList<>();
        List<String> stop = new ArrayList<>();
        List<String> gone = new ArrayList<>();
        boolean removing = state.running(environment.name())
                .filter(operation -> operation.kind() instanceof Operation.Kind.Remove)
                .isPresent();
        for (Instance instance : environment.instances().values()) {
            if (instance.desired() == Desired.STOP) {
                if (isGone(instance)) {
                    gone.add(instance.name());
                }
            } else if (removing) {
                if (!hasDependents(instance.service())) {
                    stop.add(instance.name());
                }
            } else if (instance.desired() == Desired.PREPARE
                    && waitsFor(instance).isEmpty()) {
                start.add(instance.name());
            }
        }
        List<Command> commands = new ArrayList<>();
        if (!start.isEmpty()) {
            commands.add(new Command.StartInstances(nowMillis, environment.name(), List.copyOf(start)));
        }
        if (!stop.isEmpty()) {
            commands.add(new Command.StopInstances(nowMillis, environment.name(), List.copyOf(stop)));
        }
        if (!gone.isEmpty()) {
            commands.add(new Command.ForgetInstances(nowMillis, environment.name(), List.copyOf(gone)));
        }
        return commands;
    }

    /// What keeps an instance from starting; empty if nothing does.
    Optional<String> waitsFor(Instance instance) {
        Optional<Release> release =
                environment.service(instance.service()).flatMap(service -> service.release(instance.release()));
        return release.map(its -> waitsFor(its.spec())).orElse(Optional.of("its release"));
    }

    /// The same of a job that is to run.
    Optional<String> waitsFor(Operation.Kind.Run run) {
        return JobChanges.spec(environment, run).flatMap(this::waitsFor);
    }

    private Optional<String> waitsFor(ServiceSpec spec) {
        return spec.dependsOn().entrySet().stream()
                .filter(dependency -> !holds(dependency.getKey(), dependency.getValue()))
                .map(dependency -> dependency.getKey() + " to be "
                        + switch (dependency.getValue()) {
                            case STARTED -> "started";
                            case HEALTHY -> "healthy";
                            case COMPLETED -> "completed";
                        })
                .findFirst();
    }

    private boolean holds(String dependency, Condition condition) {
        Service service = environment.services().get(dependency);
        return service == null
                || service.scale() == 0
                || (!environment.living(dependency).isEmpty()
                        && environment.instances().values().stream()
                                .filter(instance ->
                                        instance.service().equals(dependency) && instance.desired() != Desired.STOP)
                                .allMatch(instance -> found(instance)
                                        .filter(container -> holds(container, condition))
                                        .isPresent()));
    }

    private static boolean holds(Found container, Condition condition) {
        return switch (condition) {
            case STARTED -> container.state() != Found.State.CREATED;
            case HEALTHY -> container.running() && container.serving();
            case COMPLETED -> container.state() == Found.State.EXITED && container.exitCode() == 0;
        };
    }

    /// An instance's container of its present release, as its node last reported it.
    Optional<Found> found(Instance instance) {
        Sighting sighting = sightings.get(instance.node());
        if (sighting == null) {
            return Optional.empty();
        }
        String key = environment.name() + "/" + instance.name();
        return Optional.ofNullable(sighting.observed().containers().get(key))
                .filter(found -> found.release() == instance.release() && found.restarts() == instance.restarts());
    }

    /// Whether the node knows that an instance is to have no container, and has none of it.
    boolean isGone(Instance instance) {
        Sighting sighting = sightings.get(instance.node());
        String key = environment.name() + "/" + instance.name();
        return sighting != null
                && sighting.upToDate()
                && !sighting.busy().contains(key)
                && !sighting.observed().containers().containsKey(key);
    }

    private boolean hasDependents(String service) {
        return environment.instances().values().stream()
                .map(instance -> environment.services().get(instance.service()))
                .anyMatch(other -> other != null
                        && !other.name().equals(service)
                        && other.spec().dependsOn().containsKey(service));
    }

    /// How far an instance's start is.
    ///
    /// @param waiting what is missing, in words; empty for nothing
    /// @param failure why it is not going to serve; empty if it may
    record Start(Optional<String> waiting, Optional<String> failure) {
        /// It serves, or has done what it was to do.
        static final Start COMPLETE = new Start(Optional.empty(), Optional.empty());

        private static Start waits(String what) {
            return new Start(Optional.of(what), Optional.empty());
        }

        private static Start fails(String why) {
            return new Start(Optional.empty(), Optional.of(why));
        }

        boolean complete() {
            return waiting.isEmpty() && failure.isEmpty();
        }
    }

    Start start(Instance instance) {
        Optional<Found> found = found(instance);
        if (instance.desired() == Desired.PREPARE || found.isEmpty()) {
            return Start.waits(instance.name()
                    + waitsFor(instance)
                            .map(dependency -> ", which waits for " + dependency)
                            .orElse(" to start"));
        }
        Found container = found.get();
        String logs = "; flocker logs -e " + environment.name() + " " + instance.service() + " tells more";
        if (container.failures() >= HOPELESS_FAILURES) {
            return Start.fails(instance.name() + " ended " + container.failures()
                    + " times in a row, last with exit code " + container.exitCode() + logs);
        }
        if (!container.running()) {
            return ended(instance, container, logs);
        }
        if (container.health() == Found.Health.UNHEALTHY) {
            return Start.fails(instance.name() + " is unhealthy" + unchecked(instance) + logs);
        }
        return container.serving() ? Start.COMPLETE : Start.waits(instance.name() + " to be healthy");
    }

    /// What unhealthy means where the file has no health check.
    private String unchecked(Instance instance) {
        return environment
                .service(instance.service())
                .flatMap(service -> service.release(instance.release()))
                .filter(release -> release.spec().healthCheck().isEmpty())
                .map(_ -> ": its image's health check fails, or it has none and answers GET / with a server error"
                        + " (a healthcheck in the file decides instead, also {disable: true})")
                .orElse("");
    }

    private Start ended(Instance instance, Found container, String logs) {
        boolean completed = container.state() == Found.State.EXITED && container.exitCode() == 0;
        boolean again = environment
                .service(instance.service())
                .flatMap(service -> service.release(instance.release()))
                .filter(release -> release.spec().restart().restarts(container.exitCode(), 0))
                .isPresent();
        if (again || container.state() == Found.State.CREATED) {
            return Start.waits(instance.name() + " to start again");
        }
        return completed
                ? Start.COMPLETE
                : Start.fails(instance.name() + " ended with exit code " + container.exitCode() + logs);
    }
}
