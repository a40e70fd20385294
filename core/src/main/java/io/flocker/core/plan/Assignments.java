package io.flocker.core.plan;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Forecast;
import io.flocker.core.model.Environment;
import io.flocker.core.model.HostCertificate;
import io.flocker.core.model.Node;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Volume;
import io.flocker.core.plan.Assignment.Place;
import io.flocker.core.plan.Assignment.WantedEnvironment;
import io.flocker.core.plan.Assignment.WantedImage;
import io.flocker.core.plan.Assignment.WantedInstance;
import io.flocker.core.plan.Assignment.WantedVolume;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.pcollections.TreePMap;

/// Every node's assignment. What a change does not touch is taken from before: an environment's [Demand], and the
/// assignment of a node that no changed environment asks anything of.
public final class Assignments {
    /// Of an empty cluster.
    public static final Assignments NONE = none(Forecast::of);

    private final Forecast.Maker forecasts;

    private final TreePMap<String, Node> nodes;
    private final TreePMap<String, Place> places;
    private final TreePMap<String, HostCertificate> certificates;
    private final Map<String, Demand> demands;
    private final Map<String, Assignment> byNode;

    private Assignments(
            Forecast.Maker forecasts,
            TreePMap<String, Node> nodes,
            TreePMap<String, Place> places,
            TreePMap<String, HostCertificate> certificates,
            Map<String, Demand> demands,
            Map<String, Assignment> byNode) {
        this.forecasts = forecasts;
        this.nodes = nodes;
        this.places = places;
        this.certificates = certificates;
        this.demands = demands;
        this.byNode = byNode;
    }

    /// Of an empty cluster.
    ///
    /// @param forecasts what whoever judges operations goes by, too
    public static Assignments none(Forecast.Maker forecasts) {
        return new Assignments(
                forecasts, TreePMap.empty(), TreePMap.empty(), TreePMap.empty(), new TreeMap<>(), new TreeMap<>());
    }

    /// The assignments of another state.
    public Assignments after(ClusterState state) {
        boolean sameNodes = state.nodes().equals(nodes);
        var nextDemands = new TreeMap<String, Demand>();
        var touched = new TreeSet<String>();
        boolean allTouched = !sameNodes || !state.certificates().equals(certificates);
        Map<String, Demand.Source> sources = sources(state);
        for (var entry : sources.entrySet()) {
            Demand before = demands.getOrDefault(entry.getKey(), Demand.NOTHING);
            Demand.Source source = entry.getValue();
            boolean same = sameNodes && before.source().equals(source) && !source.isForecast();
            Demand next = same ? before : Demand.of(state, source, forecasts);
            nextDemands.put(entry.getKey(), next);
            if (!next.parts().equals(before.parts())) {
                touched.addAll(next.parts().keySet());
                touched.addAll(before.parts().keySet());
            }
            allTouched |= !next.everywhere().equals(before.everywhere());
        }
        for (var gone : demands.entrySet()) {
            if (!sources.containsKey(gone.getKey())) {
                touched.addAll(gone.getValue().parts().keySet());
                allTouched |= gone.getValue().everywhere().isPresent();
            }
        }
        TreePMap<String, Place> nextPlaces = sameNodes ? places : places(state);
        var next = new TreeMap<String, Assignment>();
        for (String node : state.nodes().keySet()) {
            Assignment before = byNode.get(node);
            boolean same = before != null && !allTouched && !touched.contains(node);
            next.put(node, same ? before : assignment(node, state, nextPlaces, nextDemands));
        }
        return new Assignments(forecasts, state.nodes(), nextPlaces, state.certificates(), nextDemands, next);
    }

    private static Map<String, Demand.Source> sources(ClusterState state) {
        var volumes = new TreeMap<String, List<Volume>>();
        for (Volume volume : state.volumes().values()) {
            volumes.computeIfAbsent(volume.environment(), _ -> new ArrayList<>())
                    .add(volume);
        }
        var operations = new TreeMap<String, List<Operation>>();
        for (Operation operation : state.operations().values()) {
            boolean kept = operation.kind() instanceof Operation.Kind.Run run
                    && run.result().kept();
            if (operation.running() || kept) {
                operations
                        .computeIfAbsent(operation.environment(), _ -> new ArrayList<>())
                        .add(operation);
            }
        }
        var names = new TreeSet<>(state.environments().keySet());
        names.addAll(volumes.keySet());
        var sources = new TreeMap<String, Demand.Source>();
        for (String name : names) {
            Optional<Environment> environment = state.environment(name);
            sources.put(
                    name,
                    new Demand.Source(
                            environment,
                            volumes.getOrDefault(name, List.of()),
                            operations.getOrDefault(name, List.of())));
        }
        return sources;
    }

    private static Assignment assignment(
            String node, ClusterState state, TreePMap<String, Place> places, Map<String, Demand> demands) {
        TreePMap<String, WantedVolume> volumes = TreePMap.empty();
        TreePMap<String, WantedInstance> instances = TreePMap.empty();
        TreePMap<String, WantedImage> images = TreePMap.empty();
        TreePMap<String, WantedImage> coming = TreePMap.empty();
        TreePMap<String, WantedEnvironment> environments = TreePMap.empty();
        for (var demand : demands.entrySet()) {
            Demand.Part part = demand.getValue().parts().getOrDefault(node, Demand.Part.NOTHING);
            volumes = volumes.plusAll(part.volumes());
            instances = instances.plusAll(part.instances());
            images = images.plusAll(part.images());
            coming = coming.plusAll(part.coming());
            Optional<WantedEnvironment> environment = part.environment().or(demand.getValue()::everywhere);
            if (environment.isPresent()) {
                environments = environments.plus(demand.getKey(), environment.get());
            }
        }
        return new Assignment(
                node, places, volumes, instances, images.plusAll(coming), environments, state.certificates());
    }

    private static TreePMap<String, Place> places(ClusterState state) {
        TreePMap<String, Place> places = TreePMap.empty();
        for (Node node : state.nodes().values()) {
            places = places.plus(node.name(), new Place(node.address(), node.datacenter()));
        }
        return places;
    }

    /// What `node` should have; nothing if it is not of the cluster.
    public Assignment of(String node) {
        return byNode.getOrDefault(node, Assignment.NOTHING);
    }
}
