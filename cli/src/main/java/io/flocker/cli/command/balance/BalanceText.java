package io.flocker.cli.command.balance;

import io.flocker.cli.amount.Bytes;
import io.flocker.cli.amount.Moment;
import io.flocker.cli.shell.Table;
import io.flocker.client.api.Balances;
import io.flocker.core.balance.BalanceMove;
import io.flocker.core.balance.BalanceSettings;
import java.util.List;
import java.util.Locale;

/// How load is spread, for people.
final class BalanceText {
    private static final double SECOND = 1_000;

    private BalanceText() {}

    static String of(Balances.Standing standing) {
        BalanceSettings settings = standing.settings();
        var table = new Table("SETTING", "VALUE");
        table.row("by itself", settings.auto() ? "auto" : "off");
        table.row("new instances", settings.packs() ? "pack" : "spread");
        table.row("moves at once", settings.movesAtOnce());
        table.row("moves an hour", settings.movesPerHour());
        table.row(
                "bytes a second",
                settings.bytesPerSecond().isPresent()
                        ? Bytes.text(settings.bytesPerSecond().getAsLong())
                        : "no limit");
        table.row("patience", Moment.length(settings.patienceMillis()));
        table.row(
                "quiet hours",
                settings.quiet().map(BalanceSettings.QuietHours::toString).orElse(""));
        String asked = standing.askedBy().isEmpty()
                ? ""
                : "Spreads load until it is even, as " + standing.askedBy() + " asked for.\n";
        String story = standing.story().isEmpty() ? "" : standing.story() + ".\n";
        return table + "\n" + shares(standing.nodes()) + (asked + story).indent(0);
    }

    static String of(Balances.Plan plan) {
        if (plan.moves().isEmpty()) {
            return shares(plan.nodes())
                    + (plan.even()
                            ? "Load is even: no node is more than 10 % from its even share.\n"
                            : "Nothing moves: nothing that may move would bring more than it costs.\n");
        }
        var table = new Table("ENVIRONMENT", "WHAT", "FROM", "TO", "DATA", "PAUSE", "LOAD THERE", "LOAD HERE");
        for (BalanceMove move : plan.moves()) {
            table.row(
                    move.environment(),
                    move.what(),
                    move.from(),
                    move.to(),
                    move.bytes() == 0 ? "" : Bytes.text(move.bytes()),
                    pause(move.pauseMillis()),
                    change(move.fromBefore(), move.fromAfter()),
                    change(move.toBefore(), move.toAfter()));
        }
        int count = plan.moves().size();
        return table + "\n" + shares(plan.nodes()) + count + (count == 1 ? " move" : " moves") + ", about "
                + Bytes.text(plan.bytes()) + " to copy. A load of 100 % is a node's even share.\n"
                + (plan.objection().isEmpty() ? "" : "Not now: " + plan.objection() + ".\n");
    }

    private static String pause(long millis) {
        return millis == 0 ? "none" : String.format(Locale.ROOT, "up to %.1f s", millis / SECOND);
    }

    private static String change(double before, double after) {
        return BalanceMove.percent(before) + " -> " + BalanceMove.percent(after);
    }

    private static String shares(List<Balances.Share> nodes) {
        var table = new Table("NODE", "LOAD", "THEN");
        for (Balances.Share share : nodes) {
            table.row(share.node(), BalanceMove.percent(share.load()), BalanceMove.percent(share.after()));
        }
        return table + "\n";
    }
}
