package io.flocker.cli.command.balance;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import picocli.CommandLine.Command;

/// `flocker balance off`: nothing moves by itself.
@Command(
        name = "off",
        description = "Move nothing by itself any more, and end what flocker rebalance began. What moves goes on to its"
                + " end.")
public final class BalanceOff extends ClusterCommand {
    public BalanceOff(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        shell.out().print(BalanceText.of(cluster.spreading().set(BalanceAuto.switched(false))));
        return ExitCode.DONE;
    }
}
