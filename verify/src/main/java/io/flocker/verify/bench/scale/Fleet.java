package io.flocker.verify.bench.scale;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Instance;
import io.flocker.core.model.Node;
import io.flocker.core.model.Release;
import io.flocker.core.model.Service;
import io.flocker.core.plan.ClusterPlanner;
import io.flocker.core.plan.Found;
import io.flocker.core.plan.Observed;
import io.flocker.core.plan.Sighting;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.HttpRouting;
import io.flocker.core.spec.PlacementSpec;
import io.flocker.core.spec.ProcessSpec;
import io.flocker.core.spec.Resources;
import io.flocker.core.spec.RestartPolicy;
import io.flocker.core.spec.Sandbox;
import io.flocker.core.spec.ServiceSpec;
import io.flocker.core.spec.UpgradeSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.pcollections.TreePMap;

/// A cluster in memory: so many nodes, and services of one instance each, none of which has a place at first.
/// It changes by commands of the planner only, as under a leader, but without a log.
final class Fleet {
    static final int SERVICES_OF_ENVIRONMENT = 100;
    private static final long MIB = 1L << 20;
    private static final Node.Capacity NODE = new Node.Capacity(16_000, 64L << 30);
    private static final Resources EACH = new Resources(0, 0, 64 * MIB, 50, 0);
    private static final int NODES_OF_RACK = 40;
    private static final long STARTED_AT = 1_700_000_000_000L;

    private final ClusterPlanner planner = new ClusterPlanner();
    private ClusterState state = ClusterState.EMPTY;
    private TreePMap<String, Sighting> sightings = TreePMap.empty();
    private long nowMillis = STARTED_AT;

    Fleet(int nodes, int instances) {
        for (int number = 0; number < nodes; number++) {
            String name = "node%05d".formatted(number);
            String address = "10." + number / 62_500 + "." + number / 250 % 250 + "." + (number % 250 + 1);
            TreePMap<String, String> labels = TreePMap.singleton("rack", "r" + number / NODES_OF_RACK);
            state = state.with(Node.joined(name, address, labels, "", 1).at(address, "", NODE));
        }
        for (int number = 0; number < instances; number += SERVICES_OF_ENVIRONMENT) {
            state = state.with(environment(number, Math.min(SERVICES_OF_ENVIRONMENT, instances - number)));
        }
    }

    private static Environment environment(int first, int services) {
        TreePMap<String, ServiceSpec> declared = TreePMap.empty();
        TreePMap<String, Service> known = TreePMap.empty();
        ServiceSpec spec = spec();
        for (int number = 1; number <= services; number++) {
            String name = "service" + number;
            var release = new Release(1, spec, "", TreePMap.empty(), 1, "deploy", false);
            declared = declared.plus(name, spec);
            known = known.plus(name, new Service(name, number, TreePMap.singleton(1, release), 1, 1, 0, ""));
        }
        return Environment.named("environment" + first / SERVICES_OF_ENVIRONMENT, "bench", 1)
                .next(new ApplicationSpec(declared, TreePMap.empty(), TreePMap.empty()))
                .withServices(known);
    }

    private static ServiceSpec spec() {
        return new ServiceSpec(
                "image:1",
                ServiceSpec.Pull.MISSING,
                ProcessSpec.PLAIN,
                Sandbox.PLAIN,
                EACH,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                TreePMap.empty(),
                Optional.empty(),
                RestartPolicy.ALWAYS,
                HttpRouting.NONE,
                1,
                Optional.empty(),
                PlacementSpec.ANYWHERE,
                UpgradeSpec.DEFAULT,
                TreePMap.empty());
    }

    /// Finds a place for each instance that has none.
    void place() {
        for (Command command : planner.due(state, sightings, ++nowMillis)) {
            state = command instanceof Command.PlaceInstances ? after(command) : state;
        }
    }

    /// Carries out what the planner wants until it wants nothing more.
    void settle() {
        List<Command> commands = planner.due(state, sightings, ++nowMillis);
        while (!commands.isEmpty()) {
            for (Command command : commands) {
                state = after(command);
            }
            commands = planner.due(state, sightings, ++nowMillis);
        }
    }

    int instances() {
        return state.environments().values().stream()
                .mapToInt(environment -> environment.instances().size())
                .sum();
    }

    private ClusterState after(Command command) {
        return switch (state.after(command)) {
            case Outcome.Accepted accepted -> accepted.state();
            case Outcome.Refused refused -> throw new IllegalStateException("Refused: " + refused.message());
        };
    }

    /// One look at what is due, when nothing is.
    void look() {
        if (!planner.due(state, sightings, ++nowMillis).isEmpty()) {
            throw new IllegalStateException("A cluster that has what it should have is planned anew");
        }
    }

    /// Every node says that all it is to run serves.
    void report() {
        Map<String, TreePMap<String, Found>> containers = new TreeMap<>();
        for (Environment environment : state.environments().values()) {
            for (Instance instance : environment.instances().values()) {
                Found found = found(environment.name(), instance);
                containers.merge(
                        instance.node(), TreePMap.singleton(found.key(), found), (some, one) -> some.plusAll(one));
            }
        }
        for (String node : state.nodes().keySet()) {
            sightings = sightings.plus(node, sighting(containers.getOrDefault(node, TreePMap.empty())));
        }
    }

    private Sighting sighting(TreePMap<String, Found> containers) {
        Observed nothing = Observed.NOTHING;
        var observed = new Observed(
                nothing.volumes(),
                containers,
                nothing.surplus(),
                nothing.images(),
                nothing.exposed(),
                nothing.networks(),
                nothing.routes(),
                nothing.answered(),
                nothing.loads(),
                nothing.logs(),
                nothing.wanted(),
                nothing.used(),
                nothing.leased());
        return new Sighting(observed, true, List.of(), List.of(), TreePMap.empty(), List.of(), nowMillis);
    }

    private static Found found(String environment, Instance instance) {
        return new Found(
                "container",
                environment,
                instance.service(),
                instance.slot(),
                instance.release(),
                instance.restarts(),
                Found.State.RUNNING,
                Found.Health.NONE,
                "10.213.0.2",
                true,
                0,
                STARTED_AT,
                0,
                0);
    }

    /// Nodes are gone, with what was on them.
    ///
    /// @param perMille how many of a thousand
    void lose(int perMille) {
        int every = 1_000 / perMille;
        List<String> gone = new ArrayList<>();
        int number = 0;
        for (String node : state.nodes().keySet()) {
            if (number++ % every == 0) {
                gone.add(node);
            }
        }
        for (Environment environment : state.environments().values()) {
            TreePMap<String, Instance> left = environment.instances();
            for (Instance instance : environment.instances().values()) {
                left = gone.contains(instance.node()) ? left.minus(instance.name()) : left;
            }
            state = state.with(environment.withInstances(left));
        }
        for (String node : gone) {
            state = state.withoutNode(node);
        }
        sightings = sightings.minusAll(gone);
    }
}
