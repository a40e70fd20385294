package io.flocker.core.balance;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.load.ClusterLoad;
import io.flocker.core.model.Operation;
import java.util.List;
import java.util.Optional;

/// How much may still move now, by what has moved lately.
final class Budget {
    private static final long HOUR_MILLIS = 3_600_000;

    private static final double MILLI = 1_000;

    private final BalanceSettings settings;
    private final boolean asked;
    private final List<Operation> lately;
    private final ClusterLoad load;
    private final long nowMillis;

    /// @param asked whether somebody asked for it, so that it need not wait for its hour
    Budget(ClusterState state, ClusterLoad load, boolean asked, long nowMillis) {
        settings = state.balance().settings();
        this.asked = asked;
        this.load = load;
        this.nowMillis = nowMillis;
        lately = state.operations().values().stream()
                .filter(operation -> operation.startedBy().equals(BalanceMove.BY))
                .toList();
    }

    /// Why nothing may begin, in words; empty if something may.
    Optional<String> objection() {
        if (free() <= 0) {
            return Optional.of(
                    settings.movesAtOnce() == 0
                            ? "no move may be under way at once (flocker balance set --at-once)"
                            : "as many moves are under way as may be at once: " + settings.movesAtOnce());
        }
        if (asked) {
            return Optional.empty();
        }
        if (settings.quiet().filter(quiet -> quiet.covers(nowMillis)).isPresent()) {
            return Optional.of("it is between " + settings.quiet().get() + ", when nothing moves by itself");
        }
        return left() <= 0
                ? Optional.of("as many moves began in the last hour as may: " + settings.movesPerHour())
                : Optional.empty();
    }

    private long free() {
        return settings.movesAtOnce()
                - lately.stream().filter(Operation::running).count();
    }

    private long left() {
        return settings.movesPerHour()
                - lately.stream()
                        .filter(operation -> Math.abs(nowMillis - operation.startedAtMillis()) < HOUR_MILLIS)
                        .count();
    }

    /// How many moves may begin now.
    long moves() {
        return objection().isPresent() ? 0 : asked ? free() : Math.min(free(), left());
    }

    /// Whether so much data may begin to be copied: what was copied before has taken its time.
    boolean allows(BalanceMove move) {
        if (move.bytes() == 0 || settings.bytesPerSecond().isEmpty()) {
            return true;
        }
        long rate = settings.bytesPerSecond().getAsLong();
        return rate > 0
                && lately.stream().allMatch(operation -> {
                    double takesMillis = bytes(operation) * MILLI / rate;
                    double since = nowMillis - operation.startedAtMillis();
                    return since >= takesMillis || since < -takesMillis;
                });
    }

    private double bytes(Operation operation) {
        return operation.kind() instanceof Operation.Kind.Move move
                ? move.volumes().stream()
                        .mapToDouble(id -> Burden.sane(load.volume(id).diskBytes()))
                        .sum()
                : 0;
    }
}
