package io.flocker.cli.command.operation;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.EnvironmentChoice;
import io.flocker.cli.shell.ListOutput;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Status;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `flocker op ls`: the operations.
@Command(name = "ls", description = "List operations, newest first.")
public final class OperationLs extends ClusterCommand {
    @Mixin
    private final EnvironmentChoice environment = new EnvironmentChoice();

    @Mixin
    private final ListOutput output = new ListOutput();

    public OperationLs(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        Optional<String> only = environment.said(shell);
        List<Status.Operation> operations = cluster.operations().stream()
                .filter(operation -> only.isEmpty() || only.get().equals(operation.environment()))
                .toList();
        return output.show(
                shell, operations, Status.Operation::id, () -> OperationTable.of(operations, shell.nowMillis()));
    }
}
