package io.flocker.core.balance;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.MoveChanges;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.cluster.Planned;

/// Commands about how load is spread.
public final class BalanceChanges {
    private BalanceChanges() {}

    public static Outcome after(ClusterState state, Command.OfBalance command) {
        return switch (command) {
            case Command.SetBalance c -> set(state, c);
            case Planned.Shift c -> shift(state, c);
            case Planned.Rest c -> rest(state, c);
            case Planned.Notice c -> notice(state, c);
        };
    }

    private static Outcome set(ClusterState state, Command.SetBalance command) {
        BalanceSettings settings = command.settings();
        if (settings.objection().isPresent()) {
            return new Outcome.Refused(
                    Outcome.Reason.INVALID,
                    "Load cannot be spread like that: " + settings.objection().get());
        }
        Balance balance = state.balance();
        if (command.once().orElse(false) && settings.movesAtOnce() == 0) {
            return new Outcome.Refused(
                    Outcome.Reason.CONFLICT,
                    "Load cannot be spread: no move may be under way at once; flocker balance set --at-once 2 allows"
                            + " two");
        }
        Balance changed = settings.equals(balance.settings()) ? balance : balance.with(settings);
        if (command.once().isPresent()) {
            changed =
                    command.once().get() ? changed.askedFor(command.by(), command.atMillis()) : changed.askedFor("", 0);
        }
        ClusterState next = state.with(changed);
        String what = news(balance, next.balance());
        return what.isEmpty()
                ? new Outcome.Accepted(next)
                : told(next, command.atMillis(), what + ", as " + command.by() + " asked for");
    }

    private static String news(Balance before, Balance after) {
        if (before.settings().auto() != after.settings().auto()) {
            return after.settings().auto() ? "Load is spread by itself" : "Load is not spread by itself any more";
        }
        if (before.askedBy().isEmpty() != after.askedBy().isEmpty()) {
            return after.askedBy().isEmpty() ? "Spreading load ended early" : "Spreading load until it is even";
        }
        return "";
    }

    private static Outcome shift(ClusterState state, Planned.Shift command) {
        Outcome outcome = MoveChanges.start(state, command.move(), command.instance());
        return outcome instanceof Outcome.Accepted accepted
                ? new Outcome.Accepted(accepted.state()
                        .telling(
                                command.atMillis(),
                                command.move().environment(),
                                command.move().environment(),
                                command.why()))
                : outcome;
    }

    private static Outcome rest(ClusterState state, Planned.Rest command) {
        return state.balance().askedBy().isEmpty()
                ? new Outcome.Refused(Outcome.Reason.CONFLICT, "Nobody asked for load to be spread")
                : told(state.with(state.balance().askedFor("", 0)), command.atMillis(), command.why());
    }

    private static Outcome notice(ClusterState state, Planned.Notice command) {
        return command.busy().equals(state.balance().busy())
                ? new Outcome.Refused(Outcome.Reason.CONFLICT, "That is known already")
                : new Outcome.Accepted(state.with(state.balance().withBusy(command.busy())));
    }

    private static Outcome told(ClusterState state, long atMillis, String text) {
        return new Outcome.Accepted(state.telling(atMillis, "", "balance", text));
    }
}
