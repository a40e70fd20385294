package io.flocker.core.balance;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.model.Instance;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Volume;
import java.util.Map;
import java.util.TreeMap;

/// What has moved for load's sake, and does not move again before it has rested: for longer each time, so that nothing
/// goes to and fro for ever, whatever nodes say. One thread's.
final class Rests {
    /// After its first move something rests for so long, after each further one twice as long.
    static final long FIRST_MILLIS = 3_600_000;

    private static final int MAX_DOUBLINGS = 7;

    /// What moved is forgotten after four times as long as it rested.
    private static final int FORGOTTEN_AFTER = 4;

    /// What the cluster's rules refused to move is not tried again for so long.
    private static final long REFUSED_MILLIS = 300_000;

    private final Map<String, Rest> rests = new TreeMap<>();
    private final Map<String, Long> refusals = new TreeMap<>();

    /// @param moves how often it has moved
    /// @param sinceMillis when it did last
    /// @param operation which did it
    private record Rest(int moves, long sinceMillis, String operation) {
        long millis() {
            return FIRST_MILLIS << Math.min(moves - 1, MAX_DOUBLINGS);
        }
    }

    /// Takes note of moves that have begun.
    void remember(ClusterState state, long nowMillis) {
        for (Operation operation : state.operations().values()) {
            if (operation.startedBy().equals(BalanceMove.BY)) {
                remember(state, operation);
            }
        }
        rests.values().removeIf(rest -> Math.abs(nowMillis - rest.sinceMillis()) > FORGOTTEN_AFTER * rest.millis());
        refusals.values().removeIf(at -> Math.abs(nowMillis - at) > REFUSED_MILLIS);
    }

    private void remember(ClusterState state, Operation operation) {
        String environment = operation.environment() + "/";
        switch (operation.kind()) {
            case Operation.Kind.Move move -> {
                String services = String.join(", ", move.services());
                String key = environment + (services.isEmpty() ? volumes(state, move) : services);
                moved(operation, key, key);
            }
            case Operation.Kind.Replace replace ->
                replace.instances()
                        .forEach((going, coming) -> moved(
                                operation,
                                environment + going,
                                environment + Instance.name(replace.service(), coming.slot())));
            default -> {}
        }
    }

    private static String volumes(ClusterState state, Operation.Kind.Move move) {
        return String.join(
                ", ",
                move.volumes().stream()
                        .flatMap(id -> state.volume(id).stream())
                        .map(Volume::name)
                        .toList());
    }

    private void moved(Operation operation, String before, String after) {
        Rest known = rests.get(before);
        Rest next = rests.get(after);
        boolean told = (known != null && known.operation().equals(operation.id()))
                || (next != null && next.operation().equals(operation.id()));
        boolean older = known != null && known.sinceMillis() > operation.startedAtMillis();
        if (!told && !older) {
            rests.remove(before);
            rests.put(
                    after,
                    new Rest(known == null ? 1 : known.moves() + 1, operation.startedAtMillis(), operation.id()));
        }
    }

    /// The cluster's rules let it not move.
    void refused(BalanceMove move, long nowMillis) {
        refusals.put(move.environment() + "/" + move.what(), nowMillis);
    }

    /// Whether something may not move yet, by [Unit#key].
    boolean isResting(String key, long nowMillis) {
        Rest rest = rests.get(key);
        return refusals.containsKey(key) || (rest != null && Math.abs(nowMillis - rest.sinceMillis()) < rest.millis());
    }

    /// Whether something has moved, or was refused to, since then.
    boolean movedSince(String key, long sinceMillis) {
        Rest rest = rests.get(key);
        return refusals.containsKey(key) || (rest != null && rest.sinceMillis() >= sinceMillis);
    }
}
