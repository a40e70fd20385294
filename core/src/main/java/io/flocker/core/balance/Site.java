package io.flocker.core.balance;

import io.flocker.core.model.Node;

/// A node as it matters for spreading load.
///
/// @param total what it has
/// @param room what of that is not taken by anything that Flocker does not run
/// @param fixed what is there and never moves for load's sake, such as replicas
/// @param unreserved what instances may still set aside
/// @param freeMemoryBytes bytes of memory that nothing uses; negative if that is not known
/// @param freePoolBytes bytes left in its pool; negative if that is not known
record Site(
        Node node,
        Burden total,
        Burden room,
        Burden fixed,
        Node.Capacity unreserved,
        double freeMemoryBytes,
        double freePoolBytes) {
    String name() {
        return node.name();
    }
}
