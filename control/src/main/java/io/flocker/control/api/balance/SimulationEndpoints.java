package io.flocker.control.api.balance;

import io.flocker.client.api.Balances;
import io.flocker.control.api.Call;
import io.flocker.control.api.Decisions;
import io.flocker.control.api.Endpoint;
import io.flocker.control.api.Refusal;
import io.flocker.control.log.NotLeading;
import io.flocker.core.access.Right;
import io.flocker.core.balance.Copying;
import io.flocker.core.balance.Resettled;
import io.flocker.core.balance.WhatIf;
import io.flocker.core.cluster.ClusterState;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Node;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// What would be where if something else happened. Nothing changes.
public final class SimulationEndpoints {
    private static final int MOST_INSTANCES = 1_000;

    private final Decisions decisions;

    public SimulationEndpoints(Decisions decisions) {
        this.decisions = decisions;
    }

    public List<Endpoint> list() {
        return List.of(
                new Endpoint(
                        "GET",
                        "/v2/simulations/loss",
                        Right.READ,
                        "What would be where without some nodes: what has a replica or no data elsewhere, the rest nowhere.",
                        List.of(
                                "nodes: their names, with commas",
                                "datacenters: those with all their nodes, with commas"),
                        Void.class,
                        Balances.Simulation.class,
                        this::loss),
                new Endpoint(
                        "GET",
                        "/v2/environments/{environment}/services/{service}/simulations/scale",
                        Right.READ,
                        "Where the further instances of a service would be if it had more.",
                        List.of("count: how many it would have"),
                        Void.class,
                        Balances.Simulation.class,
                        this::scale));
    }

    private Object loss(Call call) throws Exception {
        ClusterState state = decisions.state();
        Set<String> lost = words(call.query("nodes", ""));
        for (String name : lost) {
            if (!state.nodes().containsKey(name)) {
                throw Refusal.notFound("There is no node \"" + name + "\"; there is "
                        + String.join(", ", state.nodes().keySet()));
            }
        }
        for (String datacenter : words(call.query("datacenters", ""))) {
            List<String> there = state.nodes().values().stream()
                    .filter(node -> node.datacenter().equals(datacenter))
                    .map(Node::name)
                    .toList();
            if (there.isEmpty()) {
                throw Refusal.notFound("No node is in data center \"" + datacenter + "\" (label datacenter); there is "
                        + datacenters(state));
            }
            lost.addAll(there);
        }
        return simulation(WhatIf.without(state, decisions.leader().load(), lost));
    }

    private static String datacenters(ClusterState state) {
        String all = state.nodes().values().stream()
                .map(Node::datacenter)
                .filter(name -> !name.isEmpty())
                .distinct()
                .collect(Collectors.joining(", "));
        return all.isEmpty() ? "none" : all;
    }

    private static Set<String> words(String text) {
        Set<String> words = new TreeSet<>(List.of(text.split(",")));
        words.remove("");
        return words;
    }

    private Object scale(Call call) throws Refusal, NotLeading {
        Environment environment = decisions.environment(call.path("environment"));
        String service = call.path("service");
        if (!environment.application().services().containsKey(service)) {
            throw Refusal.notFound("Environment " + environment.name() + " has no service \"" + service + "\"; it has "
                    + String.join(", ", environment.application().services().keySet()));
        }
        int count = (int) call.number("count", 1, 0, MOST_INSTANCES);
        return simulation(WhatIf.scaled(decisions.state(), environment.name(), service, count));
    }

    private Balances.Simulation simulation(List<Resettled> resettled) throws NotLeading {
        return new Balances.Simulation(
                resettled,
                resettled.stream().mapToLong(Resettled::bytes).sum(),
                resettled.stream().filter(one -> one.to().isEmpty()).count(),
                Copying.of(resettled, decisions.leader().allSightings().values()));
    }
}
