package io.flocker.core.replication;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.MoveChanges;
import io.flocker.core.lease.LeaseTerms;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Node;
import io.flocker.core.model.Snapshot;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.model.Volume;
import io.flocker.core.plan.Observed;
import io.flocker.core.plan.Problem;
import io.flocker.core.plan.Sighting;
import io.flocker.core.plan.StoredVolume;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/// The nodes that could take over services with their volumes from a node that is gone.
public final class Candidates {
    /// What a node said is believed for so long.
    private static final long FRESH_MILLIS = 3_000;

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final ClusterState state;
    private final TreePMap<String, Sighting> sightings;
    private final Environment environment;
    private final MoveChanges.Together together;
    private final List<Volume> volumes;
    private final String from;
    private final long nowMillis;
    private final List<String> objections = new ArrayList<>();
    private final List<Candidate> all = new ArrayList<>();

    /// @param from the node that is gone
    public Candidates(
            ClusterState state,
            TreePMap<String, Sighting> sightings,
            Environment environment,
            MoveChanges.Together together,
            String from,
            long nowMillis) {
        this.state = state;
        this.sightings = sightings;
        this.environment = environment;
        this.together = together;
        this.from = from;
        this.nowMillis = nowMillis;
        volumes = together.volumes(state, environment);
        var nodes = new TreeSet<String>();
        volumes.forEach(volume -> volume.copies().forEach((node, copy) -> {
            if (copy.mayTakeOver()) {
                nodes.add(node);
            }
        }));
        nodes.remove(from);
        nodes.forEach(this::consider);
        if (nodes.isEmpty()) {
            objections.add("there is none");
        }
    }

    private void consider(String name) {
        Optional<String> objection = objection(name);
        if (objection.isPresent()) {
            objections.add(name + " " + objection.get());
            return;
        }
        TreePMap<String, List<String>> held = TreePMap.empty();
        for (Volume volume : volumes) {
            StoredVolume stored = stored(name, volume);
            held = stored == null ? held : held.plus(volume.id(), stored.snapshots());
        }
        TreePMap<String, Snapshot> bases = Moments.bases(volumes, held);
        TreePMap<String, String> positions = TreePMap.empty();
        long loss = 0;
        long bytes = 0;
        for (Volume volume : volumes) {
            Snapshot base = bases.get(volume.id());
            if (base == null) {
                objections.add(name + " has not received " + volume.name() + " yet");
                return;
            }
            positions = positions.plus(volume.name(), base.id().position());
            long lacks = Math.max(0, endMillis() - base.requestedAtMillis());
            loss = Math.max(loss, lacks);
            bytes = Backlog.sum(bytes, Backlog.bytes(volume, sightings.get(name), lacks));
        }
        boolean oneMoment = Moments.areOne(bases.values());
        all.add(new Candidate(environment, together, from, name, held, positions, oneMoment, loss, bytes));
    }

    private Optional<String> objection(String name) {
        Node node = state.nodes().get(name);
        Sighting sighting = sightings.get(name);
        if (node == null) {
            return Optional.of("is no node any more");
        }
        if (sighting == null || nowMillis - sighting.atMillis() > FRESH_MILLIS) {
            return Optional.of("is not heard");
        }
        if (node.availability() == Node.Availability.DRAINED) {
            return Optional.of("is drained");
        }
        if (volumes.stream().anyMatch(volume -> volume.replicas().rejoining().containsKey(name))) {
            return Optional.of("was the primary before and is still to say what it wrote");
        }
        return together.services().stream()
                .flatMap(service ->
                        Optional.ofNullable(environment.application().services().get(service)).stream())
                .flatMap(spec -> node.objection(spec.placement()).stream())
                .findFirst();
    }

    private @Nullable StoredVolume stored(String node, Volume volume) {
        Sighting sighting = sightings.get(node);
        Volume.Copy copy = volume.copies().get(node);
        return sighting == null || copy == null || !copy.mayTakeOver()
                ? null
                : sighting.observed().volumes().get(volume.id());
    }

    /// Until when the node that is gone may have written: without a lease, until now.
    private long endMillis() {
        Sighting last = sightings.get(from);
        return last != null
                        && !last.observed().equals(Observed.NOTHING)
                        && volumes.stream().allMatch(Volume::armed)
                ? Math.min(nowMillis, last.atMillis() + LeaseTerms.USUAL.leaseMillis())
                : nowMillis;
    }

    /// How long the node has not been heard.
    public long silenceMillis() {
        Sighting last = sightings.get(from);
        return last == null ? 0 : nowMillis - last.atMillis();
    }

    /// Whether the node is there: its lease may still hold, so that nobody takes anything from it.
    public boolean heard() {
        return silenceMillis() * NANOS_PER_MILLI < LeaseTerms.USUAL.waitNanos();
    }

    /// Where a lease can be kept; of those, where least is lost; if that is the same, in the same data center, then
    /// where
    /// most is free.
    public Optional<Candidate> best() {
        return best(_ -> true);
    }

    /// The same among some nodes.
    public Optional<Candidate> best(Predicate<String> among) {
        return all.stream()
                .filter(candidate -> among.test(candidate.node()))
                .min(Comparator.<Candidate, Boolean>comparing(candidate -> !keepsLease(candidate.node()))
                        .thenComparingLong(Candidate::lossMillis)
                        .thenComparing(
                                candidate -> !datacenter(candidate.node()).equals(datacenter(from)))
                        .thenComparingLong(candidate -> points(candidate.node()))
                        .thenComparing(Candidate::node));
    }

    /// Whether stopping its writers does not take so long that they would be stopped again and again.
    private boolean keepsLease(String name) {
        Sighting sighting = sightings.get(name);
        return sighting == null || sighting.problems().stream().noneMatch(Problem::aboutLease);
    }

    private long points(String name) {
        Node node = state.nodes().get(name);
        return node == null ? Long.MAX_VALUE : Replication.points(state, node);
    }

    private String datacenter(String name) {
        Node node = state.nodes().get(name);
        return node == null ? "" : node.datacenter();
    }

    public Optional<Candidate> on(String node) {
        return all.stream().filter(candidate -> candidate.node().equals(node)).findFirst();
    }

    /// A replica that is known to have more than `candidate`, but cannot be reached, in words.
    public Optional<String> ahead(Candidate candidate) {
        for (Volume volume : volumes) {
            SnapshotId base = SnapshotId.of(volume.id(), candidate.bases().getOrDefault(volume.name(), "0.0"));
            for (var tip : volume.replicas().tips().entrySet()) {
                boolean more =
                        tip.getValue().compareTo(base) > 0 && !tip.getKey().equals(from);
                if (more && on(tip.getKey()).isEmpty()) {
                    return Optional.of(tip.getKey() + " has " + volume.name() + " up to "
                            + tip.getValue().position() + ", but cannot take over now");
                }
            }
        }
        return Optional.empty();
    }

    /// Why the others could not, in words.
    public String objections() {
        return String.join(", ", objections);
    }
}
