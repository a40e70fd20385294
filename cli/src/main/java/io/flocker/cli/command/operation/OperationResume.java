package io.flocker.cli.command.operation;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Status;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `flocker op resume`: has a paused operation go on.
@Command(name = "resume", description = "Have a paused operation go on, with as much time as it had.")
public final class OperationResume extends ClusterCommand {
    @Parameters(paramLabel = "ID", description = "The operation.")
    private String id = "";

    public OperationResume(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        Status.Operation operation = cluster.resume(id);
        shell.out().println("Operation " + operation.id() + " (" + operation.title() + ") is " + operation.state());
        return ExitCode.DONE;
    }
}
