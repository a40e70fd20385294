package io.flocker.cli.command.balance;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Output;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Balances;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `flocker balance status`: the settings, every node's share, and what is done about it.
@Command(name = "status", description = "Show how load is spread, every node's share of it, and what is done about it.")
public final class BalanceStatus extends ClusterCommand {
    @Mixin
    private final Output output = new Output();

    public BalanceStatus(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        Balances.Standing standing = cluster.spreading().standing();
        output.show(shell, standing, () -> BalanceText.of(standing));
        return ExitCode.DONE;
    }
}
