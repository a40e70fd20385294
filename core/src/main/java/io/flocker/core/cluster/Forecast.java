package io.flocker.core.cluster;

import io.flocker.core.model.Environment;
import io.flocker.core.model.Instance;
import io.flocker.core.model.Node;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Service;
import io.flocker.core.model.Volume;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.ServiceSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.pcollections.TreePMap;

/// What an operation that is still being prepared is about to run, and where.
public final class Forecast {
    private Forecast() {}

    /// Tells what an operation is about to run.
    @FunctionalInterface
    public interface Maker {
        /// As [Forecast#of].
        TreePMap<String, List<ServiceSpec>> of(ClusterState state, Operation operation);
    }

    /// Makes each forecast once, and keeps it while the operation, its environment, the nodes and its volumes are the
    /// same: what others place meanwhile changes where instances go in the end, not where they are made ready for.
    /// All that must agree on that share one; any thread may ask.
    public static final class Kept implements Maker {
        private final Map<String, Entry> entries = new TreeMap<>();

        private record Entry(
                Operation operation,
                Environment environment,
                TreePMap<String, Node> nodes,
                TreePMap<String, Volume> volumes,
                TreePMap<String, List<ServiceSpec>> forecast) {
            /// By identity: what is equal but another one is rare, and comparing it takes as long as it is large.
            @SuppressWarnings("ReferenceEquality")
            boolean is(Operation asked, Environment present, ClusterState state) {
                return operation == asked
                        && environment == present
                        && nodes == state.nodes()
                        && (present.volumes().isEmpty() || volumes == state.volumes());
            }
        }

        @Override
        public synchronized TreePMap<String, List<ServiceSpec>> of(ClusterState state, Operation operation) {
            Environment environment = state.environments().get(operation.environment());
            if (environment == null) {
                return TreePMap.empty();
            }
            Entry known = entries.get(operation.id());
            if (known == null || !known.is(operation, environment, state)) {
                known = new Entry(
                        operation, environment, state.nodes(), state.volumes(), Forecast.of(state, operation));
                entries.put(operation.id(), known);
                entries.keySet().retainAll(state.operations().keySet());
            }
            return known.forecast();
        }
    }

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
        Environment then = InstanceChanges.follow(state, declared(environment, coming.get(), operation));
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

    private static Environment declared(Environment environment, ApplicationSpec coming, Operation operation) {
        return OperationChanges.apply(
                environment.next(coming), coming, digests(operation), operation, operation.startedAtMillis());
    }

    /// The images that an operation is about to run, wherever that may be.
    public static Set<String> images(ClusterState state, Operation operation) {
        Set<String> images = new TreeSet<>();
        Environment environment = state.environments().get(operation.environment());
        Optional<ApplicationSpec> coming = coming(operation);
        if (environment != null && coming.isPresent()) {
            for (Service service :
                    declared(environment, coming.get(), operation).services().values()) {
                images.add(service.release().runs().image());
            }
        } else {
            of(state, operation).values().forEach(specs -> specs.forEach(spec -> images.add(spec.image())));
        }
        return images;
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
                    Operation.Kind.FailOver _,
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
                    Operation.Kind.FailOver _,
                    Operation.Kind.Run _ -> Optional.empty();
        };
    }
}
