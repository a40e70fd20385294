package io.flocker.core.balance;

import io.flocker.core.model.Node;
import io.flocker.core.model.Volume;
import io.flocker.core.spec.ServiceSpec;
import java.util.List;

/// What moves together: services with the volumes they share, or one instance of a service without volumes.
///
/// @param names of the services; none for a volume that no service uses
/// @param specs of the same services
/// @param instance the one instance's name; empty for what has volumes
/// @param site the index of the node where it is, or is about to be
/// @param bytes what has to be copied
/// @param runs whether anything of it runs, so that requests wait while it is handed over
/// @param free whether it may move now
record Unit(
        String environment,
        List<String> names,
        List<ServiceSpec> specs,
        List<Volume> volumes,
        String instance,
        int site,
        Burden burden,
        Node.Capacity needs,
        long bytes,
        boolean runs,
        boolean free) {
    /// What a move costs beside its bytes, as if so many more were copied: an instance starts and one stops.
    private static final long START_COST_BYTES = 4L << 20;

    /// The same if requests wait meanwhile.
    private static final long PAUSE_COST_BYTES = 32L << 20;

    /// A node with a replica has nearly all already: so small a part is left to copy.
    private static final long LEFT_WITH_REPLICA = 20;

    /// `shop/web.1`, `shop/db`, or `shop/data` for a volume alone.
    String key() {
        return environment + "/" + what();
    }

    /// The same within its environment.
    String what() {
        if (!instance.isEmpty()) {
            return instance;
        }
        return names.isEmpty()
                ? String.join(", ", volumes.stream().map(Volume::name).toList())
                : String.join(", ", names);
    }

    /// How many bytes have to be copied to a node.
    long bytesTo(String node) {
        boolean replica = !volumes.isEmpty()
                && volumes.stream().allMatch(volume -> volume.replicas().tips().containsKey(node));
        return replica ? bytes / LEFT_WITH_REPLICA : bytes;
    }

    /// What moving it there costs, in bytes.
    double costTo(String node) {
        return (double) bytesTo(node) + (volumes.isEmpty() || !runs ? START_COST_BYTES : PAUSE_COST_BYTES);
    }

    /// The same, which may not move now.
    Unit resting() {
        return new Unit(environment, names, specs, volumes, instance, site, burden, needs, bytes, runs, false);
    }
}
