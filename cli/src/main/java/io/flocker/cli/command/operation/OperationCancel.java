package io.flocker.cli.command.operation;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Status;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `flocker op cancel`: gives up an operation.
@Command(
        name = "cancel",
        description = "Give up an operation. What it has done so far stays done; a service that has moved already goes"
                + " back, or stays where it is if cancelled again on the way.")
public final class OperationCancel extends ClusterCommand {
    @Parameters(paramLabel = "ID", description = "The operation.")
    private String id = "";

    public OperationCancel(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        Status.Operation operation = cluster.cancel(id);
        shell.out().println("Operation " + operation.id() + " (" + operation.title() + ") is " + operation.state());
        return ExitCode.DONE;
    }
}
