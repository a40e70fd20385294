package io.flocker.core.delta;

import io.flocker.core.plan.Assignment;
import java.util.List;
import java.util.Optional;

/// How a node's assignment differs from one that it was told before. Every node's place is in every assignment: sent
/// whole, they would be most of what a leader of many nodes sends.
///
/// @param base the revision it goes on from; 0 for none, so that `put` is all there is
/// @param revision the one it leads to
/// @param put what is new or another one
/// @param gone what is not there any more
public record AssignmentDelta(long base, long revision, Assignment put, Gone gone) {
    /// Keys of an assignment's maps.
    public record Gone(
            List<String> nodes,
            List<String> volumes,
            List<String> instances,
            List<String> images,
            List<String> environments,
            List<String> certificates) {}

    /// From one to another of the same node.
    public static AssignmentDelta between(Assigned before, Assigned after) {
        Assignment old = before.assignment();
        Assignment now = after.assignment();
        var put = new Assignment(
                now.node(),
                Maps.put(old.nodes(), now.nodes()),
                Maps.put(old.volumes(), now.volumes()),
                Maps.put(old.instances(), now.instances()),
                Maps.put(old.images(), now.images()),
                Maps.put(old.environments(), now.environments()),
                Maps.put(old.certificates(), now.certificates()));
        var gone = new Gone(
                Maps.gone(old.nodes(), now.nodes()),
                Maps.gone(old.volumes(), now.volumes()),
                Maps.gone(old.instances(), now.instances()),
                Maps.gone(old.images(), now.images()),
                Maps.gone(old.environments(), now.environments()),
                Maps.gone(old.certificates(), now.certificates()));
        return new AssignmentDelta(before.revision(), after.revision(), put, gone);
    }

    /// What comes of it.
    ///
    /// @param before what the node has
    /// @return empty if that is not what this goes on from
    public Optional<Assigned> after(Assigned before) {
        if (base != 0 && base != before.revision()) {
            return Optional.empty();
        }
        Assignment old = base == 0 ? Assignment.NOTHING : before.assignment();
        var now = new Assignment(
                put.node(),
                Maps.changed(old.nodes(), put.nodes(), gone.nodes()),
                Maps.changed(old.volumes(), put.volumes(), gone.volumes()),
                Maps.changed(old.instances(), put.instances(), gone.instances()),
                Maps.changed(old.images(), put.images(), gone.images()),
                Maps.changed(old.environments(), put.environments(), gone.environments()),
                Maps.changed(old.certificates(), put.certificates(), gone.certificates()));
        return Optional.of(new Assigned(revision, now));
    }
}
