package io.flocker.control.api.load;

import io.flocker.client.api.Load;
import io.flocker.control.api.Call;
import io.flocker.control.api.Decisions;
import io.flocker.control.api.Endpoint;
import io.flocker.control.log.NotLeading;
import io.flocker.core.access.Right;
import io.flocker.core.cluster.ClusterState;
import io.flocker.core.load.ClusterLoad;
import io.flocker.core.load.History;
import io.flocker.core.load.Usage;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Instance;
import java.util.ArrayList;
import java.util.List;

/// How busy everything is, and was.
public final class LoadEndpoints {
    private final Decisions decisions;

    public LoadEndpoints(Decisions decisions) {
        this.decisions = decisions;
    }

    public List<Endpoint> list() {
        return List.of(
                new Endpoint(
                        "GET",
                        "/v2/load",
                        Right.READ,
                        "How busy nodes, instances and volumes are: means over the last two minutes.",
                        List.of("environment: only what is in it, beside the nodes"),
                        Void.class,
                        Load.class,
                        call -> now(decisions, call.query("environment", ""))),
                new Endpoint(
                        "GET",
                        "/v2/load/nodes/{node}",
                        Right.READ,
                        "How busy a node was: a point a minute of the last three hours, as far as the leader knows.",
                        List.of(),
                        Void.class,
                        Load.Past.class,
                        call -> past(History.ofNode(call.path("node")))),
                new Endpoint(
                        "GET",
                        "/v2/load/services/{environment}/{service}",
                        Right.READ,
                        "The same of all instances of a service together.",
                        List.of(),
                        Void.class,
                        Load.Past.class,
                        this::ofService));
    }

    private Object ofService(Call call) throws NotLeading {
        return past(History.ofService(call.path("environment"), call.path("service")));
    }

    private Load.Past past(String key) throws NotLeading {
        return new Load.Past(decisions.leader().loads().history(key));
    }

    /// @param only an environment's name; empty for all
    public static Load now(Decisions decisions, String only) throws NotLeading {
        ClusterLoad load = decisions.leader().load();
        ClusterState state = decisions.state();
        List<Load.Node> nodes = new ArrayList<>();
        load.nodes().forEach((name, node) -> nodes.add(new Load.Node(name, node)));
        List<Load.Instance> instances = new ArrayList<>();
        for (Environment environment : state.environments().values()) {
            if (only.isEmpty() || environment.name().equals(only)) {
                for (Instance instance : environment.instances().values()) {
                    Usage usage = load.instances().get(environment.name() + "/" + instance.name());
                    if (usage != null) {
                        instances.add(new Load.Instance(
                                environment.name(), instance.service(), instance.name(), instance.node(), usage));
                    }
                }
            }
        }
        List<Load.Volume> volumes = state.volumes().values().stream()
                .filter(volume -> (only.isEmpty() || volume.environment().equals(only))
                        && load.volumes().containsKey(volume.id()))
                .map(volume -> new Load.Volume(
                        volume.environment(), volume.name(), volume.head().primary(), load.volume(volume.id())))
                .toList();
        return new Load(List.copyOf(nodes), List.copyOf(instances), volumes);
    }
}
