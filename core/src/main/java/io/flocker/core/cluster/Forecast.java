package io.flocker.core.cluster;

import io.flocker.core.model.Environment;
import io.flocker.core.model.Instance;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Service;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.ServiceSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pcollections.TreePMap;

/// What an operation that is still being prepared is about to run, and where.
public final class Forecast {
    private Forecast() {}

    /// The specifications that a node is about to run, by node.
    public static TreePMap<String, List<ServiceSpec>> of(ClusterState state, Operation operation) {
        Environment environment = state.environments().get(operation.environment());
        if (environment != null && operation.kind() instanceof Operation.Kind.Move move) {
            return TreePMap.singleton(
                    move.to(),
                    move.services().stream()
                            .flatMap(name -> environment.service(name).stream())
                            .filter(service -> service.spec().job().isEmpty())
                            .map(service -> service.release().runs())
                            .toList());
        }
        if (environment != null && operation.kind() instanceof Operation.Kind.Replace replace) {
            return of(environment, replace);
        }
        if (environment != null && operation.kind() instanceof Operation.Kind.Run run) {
            return TreePMap.singleton(
                    run.node(), JobChanges.spec(environment, run).map(List::of).orElse(List.of()));
        }
        Optional<ApplicationSpec> coming = coming(operation);
        TreePMap<String, List<ServiceSpec>> forecast = TreePMap.empty();
        if (environment == null || coming.isEmpty()) {
            return forecast;
        }
        Environment declared = environment.next(coming.get());
        Environment then = InstanceChanges.follow(
                state,
                OperationChanges.apply(
                        declared, coming.get(), digests(operation), operation, operation.startedAtMillis()));
        for (Instance instance : then.instances().values()) {
            ServiceSpec spec = coming.get().services().containsKey(instance.service())
                    ? then.service(instance.service())
                            .map(service -> service.release().runs())
                            .orElse(null)
                    : null;
            if (spec != null) {
                List<ServiceSpec> specs = new ArrayList<>(forecast.getOrDefault(instance.node(), List.of()));
                if (!specs.contains(spec)) {
                    specs.add(spec);
                }
                forecast = forecast.plus(instance.node(), List.copyOf(specs));
            }
        }
        return forecast;
    }

    private static TreePMap<String, List<ServiceSpec>> of(Environment environment, Operation.Kind.Replace replace) {
        TreePMap<String, List<ServiceSpec>> forecast = TreePMap.empty();
        Service service = environment.services().get(replace.service());
        if (service != null) {
            for (Operation.Replacement replacement : replace.instances().values()) {
                forecast = forecast.plus(
                        replacement.node(), List.of(service.release().runs()));
            }
        }
        return forecast;
    }

    private static TreePMap<String, String> digests(Operation operation) {
        return switch (operation.kind()) {
            case Operation.Kind.Deploy deploy -> deploy.digests();
            case Operation.Kind.RollBack rollBack -> rollBack.digests();
            case Operation.Kind.Remove _,
                    Operation.Kind.Restart _,
                    Operation.Kind.Move _,
                    Operation.Kind.Replace _,
                    Operation.Kind.Run _ -> TreePMap.empty();
        };
    }

    private static Optional<ApplicationSpec> coming(Operation operation) {
        return switch (operation.kind()) {
            case Operation.Kind.Deploy deploy -> Optional.of(deploy.target());
            case Operation.Kind.RollBack rollBack -> rollBack.application();
            case Operation.Kind.Remove _,
                    Operation.Kind.Restart _,
                    Operation.Kind.Move _,
                    Operation.Kind.Replace _,
                    Operation.Kind.Run _ -> Optional.empty();
        };
    }
}
