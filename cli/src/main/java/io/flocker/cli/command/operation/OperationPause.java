package io.flocker.cli.command.operation;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Status;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `flocker op pause`: has an operation wait.
@Command(
        name = "pause",
        description = "Have an operation wait, for 24 hours at most: none of its steps begins until it is resumed."
                + " What it has begun ends, and what stands still for it serves again first. Its time limit does not"
                + " count meanwhile. A release that fails goes back all the same.")
public final class OperationPause extends ClusterCommand {
    @Parameters(paramLabel = "ID", description = "The operation.")
    private String id = "";

    public OperationPause(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        Status.Operation operation = cluster.pause(id);
        shell.out()
                .println("Operation " + operation.id() + " (" + operation.title()
                        + ") is " + operation.state()
                        + "; flocker op resume " + operation.id() + " has it go on");
        return ExitCode.DONE;
    }
}
