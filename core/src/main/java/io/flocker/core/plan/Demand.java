package io.flocker.core.plan;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Forecast;
import io.flocker.core.cluster.JobChanges;
import io.flocker.core.cut.Cut;
import io.flocker.core.cut.CutPlanner;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Instance;
import io.flocker.core.model.Node;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Release;
import io.flocker.core.model.Service;
import io.flocker.core.model.Shares;
import io.flocker.core.model.Snapshot;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.model.Volume;
import io.flocker.core.plan.Assignment.WantedEnvironment;
import io.flocker.core.plan.Assignment.WantedImage;
import io.flocker.core.plan.Assignment.WantedInstance;
import io.flocker.core.plan.Assignment.WantedSnapshot;
import io.flocker.core.plan.Assignment.WantedVolume;
import io.flocker.core.replication.Replication;
import io.flocker.core.spec.ReplicationSpec;
import io.flocker.core.spec.ServiceSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pcollections.TreePMap;

/// What one environment asks of nodes.
///
/// @param source what it was derived from
/// @param parts by node
/// @param everywhere what it asks of the nodes without a part: the world reaches it by all of them
record Demand(Source source, TreePMap<String, Part> parts, Optional<WantedEnvironment> everywhere) {
    static final Demand NOTHING =
            new Demand(new Source(Optional.empty(), List.of(), List.of()), TreePMap.empty(), Optional.empty());

    /// All that an environment's demand depends on, but for the nodes; and what it forecasts, which depends on
    /// everything.
    ///
    /// @param environment empty if only volumes are left of it
    /// @param operations those that are running, and runs of jobs whose container is kept
    record Source(Optional<Environment> environment, List<Volume> volumes, List<Operation> operations) {
        /// Whether an operation has nodes get ready for what it is about to run.
        boolean isForecast() {
            return operations.stream().anyMatch(Demand::isComing);
        }
    }

    /// What it asks of one node.
    ///
    /// @param coming what to get ready for; it goes before what another environment says of an image
    record Part(
            TreePMap<String, WantedVolume> volumes,
            TreePMap<String, WantedInstance> instances,
            TreePMap<String, WantedImage> images,
            TreePMap<String, WantedImage> coming,
            Optional<WantedEnvironment> environment) {
        static final Part NOTHING =
                new Part(TreePMap.empty(), TreePMap.empty(), TreePMap.empty(), TreePMap.empty(), Optional.empty());

        Part with(WantedVolume volume) {
            return new Part(volumes.plus(volume.id(), volume), instances, images, coming, environment);
        }

        Part with(WantedInstance instance) {
            return new Part(volumes, instances.plus(instance.key(), instance), images, coming, environment);
        }

        Part with(WantedImage image) {
            return new Part(volumes, instances, images.plus(image.reference(), image), coming, environment);
        }

        Part withComing(WantedImage image) {
            return new Part(volumes, instances, images, coming.plus(image.reference(), image), environment);
        }

        Part with(WantedEnvironment wanted) {
            return new Part(volumes, instances, images, coming, Optional.of(wanted));
        }
    }

    static Demand of(ClusterState state, Source source, Forecast.Maker forecasts) {
        var parts = new TreeMap<String, Part>();
        for (Volume volume : source.volumes()) {
            String primary = volume.head().primary();
            add(parts, primary, part -> part.with(wanted(source, volume)));
            volume.copies().keySet().stream()
                    .filter(node -> !node.equals(primary))
                    .forEach(node -> add(parts, node, part -> part.with(copy(state, volume, node))));
        }
        if (source.environment().isEmpty()) {
            return new Demand(source, TreePMap.from(parts), Optional.empty());
        }
        Environment environment = source.environment().get();
        WantedEnvironment here = wanted(environment, true);
        WantedEnvironment open = wanted(environment, false);
        TreePMap<String, Integer> shares = Shares.of(environment);
        for (Instance instance : environment.instances().values()) {
            Integer share = shares.get(instance.name());
            OptionalInt weight = share == null ? OptionalInt.empty() : OptionalInt.of(share);
            WantedInstance wanted = wanted(environment, source.operations(), instance, weight);
            add(parts, instance.node(), part -> part.with(wanted).with(here));
            if (wanted.desired() != Instance.Desired.STOP) {
                String since = release(environment, instance).operation();
                add(parts, instance.node(), part -> part.with(image(wanted.spec(), since)));
            }
        }
        for (Operation operation : source.operations()) {
            run(environment, source.operations(), operation)
                    .ifPresent(wanted -> add(
                            parts,
                            ((Operation.Kind.Run) operation.kind()).node(),
                            part -> part.with(wanted).with(here).with(image(wanted.spec(), operation.id()))));
        }
        source.operations().stream()
                .filter(Demand::isComing)
                .forEach(operation -> forecasts
                        .of(state, operation)
                        .forEach((node, specs) -> specs.forEach(spec -> add(
                                parts,
                                node,
                                part -> part.withComing(image(spec, operation.id()))
                                        .with(here)))));
        replicas(parts, source, environment);
        boolean isOpen = isOpen(environment);
        if (isOpen) {
            parts.replaceAll((_, part) -> part.environment().isPresent() ? part : part.with(open));
        }
        return new Demand(source, TreePMap.from(parts), isOpen ? Optional.of(open) : Optional.empty());
    }

    private static void add(TreeMap<String, Part> parts, String node, UnaryOperator<Part> change) {
        parts.put(node, change.apply(parts.getOrDefault(node, Part.NOTHING)));
    }

    /// A node that may take over has the images of the services that would go on there.
    private static void replicas(TreeMap<String, Part> parts, Source source, Environment environment) {
        for (Volume volume : source.volumes()) {
            boolean current = volume.id().equals(environment.volumes().get(volume.name()));
            for (Service service : environment.services().values()) {
                if (current && service.spec().volumeNames().contains(volume.name())) {
                    WantedImage image =
                            image(service.release().runs(), service.release().operation());
                    Replication.nodes(volume).forEach(node -> add(parts, node, part -> part.with(image)));
                }
            }
        }
    }

    private static boolean isComing(Operation operation) {
        return operation.phase() == Operation.Phase.PREPARE || operation.kind() instanceof Operation.Kind.Move;
    }

    private static WantedImage image(ServiceSpec spec, String since) {
        return new WantedImage(spec.image(), spec.pull(), spec.sandbox().platform(), since);
    }

    /// Whether the world reaches an environment, by a published port or a host name: it does so on every node.
    private static boolean isOpen(Environment environment) {
        return environment.services().values().stream()
                .map(Service::spec)
                .anyMatch(
                        spec -> !spec.ports().isEmpty() || !spec.http().hosts().isEmpty());
    }

    private static Optional<Cut> cut(Source source, Volume volume, Snapshot snapshot) {
        return snapshot.origin() == Snapshot.Origin.REPLICATION
                ? cutOfRound(source, volume)
                : cut(source, snapshot.checkpoint());
    }

    /// None for a volume that is replicated alone.
    private static Optional<Cut> cutOfRound(Source source, Volume volume) {
        Map<String, Volume> byId = source.volumes().stream().collect(Collectors.toMap(Volume::id, other -> other));
        return source.environment()
                .map(environment -> Replication.group(environment, byId, volume))
                .filter(group -> group.size() > 1)
                .map(group -> Cut.ofRound(
                        volume.environment(),
                        group.getFirst().id(),
                        volume.head().primary()));
    }

    private static Optional<Cut> cut(Source source, String checkpoint) {
        return source.environment()
                .flatMap(environment -> Optional.ofNullable(
                                environment.checkpoints().get(checkpoint))
                        .map(found -> CutPlanner.cut(environment, found, source.volumes())));
    }

    private static boolean isTorn(Source source, String checkpoint) {
        return source.environment()
                .flatMap(environment -> Optional.ofNullable(
                                environment.checkpoints().get(checkpoint))
                        .filter(found -> CutPlanner.isTorn(environment, found, source.volumes())))
                .isPresent();
    }

    private static WantedVolume wanted(Source source, Volume volume) {
        List<WantedSnapshot> take = new ArrayList<>();
        List<SnapshotId> drop = new ArrayList<>();
        for (Snapshot snapshot : volume.snapshots().values()) {
            if (snapshot.state() == Snapshot.State.REQUESTED
                    && snapshot.id().epoch() == volume.head().epoch()
                    && !isTorn(source, snapshot.checkpoint())) {
                take.add(new WantedSnapshot(
                        snapshot.id(),
                        cut(source, volume, snapshot),
                        snapshot.origin() == Snapshot.Origin.REPLICATION));
            }
            boolean lent = volume.replicas().borrower(snapshot.id()).isPresent();
            if (snapshot.state() == Snapshot.State.DELETING && !lent) {
                drop.add(snapshot.id());
            }
        }
        return new WantedVolume(
                volume.id(),
                volume.environment(),
                volume.head(),
                "",
                List.of(),
                earlier(volume),
                Optional.empty(),
                volume.spec().sizeBytes(),
                volume.spec().seedBase64(),
                List.copyOf(take),
                List.copyOf(drop),
                volume.state() == Volume.State.DELETING
                        && volume.replicas().lent().isEmpty(),
                volume.spec().failsOver(),
                0,
                false);
    }

    /// The snapshots of heads before the present one. A primary that was a copy before may have others as well.
    private static List<SnapshotId> earlier(Volume volume) {
        return volume.snapshots().values().stream()
                .filter(snapshot -> snapshot.state() != Snapshot.State.DELETING)
                .map(Snapshot::id)
                .filter(id -> id.epoch() < volume.head().epoch())
                .toList();
    }

    private static WantedVolume copy(ClusterState state, Volume volume, String node) {
        Node primary = state.nodes().get(volume.head().primary());
        boolean onlyLent = volume.copies().get(node) == Volume.Copy.LENT;
        List<SnapshotId> lent = volume.replicas().lent().getOrDefault(node, List.of());
        List<SnapshotId> wanted = onlyLent ? lent : with(Replication.wanted(volume), lent);
        List<SnapshotId> kept = onlyLent ? lent : with(Replication.kept(volume), lent);
        Optional<SnapshotId> left =
                Optional.ofNullable(volume.replicas().rejoining().get(node));
        return new WantedVolume(
                volume.id(),
                volume.environment(),
                volume.head(),
                primary == null ? volume.head().primary() : primary.address(),
                wanted,
                kept,
                left,
                0,
                "",
                List.of(),
                List.of(),
                volume.copies().get(node) == Volume.Copy.DROP && left.isEmpty(),
                false,
                volume.spec().replication().map(ReplicationSpec::rateBytes).orElse(0L),
                volume.spec().replication().filter(ReplicationSpec::compressed).isPresent());
    }

    private static List<SnapshotId> with(List<SnapshotId> some, List<SnapshotId> others) {
        return others.isEmpty()
                ? some
                : Stream.concat(some.stream(), others.stream())
                        .distinct()
                        .sorted()
                        .toList();
    }

    private static WantedInstance wanted(
            Environment environment, List<Operation> operations, Instance instance, OptionalInt weight) {
        Release release = release(environment, instance);
        Service service = environment.services().get(instance.service());
        TreePMap<String, String> volumes = TreePMap.empty();
        for (String name : release.spec().volumeNames()) {
            volumes = volumes.plus(name, environment.volumes().getOrDefault(name, ""));
        }
        return new WantedInstance(
                environment.name(),
                instance.service(),
                instance.slot(),
                instance.release(),
                instance.restarts(),
                instance.desired(),
                environment.life().asleep()
                        || (service != null && !service.suspended().isEmpty()),
                service != null && returns(environment, operations, service),
                instance.held(),
                weight,
                isMeasured(environment, instance.service()),
                quiescing(environment, instance.service(), release.runs()),
                release.files(),
                volumes);
    }

    /// What stands still for an upgrade or a roll back goes on where it was; what moves or sleeps may not.
    private static boolean returns(Environment environment, List<Operation> operations, Service service) {
        return !environment.life().asleep()
                && operations.stream()
                        .filter(operation -> operation.id().equals(service.suspended()))
                        .anyMatch(operation -> operation.kind() instanceof Operation.Kind.Deploy
                                || operation.kind() instanceof Operation.Kind.RollBack);
    }

    /// What it does around a checkpoint is not part of a release.
    private static ServiceSpec quiescing(Environment environment, String service, ServiceSpec runs) {
        ServiceSpec spec = environment.application().services().get(service);
        return spec == null ? runs : runs.quiescing(spec.quiesce());
    }

    private static boolean isMeasured(Environment environment, String service) {
        ServiceSpec spec = environment.application().services().get(service);
        return spec != null && spec.autoscale().isPresent();
    }

    private static Release release(Environment environment, Instance instance) {
        return environment
                .service(instance.service())
                .flatMap(service -> service.release(instance.release()).or(() -> service.release(service.current())))
                .orElseThrow();
    }

    /// The container of a job that runs. One that has started is left as it is, never started again; of one that has
    /// ended the log is kept, unless the environment is being changed.
    private static Optional<WantedInstance> run(
            Environment environment, List<Operation> operations, Operation operation) {
        boolean overtaken = !operation.running() && operations.stream().anyMatch(Operation::running);
        if (!(operation.kind() instanceof Operation.Kind.Run run)
                || operation.phase() == Operation.Phase.PREPARE
                || overtaken) {
            return Optional.empty();
        }
        Service service = environment.services().get(run.service());
        Optional<ServiceSpec> spec = JobChanges.spec(environment, run);
        if (service == null || spec.isEmpty()) {
            return Optional.empty();
        }
        TreePMap<String, String> volumes = TreePMap.empty();
        for (String name : spec.get().volumeNames()) {
            volumes = volumes.plus(name, environment.volumes().getOrDefault(name, ""));
        }
        Instance.Desired desired = operation.phase() == Operation.Phase.CLEAN_UP
                ? Instance.Desired.STOP
                : run.result().started() ? Instance.Desired.PREPARE : Instance.Desired.RUN;
        return Optional.of(new WantedInstance(
                environment.name(),
                run.service(),
                Operation.Kind.Run.SLOT,
                run.release(),
                run.number(),
                desired,
                false,
                false,
                true,
                OptionalInt.empty(),
                false,
                spec.get(),
                service.release(run.release()).map(Release::files).orElse(TreePMap.empty()),
                volumes));
    }

    private static WantedEnvironment wanted(Environment environment, boolean here) {
        TreePMap<String, Integer> numbers = TreePMap.empty();
        TreePMap<String, String> names = TreePMap.empty();
        TreePMap<String, ServiceSpec> routed = TreePMap.empty();
        TreePMap<String, String> before = TreePMap.empty();
        for (Service service : environment.services().values()) {
            if (service.spec().job().isPresent()) {
                continue;
            }
            numbers = numbers.plus(service.name(), service.number());
            names = names.plus(service.name(), service.name());
            for (String alias : service.spec().aliases()) {
                if (!environment.services().containsKey(alias)) {
                    names = names.plus(alias, service.name());
                }
            }
            // By least connections, an idle proxy would send every request to the heaviest one.
            ServiceSpec spec = service.release().runs();
            routed = routed.plus(service.name(), Shares.isTried(environment, service) ? spec.inTurn() : spec);
            Release previous = service.previous().orElse(null);
            if (previous != null) {
                before = before.plus(service.name(), previous.runs().image());
            }
        }
        return new WantedEnvironment(
                environment.name(),
                here,
                numbers,
                names,
                routed,
                before,
                environment.life().asleep(),
                environment.life().sleepAfterMillis() > 0);
    }
}
