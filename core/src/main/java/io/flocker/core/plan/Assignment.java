package io.flocker.core.plan;

import io.flocker.core.cut.Cut;
import io.flocker.core.lease.Tenure;
import io.flocker.core.model.Head;
import io.flocker.core.model.HostCertificate;
import io.flocker.core.model.Instance;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.spec.FileSpec;
import io.flocker.core.spec.ServiceSpec;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.pcollections.TreePMap;

/// What one node should have, as the cluster has decided it. Derived from the cluster's state
/// ([Assignments]), never stored.
///
/// @param node whose it is
/// @param nodes every node of the cluster by name, this one included
/// @param volumes by volume id
/// @param instances by [Found#key]
/// @param images by reference: those to have ready before anything else changes
/// @param environments by name: those with something to run here, and those that the world reaches by this node
/// @param certificates of host names, by name
public record Assignment(
        String node,
        TreePMap<String, Place> nodes,
        TreePMap<String, WantedVolume> volumes,
        TreePMap<String, WantedInstance> instances,
        TreePMap<String, WantedImage> images,
        TreePMap<String, WantedEnvironment> environments,
        TreePMap<String, HostCertificate> certificates) {
    /// Without certificates.
    public Assignment(
            String node,
            TreePMap<String, Place> nodes,
            TreePMap<String, WantedVolume> volumes,
            TreePMap<String, WantedInstance> instances,
            TreePMap<String, WantedImage> images,
            TreePMap<String, WantedEnvironment> environments) {
        this(node, nodes, volumes, instances, images, environments, TreePMap.empty());
    }

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
    /// @param keep the snapshots that a copy may have, `receive` among them, or the primary of earlier epochs
    ///     than its head's; all others go
    /// @param left where others went on from, if this node was the primary then and has not told yet what it wrote
    ///     after that; until it has, it receives and deletes nothing
    /// @param guarded whether only a lease allows to write it
    /// @param rateBytes a second to receive at most; 0 for no limit
    /// @param compressed whether it is to be sent compressed
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
            List<SnapshotId> keep,
            Optional<SnapshotId> left,
            long limitBytes,
            String seedBase64,
            List<WantedSnapshot> take,
            List<SnapshotId> drop,
            boolean delete,
            boolean guarded,
            long rateBytes,
            boolean compressed) {
        public boolean ofPrimary() {
            return source.isEmpty();
        }

        /// Whether this node writes it, and only under a lease.
        public boolean needsLease() {
            return guarded && ofPrimary();
        }

        public Tenure tenure() {
            return new Tenure(id, head.epoch());
        }

        private WantedVolume besidesRounds() {
            return new WantedVolume(
                    id,
                    environment,
                    head,
                    source,
                    List.of(),
                    List.of(),
                    left,
                    limitBytes,
                    seedBase64,
                    take.stream().filter(snapshot -> !snapshot.ofRound()).toList(),
                    List.of(),
                    delete,
                    guarded,
                    rateBytes,
                    compressed);
        }
    }

    /// The same without what changes with every round of replication: nodes are always a little behind with that, and
    /// nothing else waits until they are not.
    public Assignment besidesRounds() {
        TreePMap<String, WantedVolume> others = volumes;
        for (WantedVolume volume : volumes.values()) {
            others = others.plus(volume.id(), volume.besidesRounds());
        }
        return new Assignment(node, nodes, others, instances, images, environments, certificates);
    }

    /// What this node writes only under a lease, sorted.
    public List<Tenure> tenures() {
        return volumes.values().stream()
                .filter(WantedVolume::needsLease)
                .map(WantedVolume::tenure)
                .sorted()
                .toList();
    }

    /// The tenures without which an instance must not run, sorted.
    public List<Tenure> tenures(WantedInstance instance) {
        return instance.volumes().values().stream()
                .distinct()
                .flatMap(id -> Optional.ofNullable(volumes.get(id)).stream())
                .filter(WantedVolume::needsLease)
                .map(WantedVolume::tenure)
                .sorted()
                .toList();
    }

    /// Whether it still asks for what `step` fetches, from where it fetches it.
    public boolean wants(Step.Receive step) {
        WantedVolume volume = volumes.get(step.snapshot().volume());
        return volume != null
                && !volume.delete()
                && volume.source().equals(step.source())
                && volume.keep().contains(step.snapshot());
    }

    /// A snapshot to take; those of one cut at one moment.
    ///
    /// @param cut that of its checkpoint, or of its round if others belong to it; empty for one on
    ///     its own
    /// @param ofRound whether it is only for replicas
    public record WantedSnapshot(SnapshotId id, Optional<Cut> cut, boolean ofRound) {}

    /// An instance that belongs on this node.
    ///
    /// @param suspended to have no container for now
    /// @param returns whether it is suspended only to go on here soon: whoever asks for it waits on this node
    /// @param held whether no request may reach it yet
    /// @param weight its share of the requests beside its service's other instances; 0 for no new
    ///     ones, empty for as much as any
    /// @param measured whether the node is to say how busy it is
    /// @param volumes ids of the volumes its specification names, by name
    public record WantedInstance(
            String environment,
            String service,
            int slot,
            int release,
            long restarts,
            Instance.Desired desired,
            boolean suspended,
            boolean returns,
            boolean held,
            OptionalInt weight,
            boolean measured,
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
    /// @param before the image each service ran before its present release, if it ran one
    /// @param asleep whether the node is to say who waits for it
    /// @param watched whether the node is to say when somebody last talked to it
    public record WantedEnvironment(
            String name,
            boolean here,
            TreePMap<String, Integer> services,
            TreePMap<String, String> names,
            TreePMap<String, ServiceSpec> routed,
            TreePMap<String, String> before,
            boolean asleep,
            boolean watched) {}
}
