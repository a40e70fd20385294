package io.flocker.core.model;

/// One container of a service on one node, as decided. The agent makes it so.
///
/// @param service in the environment that holds this instance
/// @param slot counts from 1 within the service
/// @param release the release it runs
/// @param restarts the service's count of requested restarts that this instance follows
/// @param node where it runs
/// @param placedBy the rules that chose the node when it was chosen, in words
/// @param succeeds the name of the instance that stops once this one serves; empty for none
/// @param held whether no request reaches it yet: the data it has come back if it never is healthy, or
///     it waits for the others of its release
/// @param letInAtMillis since when requests reach it, which was held before; 0 for one that was not.
///     The one that it succeeds gets none from then on
/// @param canary whether it tries its release for the others while the one that it succeeds is there
public record Instance(
        String service,
        int slot,
        int release,
        long restarts,
        String node,
        String placedBy,
        String succeeds,
        boolean held,
        long letInAtMillis,
        boolean canary,
        Desired desired) {
    /// Grows monotonically within one release: prepare, run, stop.
    public enum Desired {
        /// Pull the image, make the volumes; do not start yet.
        PREPARE,
        RUN,
        /// Stop, and remove the container; the instance is forgotten once it is gone.
        STOP
    }

    /// `web.1`
    public String name() {
        return name(service, slot);
    }

    public static String name(String service, int slot) {
        return service + "." + slot;
    }

    public Instance to(Desired next) {
        return new Instance(
                service, slot, release, restarts, node, placedBy, succeeds, held, letInAtMillis, canary, next);
    }

    /// The same slot on another node, from the beginning.
    public Instance on(String newNode, String newPlacedBy) {
        return new Instance(
                service, slot, release, restarts, newNode, newPlacedBy, succeeds, held, 0, canary, Desired.PREPARE);
    }

    /// The same slot with another release or restart, from the beginning.
    public Instance following(Service current) {
        return new Instance(
                service,
                slot,
                current.current(),
                current.restarts(),
                node,
                placedBy,
                succeeds,
                held,
                0,
                false,
                Desired.PREPARE);
    }

    /// The one that takes its place, beside it.
    public Instance successor(Service current, int newSlot) {
        return new Instance(
                service,
                newSlot,
                current.current(),
                current.restarts(),
                node,
                placedBy,
                name(),
                false,
                0,
                false,
                Desired.PREPARE);
    }

    /// Without requests.
    public Instance asHeld() {
        return new Instance(service, slot, release, restarts, node, placedBy, succeeds, true, 0, canary, desired);
    }

    /// With requests, after it was held.
    public Instance letIn(long atMillis) {
        return new Instance(
                service, slot, release, restarts, node, placedBy, succeeds, false, atMillis, canary, desired);
    }

    /// With a share of the requests while the one that it succeeds is there.
    public Instance asCanary() {
        return new Instance(
                service, slot, release, restarts, node, placedBy, succeeds, held, letInAtMillis, true, desired);
    }

    /// Whether it is of an earlier release or restart of its service.
    public boolean isBehind(Service current) {
        return release != current.current() || restarts != current.restarts();
    }
}
