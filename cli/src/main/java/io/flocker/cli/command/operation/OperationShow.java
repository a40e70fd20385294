package io.flocker.cli.command.operation;

import io.flocker.cli.follow.Follower;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Output;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Status;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `flocker op show`: one operation, or its progress until it ends.
@Command(name = "show", description = "Show an operation, or follow it to its end.")
public final class OperationShow extends ClusterCommand {
    @Mixin
    private final Output output = new Output();

    @Option(
            names = {"-f", "--follow"},
            description = "Follow it; exits 0 when it ends well, 1 when it fails.")
    private boolean follow;

    @Parameters(paramLabel = "ID", description = "The operation.")
    private String id = "";

    public OperationShow(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        if (follow) {
            new Follower(cluster, shell).follow(id);
            return ExitCode.DONE;
        }
        Status.Operation operation = cluster.operation(id, 0);
        output.show(shell, operation, () -> text(operation));
        return ExitCode.DONE;
    }

    private String text(Status.Operation operation) {
        var text = new StringBuilder(
                OperationTable.of(List.of(operation), shell.nowMillis()).toString());
        if (!operation.error().isEmpty()) {
            text.append("\nError: ").append(operation.error()).append('\n');
        }
        operation.waiting().forEach(what -> text.append("\nWaits for: ").append(what));
        operation
                .problems()
                .forEach(problem -> text.append("\nProblem: ")
                        .append(problem.subject())
                        .append(": ")
                        .append(problem.step())
                        .append(" failed: ")
                        .append(problem.message()));
        return text.toString().endsWith("\n") ? text.toString() : text + "\n";
    }
}
