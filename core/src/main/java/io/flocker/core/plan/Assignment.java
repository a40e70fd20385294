package io.flocker.core.plan;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Forecast;
import io.flocker.core.model.Environment;
import io.flocker.core.model.FileSpec;
import io.flocker.core.model.Head;
import io.flocker.core.model.Instance;
import io.flocker.core.model.Node;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Release;
import io.flocker.core.model.Service;
import io.flocker.core.model.ServiceSpec;
import io.flocker.core.model.Snapshot;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.model.Volume;
import java.util.ArrayList;
import java.util.List;
import org.pcollections.TreePMap;

/// What one node should have, as the cluster has decided it. Derived from [ClusterState], never stored.
///
/// @param node whose it is
/// @param nodes every node of the cluster by name, this one included
/// @param volumes by volume id
/// @param instances by [Found#key]
/// @param images by reference: those to have ready before anything else changes
/// @param environments by name: those with something to run here, and those that the world reaches by this node
public record Assignment(
        String node,
        TreePMap<String, Place> nodes,
        TreePMap<String, WantedVolume> volumes,
        TreePMap<String, WantedInstance> instances,
        TreePMap<String, WantedImage> images,
        TreePMap<String, WantedEnvironment> environments) {

    public static final Assignment NOTHING = new Assignment(
            "", TreePMap.empty(), TreePMap.empty(), TreePMap.empty(), TreePMap.empty(), TreePMap.empty());

    /// Where a node is.
    ///
    /// @param datacenter the value of that label; empty for none
    public record Place(String address, String datacenter) {}

    /// A volume whose primary is this node, or one that it has a copy of.
    ///
    /// @param source the address of the node to receive snapshots from; empty on the primary, which has the head
    /// @param receive the snapshots to have, oldest first; none on the primary, which takes them
    /// @param seedBase64 what a new, empty head starts with
    /// @param take snapshots to take of the present head
    /// @param drop snapshots to delete
    /// @param delete whether the volume is to go altogether
    public record WantedVolume(
            String id,
            String environment,
            Head head,
            String source,
            List<SnapshotId> receive,
            long limitBytes,
            String seedBase64,
            List<WantedSnapshot> take,
            List<SnapshotId> drop,
            boolean delete) {
        public boolean ofPrimary() {
            return source.isEmpty();
        }
    }

    /// Whether it still asks for what `step` fetches, from where it fetches it.
    public boolean wants(Step.Receive step) {
        WantedVolume volume = volumes.get(step.snapshot().volume());
        return volume != null
                && !volume.delete()
                && volume.source().equals(step.source())
                && volume.receive().contains(step.snapshot());
    }

    /// A snapshot to take; those of one checkpoint at one moment.
    ///
    /// @param checkpoint its name; empty for a snapshot on its own
    public record WantedSnapshot(SnapshotId id, String checkpoint) {}

    /// An instance that belongs on this node.
    ///
    /// @param suspended to be stopped for now, its container kept
    /// @param volumes ids of the volumes its specification names, by name
    public record WantedInstance(
            String environment,
            String service,
            int slot,
            int release,
            long restarts,
            Instance.Desired desired,
            boolean suspended,
            ServiceSpec spec,
            TreePMap<String, FileSpec> files,
            TreePMap<String, String> volumes) {
        public String key() {
            return environment + "/" + service + "." + slot;
        }

        /// Whether `found` is this very instance, not an earlier release or restart of its slot.
        public boolean is(Found found) {
            return found.release() == release && found.restarts() == restarts;
        }
    }

    /// An image to have.
    ///
    /// @param since the operation that wants it: ALWAYS asks the registry once for each
    public record WantedImage(String reference, ServiceSpec.Pull pull, String platform, String since) {}

    /// What an environment's instances need around them.
    ///
    /// @param here whether something runs here, now or soon, so that a network is needed
    /// @param services numbers in the address plan, by service
    /// @param names every name a service is reached by, to the service
    /// @param routed the specifications that say how each service is reached
    public record WantedEnvironment(
            String name,
            boolean here,
            TreePMap<String, Integer> services,
            TreePMap<String, String> names,
            TreePMap<String, ServiceSpec> routed) {}

    /// What `node` should have.
    public static Assignment of(ClusterState state, String node) {
        TreePMap<String, WantedVolume> volumes = TreePMap.empty();
        for (Volume volume : state.volumes().values()) {
            if (volume.head().primary().equals(node)) {
                volumes = volumes.plus(volume.id(), wanted(volume));
            } else if (volume.copies().containsKey(node)) {
                volumes = volumes.plus(volume.id(), copy(state, volume, node));
            }
        }
        TreePMap<String, WantedInstance> instances = TreePMap.empty();
        TreePMap<String, WantedImage> images = TreePMap.empty();
        TreePMap<String, WantedEnvironment> environments = TreePMap.empty();
        for (Environment environment : state.environments().values()) {
            boolean here = false;
            for (Instance instance : environment.instances().values()) {
                if (instance.node().equals(node)) {
                    WantedInstance wanted = wanted(environment, instance);
                    instances = instances.plus(wanted.key(), wanted);
                    if (wanted.desired() != Instance.Desired.STOP) {
                        images = plus(
                                images,
                                wanted.spec(),
                                release(environment, instance).operation());
                    }
                    here = true;
                }
            }
            if (here || isOpen(environment)) {
                environments = environments.plus(environment.name(), wanted(environment, here));
            }
        }
        for (Operation operation : state.operations().values()) {
            List<ServiceSpec> coming = coming(state, operation, node);
            Environment environment = state.environments().get(operation.environment());
            for (ServiceSpec spec : coming) {
                images = plus(images, spec, operation.id());
            }
            if (!coming.isEmpty() && environment != null) {
                environments = environments.plus(environment.name(), wanted(environment, true));
            }
        }
        return new Assignment(node, places(state), volumes, instances, images, environments);
    }

    /// What an operation is about to run on `node`, which gets ready for it while everything else goes on.
    private static List<ServiceSpec> coming(ClusterState state, Operation operation, String node) {
        boolean before =
                operation.phase() == Operation.Phase.PREPARE || operation.kind() instanceof Operation.Kind.Move;
        return operation.running() && before ? Forecast.of(state, operation).getOrDefault(node, List.of()) : List.of();
    }

    /// Whether the world reaches an environment, by a published port or a host name: it does so on every node.
    private static boolean isOpen(Environment environment) {
        return environment.services().values().stream()
                .map(Service::spec)
                .anyMatch(
                        spec -> !spec.ports().isEmpty() || !spec.http().hosts().isEmpty());
    }

    private static TreePMap<String, Place> places(ClusterState state) {
        TreePMap<String, Place> places = TreePMap.empty();
        for (Node node : state.nodes().values()) {
            places = places.plus(
                    node.name(), new Place(node.address(), node.labels().getOrDefault(Node.DATACENTER, "")));
        }
        return places;
    }

    private static TreePMap<String, WantedImage> plus(
            TreePMap<String, WantedImage> images, ServiceSpec spec, String since) {
        return images.plus(
                spec.image(),
                new WantedImage(spec.image(), spec.pull(), spec.sandbox().platform(), since));
    }

    private static WantedVolume wanted(Volume volume) {
        List<WantedSnapshot> take = new ArrayList<>();
        List<SnapshotId> drop = new ArrayList<>();
        for (Snapshot snapshot : volume.snapshots().values()) {
            if (snapshot.state() == Snapshot.State.REQUESTED
                    && snapshot.id().epoch() == volume.head().epoch()) {
                take.add(new WantedSnapshot(snapshot.id(), snapshot.checkpoint()));
            }
            if (snapshot.state() == Snapshot.State.DELETING) {
                drop.add(snapshot.id());
            }
        }
        return new WantedVolume(
                volume.id(),
                volume.environment(),
                volume.head(),
                "",
                List.of(),
                volume.spec().sizeBytes(),
                volume.spec().seedBase64(),
                List.copyOf(take),
                List.copyOf(drop),
                volume.state() == Volume.State.DELETING);
    }

    private static WantedVolume copy(ClusterState state, Volume volume, String node) {
        Node primary = state.nodes().get(volume.head().primary());
        List<SnapshotId> receive = volume.snapshots().values().stream()
                .filter(snapshot -> snapshot.state() == Snapshot.State.READY)
                .map(Snapshot::id)
                .sorted()
                .toList();
        List<SnapshotId> drop = volume.snapshots().values().stream()
                .filter(snapshot -> snapshot.state() == Snapshot.State.DELETING)
                .map(Snapshot::id)
                .toList();
        return new WantedVolume(
                volume.id(),
                volume.environment(),
                volume.head(),
                primary == null ? volume.head().primary() : primary.address(),
                receive,
                0,
                "",
                List.of(),
                drop,
                volume.copies().get(node) == Volume.Copy.DROP);
    }

    private static WantedInstance wanted(Environment environment, Instance instance) {
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
                service != null && !service.suspended().isEmpty(),
                release.spec(),
                release.files(),
                volumes);
    }

    private static Release release(Environment environment, Instance instance) {
        return environment
                .service(instance.service())
                .flatMap(service -> service.release(instance.release()).or(() -> service.release(service.current())))
                .orElseThrow();
    }

    private static WantedEnvironment wanted(Environment environment, boolean here) {
        TreePMap<String, Integer> numbers = TreePMap.empty();
        TreePMap<String, String> names = TreePMap.empty();
        TreePMap<String, ServiceSpec> routed = TreePMap.empty();
        for (Service service : environment.services().values()) {
            numbers = numbers.plus(service.name(), service.number());
            names = names.plus(service.name(), service.name());
            for (String alias : service.spec().aliases()) {
                if (!environment.services().containsKey(alias)) {
                    names = names.plus(alias, service.name());
                }
            }
            routed = routed.plus(service.name(), service.spec());
        }
        return new WantedEnvironment(environment.name(), here, numbers, names, routed);
    }
}
