package io.flocker.core.model;

import io.flocker.core.spec.ServiceSpec;
import java.util.Optional;
import org.pcollections.TreePMap;

/// A component of an environment and its history.
///
/// @param number its place in the environment's address plan, from 1; never another service's while this one is here
/// @param releases by number; the newest [#MAX_RELEASES] are kept
/// @param current the number of the release that should run
/// @param scale how many instances should run
/// @param restarts how often a user asked for a restart; an instance with a lower count restarts
/// @param suspended the operation that keeps every instance stopped for now; empty for none
public record Service(
        String name,
        int number,
        TreePMap<Integer, Release> releases,
        int current,
        int scale,
        long restarts,
        String suspended) {
    public static final int MAX_RELEASES = 20;

    public Release release() {
        return release(current).orElseThrow();
    }

    public Optional<Release> release(int wanted) {
        return Optional.ofNullable(releases.get(wanted));
    }

    public ServiceSpec spec() {
        return release().spec();
    }

    /// The same service with one more release, which becomes the current one.
    public Service with(Release release) {
        TreePMap<Integer, Release> kept = releases.plus(release.number(), release);
        while (kept.size() > MAX_RELEASES) {
            kept = kept.minusFirstEntry();
        }
        return new Service(name, number, kept, release.number(), scale, restarts, suspended);
    }

    /// The newest release before the current one that was not given up; empty if there is none.
    public Optional<Release> previous() {
        return releases.headMap(current, false).values().stream()
                .filter(release -> !release.failed())
                .reduce((_, newer) -> newer);
    }

    /// Gives up the current release for an earlier one.
    public Service backTo(Release earlier) {
        TreePMap<Integer, Release> kept = releases.plus(current, release().asFailed());
        return new Service(name, number, kept, earlier.number(), scale, restarts, suspended);
    }

    public Service scaledTo(int newScale) {
        return new Service(name, number, releases, current, newScale, restarts, suspended);
    }

    public Service restarted() {
        return new Service(name, number, releases, current, scale, restarts + 1, suspended);
    }

    public Service suspendedBy(String operation) {
        return new Service(name, number, releases, current, scale, restarts, operation);
    }
}
