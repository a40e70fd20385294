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
/// @param held whether no request reaches it yet: the data it has come back if it never is healthy
public record Instance(
        String service,
        int slot,
        int release,
        long restarts,
        String node,
        String placedBy,
        String succeeds,
        boolean held,
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
        return new Instance(service, slot, release, restarts, node, placedBy, succeeds, held, next);
    }

    /// The same slot on another node, from the beginning.
    public Instance on(String newNode, String newPlacedBy) {
        return new Instance(service, slot, release, restarts, newNode, newPlacedBy, succeeds, held, Desired.PREPARE);
    }

    /// The same slot with another release or restart, from the beginning.
    public Instance following(Service current) {
        return new Instance(
                service, slot, current.current(), current.restarts(), node, placedBy, "", held, Desired.PREPARE);
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
                Desired.PREPARE);
    }

    /// With or without requests.
    public Instance held(boolean isHeld) {
        return new Instance(service, slot, release, restarts, node, placedBy, succeeds, isHeld, desired);
    }

    /// Whether it is of an earlier release or restart of its service.
    public boolean isBehind(Service current) {
        return release != current.current() || restarts != current.restarts();
    }
}
