package io.flocker.verify.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Planned;
import io.flocker.core.model.Head;
import io.flocker.core.model.Node;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Snapshot;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.model.Volume;
import io.flocker.core.plan.Sighting;
import io.flocker.core.plan.StoredVolume;
import io.flocker.core.replication.FailoverPlanner;
import io.flocker.core.replication.Moments;
import io.flocker.core.replication.Replication;
import io.flocker.core.spec.ReplicationSpec;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.pcollections.TreePMap;

/// Every write that was acknowledged, and what may become of it: each decision of the cluster about heads and replicas
/// is judged by what is really in the pools.
final class ReplicaLedger {
    private static final Pattern STATED = Pattern.compile("wrote in the last ([0-9.]+) s is not there");
    /// A stated loss is rounded to a tenth of a second.
    private static final long ROUNDING_MILLIS = 50;

    private static final long FRESH_MILLIS = 3_000;

    /// @param epoch of the head it was written to
    private record Write(long atMillis, long epoch) {}

    private final SimCluster cluster;
    private final Timeline time;
    private final Map<String, LinkedHashMap<String, Write>> live = new TreeMap<>();
    private final Map<String, LinkedHashMap<String, Write>> tails = new TreeMap<>();
    /// Writes under earlier epochs may be gone: somebody had the volume go back.
    private final Map<String, Long> wentBack = new TreeMap<>();
    /// What was in diverged volumes that somebody deleted.
    private final Set<String> deleted = new HashSet<>();
    /// Volumes that went on elsewhere though nothing made their former node stop.
    private final Set<String> unguarded = new TreeSet<>();
    /// Volumes that went on from another moment than those they belong to, as was said.
    private final Set<String> apart = new TreeSet<>();
    /// What came about, and how often.
    final Map<String, Long> counts = new TreeMap<>();

    ReplicaLedger(SimCluster cluster, Timeline time) {
        this.cluster = cluster;
        this.time = time;
    }

    private void count(String what) {
        counts.merge(what, 1L, Long::sum);
    }

    /// Whether two nodes may write a volume: until its former node has heard that others went on.
    boolean mayOverlap(String volume) {
        return unguarded.contains(volume);
    }

    void written(SimNode node, String volume, String what) {
        long epoch = node.pool().epoch(volume);
        long present = cluster.leader
                .state()
                .volume(volume)
                .map(it -> it.head().epoch())
                .orElse(0L);
        (epoch == present ? live : tails)
                .computeIfAbsent(volume, _ -> new LinkedHashMap<>())
                .put(what, new Write(time.now(), epoch));
    }

    /// Judges a decision.
    void made(ClusterState before, Command command, ClusterState after) {
        switch (command) {
            case Command.FailOver failOver -> promoted(before, failOver, after);
            case Planned.Rejoin rejoin -> rejoined(before, rejoin, after);
            case Planned.Block block -> count(block.why().isEmpty() ? "unblocked" : "blocked");
            case Command.DeleteVolume delete -> forget(before, delete.volume());
            case Command.Remove remove
            when remove.deleteVolumes() ->
                before.volumes().values().stream()
                        .filter(volume -> volume.environment().equals(remove.environment()))
                        .forEach(volume -> forget(before, volume.id()));
            default -> {}
        }
        if (!before.volumes().equals(after.volumes())) {
            after.volumes().forEach((id, volume) -> {
                Volume earlier = before.volumes().get(id);
                boolean stays = earlier != null
                        && earlier.head().epoch() != volume.head().epoch()
                        && earlier.head().primary().equals(volume.head().primary());
                if (stays) {
                    wentBack.put(id, volume.head().epoch());
                    live.remove(id);
                    count("went back");
                } else if (earlier != null
                        && !earlier.head().primary().equals(volume.head().primary())) {
                    handedOver(command, earlier, volume);
                }
                if (volume.replicas().rejoining().isEmpty()) {
                    unguarded.remove(id);
                }
            });
        }
    }

    private void handedOver(Command command, Volume before, Volume after) {
        if (!(command instanceof Command.FailOver)) {
            boolean home = after.head().primary().equals(before.replicas().home());
            boolean replica = before.replicas().tips().containsKey(after.head().primary());
            count(home ? "moved back home" : replica ? "moved to a replica" : "moved");
        }
    }

    private void forget(ClusterState state, String id) {
        state.volume(id).filter(Volume::diverges).ifPresent(volume -> {
            SimPool pool = cluster.node(volume.head().primary()).pool();
            deleted.addAll(
                    pool.epoch(id) > 0
                            ? pool.head(id)
                            : volume.head().base().map(pool::content).orElse(List.of()));
            count("diverged deleted");
        });
    }

    private void promoted(ClusterState before, Command.FailOver command, ClusterState after) {
        boolean auto = command.by().equals(FailoverPlanner.BY);
        List<Volume> volumes = command.volumes().stream()
                .map(id -> before.volume(id).orElseThrow())
                .toList();
        boolean guarded = volumes.stream().allMatch(Volume::armed);
        assertThat(!auto || guarded).as("%s fails over by itself", command).isTrue();
        count("failover " + (auto ? "by itself" : guarded ? "asked for, guarded" : "asked for, unguarded"));
        Matcher stated = STATED.matcher(command.story());
        assertThat(stated.find()).as("%s states its loss", command.story()).isTrue();
        // Without a lease it goes on writing until this is decided.
        long deciding = guarded ? 0 : time.clock() - command.atMillis();
        long lossMillis = Math.round(Double.parseDouble(stated.group(1)) * 1_000) + ROUNDING_MILLIS + deciding;
        long most = volumes.stream()
                .flatMap(volume -> volume.spec().replication().stream())
                .mapToLong(ReplicationSpec::maxLossMillis)
                .min()
                .orElse(0);
        // While the log takes its time, more may come to be known, and limits may change.
        boolean atOnce = command.atMillis() == time.clock();
        if (auto && atOnce) {
            assertThat(lossMillis).as("loss of %s", command).isLessThanOrEqualTo(most + 2 * ROUNDING_MILLIS);
        }
        if (volumes.stream().anyMatch(volume -> !volume.replicas().rejoining().isEmpty())) {
            count("failover before the last one's node was back");
        }
        assertOfOneMoment(volumes, command, after);
        Optional<Operation> running = before.running(command.environment());
        running.ifPresent(operation -> count("failover during " + operation.verb()));
        for (Volume volume : volumes) {
            Head head = after.volume(volume.id()).orElseThrow().head();
            promoted(volume, head, command, lossMillis);
            if (!volume.armed()) {
                unguarded.add(volume.id());
            }
        }
        if (auto && atOnce) {
            assertNewest(volumes, command, after);
        }
    }

    /// What belongs together goes on from one moment: what was written last to each was written at the same time, as
    /// everybody here writes all their volumes at once.
    private void assertOfOneMoment(List<Volume> volumes, Command.FailOver command, ClusterState after) {
        if (volumes.size() < 2) {
            return;
        }
        if (command.story().contains("not of one moment")) {
            count("several volumes, not of one moment");
            volumes.forEach(volume -> apart.add(volume.id()));
            return;
        }
        count("several volumes of one moment");
        Set<Long> last = new TreeSet<>();
        for (Volume volume : volumes) {
            SnapshotId base =
                    after.volume(volume.id()).orElseThrow().head().base().orElseThrow();
            Map<String, Write> all = live.getOrDefault(volume.id(), new LinkedHashMap<>());
            // A volume that somebody had go back has an older past than the others, as one may that was apart.
            OptionalLong newest = cluster.node(command.to()).snapshotContent(base).stream()
                    .flatMap(what -> Stream.ofNullable(all.get(what)))
                    .mapToLong(Write::atMillis)
                    .max();
            if (newest.isEmpty() || wentBack.containsKey(volume.id()) || apart.contains(volume.id())) {
                return;
            }
            last.add(newest.getAsLong());
        }
        assertThat(last).as("when the volumes of %s were written last", command).hasSize(1);
    }

    private void promoted(Volume volume, Head head, Command.FailOver command, long lossMillis) {
        SnapshotId base = head.base().orElseThrow();
        List<String> content = cluster.node(command.to()).snapshotContent(base);
        assertThat(content)
                .as("what %s on %s goes on from", volume.id(), command.to())
                .isEqualTo(cluster.ready.get(base));
        assertThat(isOfHistory(volume, base))
                .as("%s goes on from its own history: from %s, with the head %s", volume.id(), base, volume.head())
                .isTrue();
        var kept = new HashSet<>(content);
        LinkedHashMap<String, Write> all = live.computeIfAbsent(volume.id(), _ -> new LinkedHashMap<>());
        long last = all.values().stream().mapToLong(Write::atMillis).max().orElse(0);
        var lost = new LinkedHashMap<>(all);
        lost.keySet().removeAll(kept);
        long oldest = lost.values().stream().mapToLong(Write::atMillis).min().orElse(last);
        assertThat(last - oldest)
                .as(
                        "age of what %s of %s loses, %s writes, though it states %s",
                        command, volume, lost.size(), command.story())
                .isLessThanOrEqualTo(lossMillis);
        all.keySet().removeAll(lost.keySet());
        tails.computeIfAbsent(volume.id(), _ -> new LinkedHashMap<>()).putAll(lost);
        count(lost.isEmpty() ? "promoted without loss" : "promoted with loss");
    }

    /// What is newer than what a head began with, and older than the head, is of a history that was given up.
    private static boolean isOfHistory(Volume volume, SnapshotId id) {
        Optional<SnapshotId> base =
                volume.head().base().filter(it -> it.volume().equals(volume.id()));
        return id.epoch() == volume.head().epoch()
                || base.filter(it -> id.compareTo(it) <= 0).isPresent();
    }

    /// No node that the leader hears and that is to run anything has more of one volume, and no less of the others.
    private void assertNewest(List<Volume> volumes, Command.FailOver command, ClusterState after) {
        for (SimNode node : cluster.nodes) {
            Sighting sighting = cluster.leader.current().get(node.name);
            boolean candidate = sighting != null
                    && time.clock() - sighting.atMillis() <= FRESH_MILLIS
                    && !node.name.equals(command.to())
                    && Optional.ofNullable(after.nodes().get(node.name))
                            .filter(known -> known.availability() != Node.Availability.DRAINED)
                            .isPresent()
                    && volumes.stream()
                            .allMatch(volume -> Replication.nodes(volume).contains(node.name)
                                    && !volume.replicas().rejoining().containsKey(node.name));
            if (sighting == null || !candidate) {
                continue;
            }
            TreePMap<String, List<String>> held = TreePMap.empty();
            for (Volume volume : volumes) {
                StoredVolume stored = sighting.observed().volumes().get(volume.id());
                held = stored == null ? held : held.plus(volume.id(), stored.snapshots());
            }
            TreePMap<String, Snapshot> bases = Moments.bases(volumes, held);
            boolean more = false;
            boolean less = false;
            for (Volume volume : volumes) {
                SnapshotId chosen =
                        after.volume(volume.id()).orElseThrow().head().base().orElseThrow();
                Optional<SnapshotId> newest =
                        Optional.ofNullable(bases.get(volume.id())).map(Snapshot::id);
                more |= newest.filter(it -> it.compareTo(chosen) > 0).isPresent();
                less |= newest.filter(it -> it.compareTo(chosen) >= 0).isEmpty();
            }
            assertThat(more && !less)
                    .as("%s has more than %s, which takes over: %s", node.name, command.to(), command)
                    .isFalse();
        }
    }

    private void rejoined(ClusterState before, Planned.Rejoin command, ClusterState after) {
        Volume volume = before.volume(command.volume()).orElseThrow();
        if (volume.state() == Volume.State.DELETING || !before.nodes().containsKey(command.node())) {
            return;
        }
        SimPool pool = cluster.node(command.node()).pool();
        SnapshotId base = Optional.ofNullable(volume.replicas().rejoining().get(command.node()))
                .orElseThrow();
        long epoch = Optional.ofNullable(volume.replicas().leftUnder().get(command.node()))
                .orElseThrow();
        List<String> left = pool.givenUp.remove(volume.id());
        // A snapshot that was taken after that is kept, though it may show the same.
        boolean later = pool.list().get(volume.id()) != null
                && pool.list().get(volume.id()).snapshots().stream()
                        .map(position -> SnapshotId.of(volume.id(), position))
                        .filter(id -> id.compareTo(base) > 0)
                        .anyMatch(
                                id -> id.epoch() == epoch || volume.snapshot(id).isEmpty());
        boolean written = left != null && !left.equals(cluster.ready.get(base));
        // It may have received more than the leader knew of, or have what a roll back set aside.
        boolean modified = written || later;
        assertThat(command.tail().isPresent())
                .as(
                        "a tail is kept of %s on %s: it left %s, others went on from %s, which is %s",
                        volume, command.node(), left, base, cluster.ready.get(base))
                .isEqualTo(modified);
        if (modified) {
            if (written) {
                assertThat(pool.content(command.tail().orElseThrow()))
                        .as("the tail of %s on %s", volume.id(), command.node())
                        .isEqualTo(left);
            }
            assertThat(after.volumes().size()).isEqualTo(before.volumes().size() + 1);
        }
        count(modified ? "rejoined, diverged" : "rejoined, unmodified");
    }

    /// Each acknowledged write is in the present head, or in a volume that diverged.
    void assertNothingIsLost() {
        ClusterState state = cluster.leader.state();
        for (Volume volume : state.volumes().values()) {
            if (volume.state() == Volume.State.DELETING) {
                continue;
            }
            Set<String> there = new HashSet<>(head(volume));
            state.volumes().values().stream()
                    .filter(other -> other.diverges() && other.id().startsWith(volume.id() + ".diverged-"))
                    .forEach(other -> there.addAll(head(other)));
            there.addAll(deleted);
            assertIsIn(there, volume, live.getOrDefault(volume.id(), new LinkedHashMap<>()));
            assertIsIn(there, volume, tails.getOrDefault(volume.id(), new LinkedHashMap<>()));
        }
    }

    private void assertIsIn(Set<String> there, Volume volume, Map<String, Write> writes) {
        long since = wentBack.getOrDefault(volume.id(), 0L);
        assertThat(writes.entrySet().stream()
                        .filter(write -> write.getValue().epoch() >= since && !there.contains(write.getKey()))
                        .toList())
                .as("what was acknowledged of %s and is nowhere", volume)
                .isEmpty();
    }

    private List<String> head(Volume volume) {
        return cluster.node(volume.head().primary()).head(volume.id());
    }
}
