package io.flocker.core.model;

import java.util.Optional;
import org.pcollections.TreePMap;

/// A component of an environment and its history.
///
/// @param releases by number; the newest [#MAX_RELEASES] are kept
/// @param current the number of the release that should run
/// @param restarts how often a user asked for a restart; an instance with a lower count restarts
/// @param suspended the operation that keeps every instance stopped for now; empty for none
/// @param removed whether it is on its way out: instances stop, then it is forgotten
public record Service(
        String name,
        TreePMap<Integer, Release> releases,
        int current,
        long restarts,
        String suspended,
        boolean removed) {
    public static final int MAX_RELEASES = 20;

    public Release release() {
        return release(current).orElseThrow();
    }

    public Optional<Release> release(int number) {
        return Optional.ofNullable(releases.get(number));
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
        return new Service(name, kept, release.number(), restarts, suspended, false);
    }

    public Service at(int release) {
        return new Service(name, releases, release, restarts, suspended, removed);
    }

    public Service restarted() {
        return new Service(name, releases, current, restarts + 1, suspended, removed);
    }

    public Service suspendedBy(String operation) {
        return new Service(name, releases, current, restarts, operation, removed);
    }

    public Service leaving() {
        return new Service(name, releases, current, restarts, suspended, true);
    }
}
