package io.flocker.cli.command.balance;

import io.flocker.cli.command.ChangeOptions;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Output;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Balances;
import io.flocker.core.model.Event;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `flocker rebalance`: spreads load once.
@Command(
        name = "rebalance",
        description =
                "Move services, with their data, and instances until load is even: shows what has to move, why, and"
                        + " what that costs, and does it. A service with data pauses while it is handed over, and requests wait;"
                        + " others start there before they stop here.",
        footer = {"", "To have that done by itself: flocker balance auto"})
public final class Rebalance extends ClusterCommand {
    private static final int WAIT_SECONDS = 10;

    @Mixin
    private final Output output = new Output();

    @Mixin
    private final ChangeOptions change = new ChangeOptions();

    public Rebalance(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        long since = last(cluster.events(0, "", 0), 0);
        Balances.Plan plan = cluster.spreading().run(change.dryRun());
        output.show(shell, plan, () -> BalanceText.of(plan));
        shell.flush();
        boolean begins = !change.dryRun() && !plan.moves().isEmpty();
        return begins && !change.detach() ? follow(cluster, since) : ExitCode.DONE;
    }

    /// Tells what happens until load is even.
    private int follow(Cluster cluster, long since) throws Exception {
        long seen = since;
        String end = "";
        while (true) {
            boolean asked = !cluster.spreading().standing().askedBy().isEmpty();
            List<Event> events = cluster.events(seen, "", asked ? WAIT_SECONDS : 0);
            for (Event event : events) {
                if (output.isTable()) {
                    shell.out()
                            .println((event.environment().isEmpty() ? "" : event.environment() + ": ") + event.text());
                    shell.flush();
                }
                end = event.subject().equals("balance") ? event.text() : end;
            }
            seen = last(events, seen);
            if (!asked && events.isEmpty()) {
                return end.contains("stopped") ? ExitCode.FAILED : ExitCode.DONE;
            }
        }
    }

    private static long last(List<Event> events, long otherwise) {
        return events.isEmpty() ? otherwise : events.getLast().sequence();
    }
}
