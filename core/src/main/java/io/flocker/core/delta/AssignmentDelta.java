package io.flocker.core.delta;

import io.flocker.core.plan.Assignment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.pcollections.TreePMap;

/// How a node's assignment differs from one that it was told before. All of it is most of what a large cluster would
/// send otherwise: every node's place is in every assignment.
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
                put(old.nodes(), now.nodes()),
                put(old.volumes(), now.volumes()),
                put(old.instances(), now.instances()),
                put(old.images(), now.images()),
                put(old.environments(), now.environments()),
                put(old.certificates(), now.certificates()));
        var gone = new Gone(
                gone(old.nodes(), now.nodes()),
                gone(old.volumes(), now.volumes()),
                gone(old.instances(), now.instances()),
                gone(old.images(), now.images()),
                gone(old.environments(), now.environments()),
                gone(old.certificates(), now.certificates()));
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
                changed(old.nodes(), put.nodes(), gone.nodes()),
                changed(old.volumes(), put.volumes(), gone.volumes()),
                changed(old.instances(), put.instances(), gone.instances()),
                changed(old.images(), put.images(), gone.images()),
                changed(old.environments(), put.environments(), gone.environments()),
                changed(old.certificates(), put.certificates(), gone.certificates()));
        return Optional.of(new Assigned(revision, now));
    }

    /// Assignments share what they have in common: mostly it is the same object, and else it is looked through anyway.
    @SuppressWarnings("ReferenceEquality")
    private static boolean isSame(TreePMap<String, ?> before, TreePMap<String, ?> after) {
        return before == after;
    }

    private static <V> TreePMap<String, V> put(TreePMap<String, V> before, TreePMap<String, V> after) {
        if (before.isEmpty()) {
            return after;
        }
        TreePMap<String, V> put = TreePMap.empty();
        if (isSame(before, after)) {
            return put;
        }
        for (Map.Entry<String, V> entry : after.entrySet()) {
            if (!Objects.equals(before.get(entry.getKey()), entry.getValue())) {
                put = put.plus(entry.getKey(), entry.getValue());
            }
        }
        return put;
    }

    private static <V> List<String> gone(TreePMap<String, V> before, TreePMap<String, V> after) {
        List<String> gone = new ArrayList<>();
        if (isSame(before, after)) {
            return gone;
        }
        for (String key : before.keySet()) {
            if (!after.containsKey(key)) {
                gone.add(key);
            }
        }
        return List.copyOf(gone);
    }

    private static <V> TreePMap<String, V> changed(
            TreePMap<String, V> before, TreePMap<String, V> put, List<String> gone) {
        return (before.isEmpty() ? put : before.plusAll(put)).minusAll(gone);
    }
}
