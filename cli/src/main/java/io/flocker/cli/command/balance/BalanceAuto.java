package io.flocker.cli.command.balance;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Balances;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import picocli.CommandLine.Command;

/// `flocker balance auto`: load is spread by itself.
@Command(
        name = "auto",
        description = "Spread load by itself: things move when load has been uneven for a while, as far as the budget"
                + " allows (flocker balance set).")
public final class BalanceAuto extends ClusterCommand {
    public BalanceAuto(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        shell.out().print(BalanceText.of(cluster.spreading().set(switched(true))));
        return ExitCode.DONE;
    }

    static Balances.Change switched(boolean auto) {
        return new Balances.Change(
                Optional.of(auto),
                Optional.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                Optional.empty());
    }
}
