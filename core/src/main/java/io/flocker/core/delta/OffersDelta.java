package io.flocker.core.delta;

import io.flocker.core.plan.Offers;
import java.util.List;
import java.util.Optional;
import org.pcollections.TreePMap;

/// How [Offers] differ from earlier ones of the same leader. Each node is told of every instance that comes or goes
/// anywhere, but not of all the others each time.
///
/// @param base the revision it goes on from; 0 for none, so that `put` is all there is
/// @param revision the one it leads to
/// @param put what is new or another one; its shares, and how far proxies follow, are all there is
/// @param gone what is not there any more
public record OffersDelta(long base, long revision, Offers put, Gone gone) {
    /// What left.
    ///
    /// @param counts nodes by backend
    /// @param lingering the same
    /// @param exposed references of images
    public record Gone(
            TreePMap<String, List<String>> counts, TreePMap<String, List<String>> lingering, List<String> exposed) {}

    /// From some to others.
    public static OffersDelta between(Offers before, Offers after) {
        var put = new Offers(
                after.revision(),
                after.since(),
                Maps.putEach(before.counts(), after.counts()),
                Maps.putEach(before.lingering(), after.lingering()),
                Maps.put(before.exposed(), after.exposed()),
                after.followed(),
                after.shares());
        var gone = new Gone(
                Maps.goneEach(before.counts(), after.counts()),
                Maps.goneEach(before.lingering(), after.lingering()),
                Maps.gone(before.exposed(), after.exposed()));
        return new OffersDelta(before.revision(), after.revision(), put, gone);
    }

    /// What comes of it.
    ///
    /// @param before what the node has
    /// @return empty if that is not what this goes on from
    public Optional<Offers> after(Offers before) {
        if (base != 0 && base != before.revision()) {
            return Optional.empty();
        }
        Offers old = base == 0 ? Offers.NONE : before;
        return Optional.of(new Offers(
                put.revision(),
                put.since(),
                Maps.changedEach(old.counts(), put.counts(), gone.counts()),
                Maps.changedEach(old.lingering(), put.lingering(), gone.lingering()),
                Maps.changed(old.exposed(), put.exposed(), gone.exposed()),
                put.followed(),
                put.shares()));
    }
}
