package io.flocker.control.api.replica;

import io.flocker.client.api.Status;
import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.MoveChanges;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Node;
import io.flocker.core.model.Volume;
import io.flocker.core.plan.Sighting;
import io.flocker.core.replication.Candidate;
import io.flocker.core.replication.Candidates;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.pcollections.TreePMap;

/// What could fail over, each with where to and what that would lose; in one environment, what others depend on first.
final class FailoverList {
    private final ClusterState state;
    private final TreePMap<String, Sighting> sightings;
    private final Predicate<Node> leaving;
    private final Predicate<Node> taking;
    private final long nowMillis;

    /// @param leaving the nodes whose services are asked about
    /// @param taking the nodes that may take them
    FailoverList(
            ClusterState state,
            TreePMap<String, Sighting> sightings,
            Predicate<Node> leaving,
            Predicate<Node> taking,
            long nowMillis) {
        this.state = state;
        this.sightings = sightings;
        this.leaving = leaving;
        this.taking = taking;
        this.nowMillis = nowMillis;
    }

    List<Status.Failover> of(Environment environment) {
        List<Group> groups = new ArrayList<>();
        Set<String> seen = new TreeSet<>();
        for (var entry : environment.volumes().entrySet()) {
            Volume volume = state.volumes().get(entry.getValue());
            if (volume == null || volume.diverges() || !seen.add(volume.name())) {
                continue;
            }
            MoveChanges.Together together = MoveChanges.together(environment, Set.of(), Set.of(volume.name()));
            seen.addAll(together.volumeNames());
            Node from = state.nodes().get(volume.head().primary());
            if (from != null && leaving.test(from)) {
                groups.add(new Group(together, from, depth(environment, together.services(), 0), volume));
            }
        }
        return groups.stream()
                .sorted(Comparator.comparingInt(Group::depth)
                        .thenComparing(group -> group.together().names()))
                .map(group -> shown(environment, group))
                .toList();
    }

    /// @param depth how many services it depends on, one behind the other
    private record Group(MoveChanges.Together together, Node from, int depth, Volume volume) {}

    private static int depth(Environment environment, Set<String> services, int before) {
        int deepest = before;
        for (String name : services) {
            Set<String> others = environment
                    .service(name)
                    .map(service -> (Set<String>)
                            new TreeSet<>(service.spec().dependsOn().keySet()))
                    .orElse(Set.of());
            if (!others.isEmpty() && before < environment.services().size()) {
                deepest = Math.max(deepest, depth(environment, others, before + 1));
            }
        }
        return deepest;
    }

    private Status.Failover shown(Environment environment, Group group) {
        Candidates candidates = new Candidates(
                state, sightings, environment, group.together(), group.from().name(), nowMillis);
        Optional<Candidate> best = candidates.best(node ->
                Optional.ofNullable(state.nodes().get(node)).filter(taking).isPresent());
        boolean heard = candidates.heard();
        String service = group.together().services().isEmpty()
                ? ""
                : group.together().services().first();
        return new Status.Failover(
                environment.name(),
                service,
                service.isEmpty() ? group.together().volumeNames().first() : "",
                group.from().name(),
                best.map(Candidate::node).orElse(""),
                heard ? 0 : best.map(Candidate::lossMillis).orElse(0L),
                heard ? 0 : best.map(Candidate::lossBytes).orElse(0L),
                heard,
                best.isPresent() ? "" : candidates.objections(),
                group.volume().replicas().home());
    }
}
