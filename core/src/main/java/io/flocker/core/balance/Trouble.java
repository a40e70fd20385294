package io.flocker.core.balance;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.model.Node;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Volume;
import io.flocker.core.plan.Sighting;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/// Why nothing should move now, though load is uneven.
///
/// @param why in words
/// @param grave whether it is a reason to stop, not only to wait
record Trouble(String why, boolean grave) {
    /// A node that said nothing for so long is not heard.
    static final long SILENT_MILLIS = 10_000;

    /// After a move that failed, this long until the next one; doubles with every failure in a row.
    private static final long FIRST_PAUSE_MILLIS = 600_000;

    private static final long LONGEST_PAUSE_MILLIS = 6 * 3_600_000;

    /// The first trouble there is; empty for none.
    static Optional<Trouble> of(ClusterState state, TreePMap<String, Sighting> sightings, long nowMillis) {
        return failure(state, nowMillis)
                .or(() -> silence(state, sightings, nowMillis))
                .or(() -> change(state))
                .or(() -> data(state));
    }

    /// The last moves are those that ended nearest to now: after the clock was set back, those from before it have
    /// ended
    /// in the future. That is no reason to wait, nor to overlook what failed since.
    private static Optional<Trouble> failure(ClusterState state, long nowMillis) {
        List<Operation> last = state.operations().values().stream()
                .filter(operation -> operation.startedBy().equals(BalanceMove.BY) && !operation.running())
                .sorted(Comparator.comparingLong(operation -> Math.abs(nowMillis - operation.changedAtMillis())))
                .takeWhile(operation -> operation.state() == Operation.State.FAILED)
                .toList();
        if (last.isEmpty()) {
            return Optional.empty();
        }
        Operation newest = last.getFirst();
        boolean asked = !state.balance().askedBy().isEmpty();
        long pause = Math.min(FIRST_PAUSE_MILLIS << Math.min(last.size() - 1, 10), LONGEST_PAUSE_MILLIS);
        boolean counts = asked
                ? newest.startedAtMillis() >= state.balance().askedAtMillis()
                : nowMillis >= newest.changedAtMillis() && nowMillis - newest.changedAtMillis() < pause;
        return counts
                ? Optional.of(new Trouble(
                        "the last move failed (flocker op show " + newest.id() + "): " + newest.error(), true))
                : Optional.empty();
    }

    private static Optional<Trouble> silence(ClusterState state, TreePMap<String, Sighting> sightings, long nowMillis) {
        return state.nodes().values().stream()
                .filter(node -> node.availability() == Node.Availability.ACTIVE)
                .map(Node::name)
                .filter(node -> !isHeard(sightings.get(node), nowMillis))
                .findFirst()
                .map(node -> new Trouble("node " + node + " is not heard", false));
    }

    static boolean isHeard(@Nullable Sighting sighting, long nowMillis) {
        return sighting != null && Math.abs(nowMillis - sighting.atMillis()) < SILENT_MILLIS;
    }

    private static Optional<Trouble> change(ClusterState state) {
        return state.operations().values().stream()
                .filter(operation ->
                        operation.running() && !operation.startedBy().equals(BalanceMove.BY))
                .filter(operation -> !(operation.kind() instanceof Operation.Kind.Run)
                        && !(operation.kind() instanceof Operation.Kind.Restart))
                .findFirst()
                .map(operation -> new Trouble(
                        "a " + operation.verb() + " of " + operation.environment() + " is under way", false));
    }

    private static Optional<Trouble> data(ClusterState state) {
        for (Volume volume : state.volumes().values()) {
            String name = volume.environment() + "/" + volume.name();
            if (!volume.replicas().blocked().isEmpty()) {
                return Optional.of(new Trouble("volume " + name + " is blocked", false));
            }
            if (!volume.replicas().rejoining().isEmpty()) {
                return Optional.of(new Trouble("a former primary of " + name + " is still to give it up", false));
            }
        }
        return Optional.empty();
    }
}
