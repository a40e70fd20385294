package io.flocker.core.plan;

import io.flocker.core.cut.Cut;
import io.flocker.core.lease.Tenure;
import io.flocker.core.model.Instance.Desired;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.plan.Assignment.WantedInstance;
import io.flocker.core.plan.Assignment.WantedSnapshot;
import io.flocker.core.plan.Assignment.WantedVolume;
import io.flocker.core.plan.RoutingTable.Backend;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/// How a node gets from what it has to what it should have. Pure: the same assignment, offers and observation give the
/// same plan, and a node that has what it should have gets no steps.
public final class NodePlanner {
    /// The first pause before a container that ended by itself starts again; doubles with every failure in a row.
    static final long FIRST_RESTART_MILLIS = 200;

    static final long LONGEST_RESTART_MILLIS = 60_000;

    /// How long a container nobody knows has from its stop signal to SIGKILL.
    static final long SURPLUS_GRACE_MILLIS = 10_000;

    private final Assignment assignment;
    private final Offers offers;
    private final Observed observed;
    private final Situation situation;
    private final RoutingTable table;
    private final boolean routed;
    /// What the proxy sends by: `table`, once it is in force; empty if it is not known.
    private final Optional<RoutingTable> inForce;
    private final TreePMap<String, Integer> offered;
    /// Whether the offers know what this node offers now.
    private final boolean current;
    private final List<Step> steps = new ArrayList<>();

    /// What a node does next, and what it tells the others.
    ///
    /// @param steps those that can be taken now; steps for different subjects may run side by side
    /// @param offered how many instances take traffic here, by backend, or how much they weigh
    /// @param routed whether its proxy follows the offers that this was planned with
    public record Plan(List<Step> steps, TreePMap<String, Integer> offered, boolean routed) {}

    private NodePlanner(
            Assignment assignment, Offers offers, Observed observed, Offers.Heard heard, Optional<RoutingTable> given) {
        this.assignment = assignment;
        this.offers = offers;
        this.observed = observed;
        situation = new Situation(assignment, observed);
        table = RoutePlanner.table(assignment, offers, observed);
        routed = isInForce(table);
        inForce = routed ? Optional.of(table) : given.filter(this::isInForce);
        offered = offered();
        current = offers.follow(heard, offered);
    }

    /// What a node does now.
    ///
    /// @param heard what the leader has heard of this node
    /// @param given the table that its proxy was given last, if that is known: before it gets the next one, it may
    ///     have ceased to send to what is to stop
    public static Plan plan(
            Assignment assignment, Offers offers, Observed observed, Offers.Heard heard, Optional<RoutingTable> given) {
        NodePlanner planner = new NodePlanner(assignment, offers, observed, heard, given);
        planner.snapshots();
        // Volumes before networks: whoever takes the steps in this order has quick clones before what takes long.
        assignment.volumes().values().forEach(planner::volume);
        planner.surroundings();
        assignment.instances().values().forEach(planner::instance);
        planner.surplus();
        return new Plan(List.copyOf(planner.steps), planner.offered, planner.routed);
    }

    private boolean isInForce(RoutingTable any) {
        return any.fingerprint().equals(observed.routes());
    }

    private TreePMap<String, Integer> offered() {
        TreePMap<String, Integer> offered = TreePMap.empty();
        if (assignment.nodes().size() > 1) {
            for (Backend backend : table.backends().values()) {
                if (!backend.ofMesh() && !backend.servers().isEmpty()) {
                    // What others send here is weighed without this node's share: they weigh it themselves.
                    Backend plain = table.backends().getOrDefault(RoutingTable.meshed(backend.name()), backend);
                    offered = offered.plus(backend.name(), plain.weight());
                }
            }
        }
        return offered;
    }

    private void surroundings() {
        assignment.images().values().stream()
                .filter(image -> !situation.isHere(image))
                .map(Step.PullImage::new)
                .forEach(steps::add);
        assignment.environments().values().stream()
                .filter(environment ->
                        environment.here() && !observed.networks().containsKey(environment.name()))
                .map(environment -> new Step.CreateNetwork(environment.name()))
                .forEach(steps::add);
        if (!routed) {
            steps.add(new Step.Route(table));
        }
    }

    /// Those of a checkpoint, and those for replicas of volumes that belong together, are taken together or not at all:
    /// if one is here already, it is of an attempt that was cut off, and the leader is going to ask for others.
    private void snapshots() {
        TreeMap<String, List<SnapshotId>> groups = new TreeMap<>();
        TreeMap<String, Cut> cuts = new TreeMap<>();
        Set<String> spoiled = new TreeSet<>();
        for (WantedVolume volume : assignment.volumes().values()) {
            StoredVolume stored = observed.volumes().get(volume.id());
            boolean takes = stored != null
                    && stored.headEpoch() == volume.head().epoch()
                    && volume.ofPrimary()
                    && !situation.hasStray(volume.environment());
            List<String> here = stored == null ? List.of() : stored.snapshots();
            for (WantedSnapshot snapshot : volume.take()) {
                String group =
                        snapshot.cut().map(Cut::subject).orElse(snapshot.id().toString());
                snapshot.cut().ifPresent(cut -> cuts.put(group, cut));
                groups.computeIfAbsent(group, _ -> new ArrayList<>()).add(snapshot.id());
                if (!takes || here.contains(snapshot.id().position())) {
                    spoiled.add(group);
                }
            }
        }
        groups.keySet().removeAll(spoiled);
        groups.forEach((group, snapshots) -> {
            Optional<Cut> cut = Optional.ofNullable(cuts.get(group));
            List<Step.TakeSnapshots.Quiesce> quiesce = cut.filter(its -> !its.forReplicas())
                    .map(its -> quiesce(its.environment()))
                    .orElse(List.of());
            steps.add(new Step.TakeSnapshots(List.copyOf(snapshots), cut, quiesce));
        });
    }

    /// Each service does it once on each node, in the first of its containers.
    private List<Step.TakeSnapshots.Quiesce> quiesce(String environment) {
        TreeMap<String, Step.TakeSnapshots.Quiesce> byService = new TreeMap<>();
        for (WantedInstance instance : assignment.instances().values()) {
            Found found = observed.containers().get(instance.key());
            if (instance.environment().equals(environment) && found != null && found.state() == Found.State.RUNNING) {
                instance.spec()
                        .quiesce()
                        .ifPresent(commands -> byService.putIfAbsent(
                                instance.service(),
                                new Step.TakeSnapshots.Quiesce(instance.service(), found.id(), commands)));
            }
        }
        return List.copyOf(byService.values());
    }

    private void volume(WantedVolume volume) {
        StoredVolume stored = observed.volumes().get(volume.id());
        boolean idle = situation.isIdle(volume);
        if (volume.delete()) {
            if (stored != null && idle && !situation.isNeeded(volume.id(), "")) {
                steps.add(new Step.DeleteVolume(volume.id()));
            }
            return;
        }
        if (!volume.ofPrimary()) {
            copy(volume, stored, idle);
            return;
        }
        if (stored == null || stored.headEpoch() < volume.head().epoch()) {
            if (idle && !situation.isComing(volume.head().base())) {
                steps.add(new Step.MakeHead(volume.id(), volume.head(), volume.seedBase64()));
            }
            return;
        }
        if (stored.limitBytes() != volume.limitBytes()) {
            steps.add(new Step.LimitVolume(volume.id(), volume.limitBytes()));
        }
        stored.snapshots().stream()
                .filter(position -> !situation.isNeeded(volume.id(), position))
                .map(position -> SnapshotId.of(volume.id(), position))
                .filter(id -> volume.drop().contains(id)
                        || (id.epoch() < volume.head().epoch() && !volume.keep().contains(id)))
                .map(Step.DeleteSnapshot::new)
                .forEach(steps::add);
    }

    /// A copy has no head, and the snapshots that it is to have.
    private void copy(WantedVolume volume, @Nullable StoredVolume stored, boolean idle) {
        List<String> here = stored == null ? List.of() : stored.snapshots();
        if (stored != null
                && stored.headEpoch() > 0
                && stored.headEpoch() < volume.head().epoch()) {
            Optional<SnapshotId> last =
                    volume.left().or(volume.head()::base).filter(base -> here.contains(base.position()));
            if (idle && last.isPresent()) {
                steps.add(new Step.DropHead(volume.id(), last.get()));
            }
            return;
        }
        if (volume.left().isPresent()) {
            return;
        }
        List<String> kept = volume.keep().stream().map(SnapshotId::position).toList();
        here.stream()
                .filter(position -> !kept.contains(position) && !situation.isNeeded(volume.id(), position))
                .map(position -> new Step.DeleteSnapshot(SnapshotId.of(volume.id(), position)))
                .forEach(steps::add);
        Optional<SnapshotId> missing = volume.receive().stream()
                .filter(snapshot -> !here.contains(snapshot.position()))
                .findFirst();
        missing.ifPresent(
                snapshot -> steps.add(new Step.Receive(snapshot, base(volume, here, snapshot), volume.source())));
    }

    /// The last one before it that is here.
    private static Optional<SnapshotId> base(WantedVolume volume, List<String> here, SnapshotId snapshot) {
        return volume.keep().stream()
                .filter(other -> other.compareTo(snapshot) < 0 && here.contains(other.position()))
                .max(SnapshotId::compareTo);
    }

    private void instance(WantedInstance instance) {
        Found found = observed.containers().get(instance.key());
        if (found == null) {
            startNew(instance);
        } else if (found.running()) {
            boolean stops = instance.suspended() || situation.outdated(instance, found);
            if (stops && isDrained(instance.key())) {
                steps.add(new Step.Stop(
                        instance.key(), found.id(), instance.spec().process().stopGraceMillis()));
            }
        } else if (situation.isOver(instance, found)) {
            // Its log is kept until the run is no longer in the assignment.
            return;
        } else if (instance.suspended() || situation.outdated(instance, found)) {
            // What stays could still be started: an agent that has died since may have asked the engine for it.
            steps.add(new Step.RemoveContainer(instance.key(), found.id()));
        } else if (instance.is(found) && situation.headsAreHere(instance)) {
            startAgain(instance, found);
        }
    }

    /// Whether no proxy sends an instance anything any more: neither this node's nor another one's. Nor will this
    /// node's
    /// by the next table, which may come into force meanwhile.
    private boolean isDrained(String instance) {
        return inForce.isPresent() && isDrained(inForce.get(), instance) && isDrained(table, instance);
    }

    private boolean isDrained(RoutingTable any, String instance) {
        return any.backends().values().stream()
                .filter(backend -> backend.servers().containsKey(instance))
                .allMatch(backend ->
                        backend.ofMesh() && current && offers.isReleased(backend.origin(), assignment.node()));
    }

    private void startNew(WantedInstance instance) {
        var environment = assignment.environments().get(instance.environment());
        boolean wanted = instance.desired() == Desired.RUN && !instance.suspended();
        if (wanted && environment != null && situation.ready(instance) && situation.mayWrite(instance)) {
            steps.add(new Step.StartNew(instance, environment, assignment.tenures(instance)));
        }
    }

    private void startAgain(WantedInstance instance, Found found) {
        boolean neverStarted = found.state() == Found.State.CREATED;
        List<Tenure> tenures = assignment.tenures(instance);
        boolean starts = neverStarted || instance.spec().restart().restarts(found.exitCode(), found.failures());
        if (!starts) {
            return;
        }
        if (!found.tenures().equals(tenures)) {
            // It was made to be guarded as something else: the next one is made for what is so now.
            steps.add(new Step.RemoveContainer(instance.key(), found.id()));
        } else if (neverStarted && instance.spec().job().isPresent()) {
            // Unlike a service it must not start twice: this step looks whether it has started meanwhile.
            startNew(instance);
        } else if (situation.mayWrite(instance)) {
            steps.add(new Step.StartAgain(
                    instance.key(), found.id(), found.failures(), pauseMillis(found.failures()), tenures));
        }
    }

    private static long pauseMillis(int failures) {
        return failures == 0 ? 0 : Math.min(FIRST_RESTART_MILLIS << Math.min(failures - 1, 20), LONGEST_RESTART_MILLIS);
    }

    private void surplus() {
        observed.surplus().forEach(id -> steps.add(new Step.RemoveContainer("container " + id, id)));
        for (Found found : observed.containers().values()) {
            if (!assignment.instances().containsKey(found.key())) {
                steps.add(
                        found.running()
                                ? new Step.Stop(found.key(), found.id(), SURPLUS_GRACE_MILLIS)
                                : new Step.RemoveContainer(found.key(), found.id()));
            }
        }
        for (String environment : observed.networks().keySet()) {
            boolean used = observed.containers().values().stream()
                    .anyMatch(found -> found.environment().equals(environment));
            var wanted = assignment.environments().get(environment);
            if ((wanted == null || !wanted.here()) && !used) {
                steps.add(new Step.DeleteNetwork(environment));
            }
        }
    }
}
