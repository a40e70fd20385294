package io.flocker.core.replication;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.model.Node;
import io.flocker.core.model.Snapshot;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.model.Volume;
import io.flocker.core.plan.Observed;
import io.flocker.core.plan.Problem;
import io.flocker.core.plan.Sighting;
import io.flocker.core.plan.StoredVolume;
import io.flocker.core.spec.ReplicationSpec;
import io.flocker.core.spec.VolumeSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.pcollections.TreePMap;

/// A volume on n1 in a cluster of four nodes, n1 and n2 in Paris, n3 and n4 in Lyon; what nodes have in their pools,
/// and when they were last heard.
final class ReplicatedVolume {
    static final long SECOND = 1_000;

    ClusterState state = ClusterState.EMPTY;
    long now = 1_000_000;
    private final TreeMap<String, StoredVolume> pools = new TreeMap<>();
    private final TreeMap<String, Long> heardAt = new TreeMap<>();
    private final TreeMap<String, List<Problem>> problems = new TreeMap<>();

    ReplicatedVolume(ReplicationSpec replication) {
        for (String node : List.of("n1", "n2", "n3", "n4")) {
            String datacenter = node.equals("n1") || node.equals("n2") ? "paris" : "lyon";
            after(new Command.AddNode(
                    "ann",
                    now,
                    node,
                    node + ".example",
                    TreePMap.singleton(Node.DATACENTER, datacenter),
                    node,
                    Node.Capacity.NONE));
            heardAt.put(node, now);
        }
        VolumeSpec spec = VolumeSpec.PLAIN.withReplication(Optional.of(replication));
        after(new Command.CreateVolume("ann", now, "v1", "shop", "data", spec, Optional.empty(), ""));
        pools.put("n1", stored(1, List.of()));
        assert volume().head().primary().equals("n1");
    }

    static ReplicationSpec to(String... nodes) {
        return new ReplicationSpec(List.of(nodes), 0, "", SECOND, 10 * SECOND, 0, false, ReplicationSpec.Failover.AUTO);
    }

    static ReplicationSpec copies(int copies) {
        return new ReplicationSpec(
                List.of(), copies, Node.DATACENTER, SECOND, 10 * SECOND, 0, false, ReplicationSpec.Failover.AUTO);
    }

    Volume volume() {
        return state.volume("v1").orElseThrow();
    }

    void after(Command command) {
        state = switch (state.after(command)) {
            case Outcome.Accepted accepted -> accepted.state();
            case Outcome.Refused refused -> throw new AssertionError(refused.message());
        };
    }

    /// What the leader would decide now.
    List<Command> due() {
        return ReplicationPlanner.due(new Groups(state, sightings()), volume(), now);
    }

    /// Has the leader decide, and nodes take, receive and delete what is wanted, until nothing is left to do.
    ///
    /// @param receiving the nodes that receive
    void settle(String... receiving) {
        for (int round = 0; round < 20; round++) {
            List<Command> commands = due();
            commands.forEach(this::after);
            take();
            receive(Set.of(receiving));
            if (commands.isEmpty()) {
                return;
            }
        }
        throw new AssertionError("The planner does not come to rest");
    }

    private void take() {
        String primary = volume().head().primary();
        List<Command.Taken> taken = new ArrayList<>();
        for (Snapshot snapshot : volume().snapshots().values()) {
            if (snapshot.state() == Snapshot.State.REQUESTED) {
                add(primary, snapshot.id().position());
                taken.add(new Command.Taken(snapshot.id(), now, 0));
            }
        }
        if (!taken.isEmpty()) {
            after(new Command.ConfirmSnapshots(now, taken));
        }
        List<SnapshotId> gone = volume().snapshots().values().stream()
                .filter(snapshot -> snapshot.state() == Snapshot.State.DELETING)
                .map(Snapshot::id)
                .toList();
        if (!gone.isEmpty()) {
            gone.forEach(id -> remove(primary, id.position()));
            after(new Command.ForgetSnapshots(now, gone));
        }
    }

    private void receive(Set<String> nodes) {
        for (String node : nodes) {
            if (volume().copies().get(node) == Volume.Copy.REPLICA) {
                Replication.wanted(volume()).forEach(id -> add(node, id.position()));
                Set<String> kept = new TreeSet<>();
                Replication.kept(volume()).forEach(id -> kept.add(id.position()));
                StoredVolume stored = pools.get(node);
                if (stored != null) {
                    pools.put(
                            node,
                            stored(
                                    stored.headEpoch(),
                                    stored.snapshots().stream()
                                            .filter(kept::contains)
                                            .toList()));
                }
            }
        }
    }

    void add(String node, String position) {
        StoredVolume stored = pools.getOrDefault(node, stored(0, List.of()));
        List<String> all = Stream.concat(stored.snapshots().stream(), Stream.of(position))
                .distinct()
                .sorted(Comparator.comparing(it -> SnapshotId.of("v1", it)))
                .toList();
        pools.put(node, stored(stored.headEpoch(), all));
    }

    private void remove(String node, String position) {
        StoredVolume stored = pools.getOrDefault(node, stored(0, List.of()));
        pools.put(
                node,
                stored(
                        stored.headEpoch(),
                        stored.snapshots().stream()
                                .filter(it -> !it.equals(position))
                                .toList()));
    }

    void head(String node, long epoch) {
        pools.put(
                node,
                stored(epoch, pools.getOrDefault(node, stored(0, List.of())).snapshots()));
    }

    List<String> pool(String node) {
        return pools.getOrDefault(node, stored(0, List.of())).snapshots();
    }

    private static StoredVolume stored(long epoch, List<String> snapshots) {
        return new StoredVolume("v1", epoch, snapshots, 0, "");
    }

    /// Fencing takes too long on `node` for its lease.
    void fencesSlowly(String node) {
        problems.put(node, List.of(new Problem(Problem.NODE, Problem.GUARD, "too slow", false, 1, now, now)));
    }

    /// Time passes; all nodes but these are heard.
    void pass(long millis, String... silent) {
        now += millis;
        for (String node : state.nodes().keySet()) {
            if (!Set.of(silent).contains(node)) {
                heardAt.put(node, now);
            }
        }
    }

    /// Time passes as it does: a second at a time.
    void seconds(int seconds, String... receiving) {
        for (int i = 0; i < seconds; i++) {
            pass(SECOND);
            settle(receiving);
        }
    }

    TreePMap<String, Sighting> sightings() {
        TreePMap<String, Sighting> sightings = TreePMap.empty();
        for (String node : state.nodes().keySet()) {
            StoredVolume stored = pools.get(node);
            TreePMap<String, StoredVolume> volumes =
                    stored == null ? TreePMap.empty() : TreePMap.singleton("v1", stored);
            Observed observed = new Observed(
                    volumes,
                    TreePMap.empty(),
                    List.of(),
                    TreePMap.empty(),
                    TreePMap.empty(),
                    TreePMap.empty(),
                    "",
                    TreePMap.empty(),
                    TreePMap.empty(),
                    TreePMap.empty(),
                    List.of(),
                    TreePMap.empty(),
                    List.of());
            sightings = sightings.plus(
                    node,
                    new Sighting(
                            observed,
                            true,
                            List.of(),
                            problems.getOrDefault(node, List.of()),
                            TreePMap.empty(),
                            List.of(),
                            heardAt.getOrDefault(node, now)));
        }
        return sightings;
    }

    List<Command> failovers(String... gone) {
        return FailoverPlanner.due(state, sightings(), Set.of(gone), now);
    }
}
