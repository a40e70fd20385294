package io.flocker.cli.command.branch;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Answers;
import io.flocker.core.model.Operation;
import java.io.IOException;

/// How to go back to what an environment was.
final class Undo {
    private Undo() {}

    /// Tells which checkpoint an operation has made of what there was, if it has.
    static void tell(Shell shell, Cluster cluster, String environment, Answers.Change change)
            throws IOException, InterruptedException {
        String checkpoint = Operation.checkpoint(change.operation());
        if (!change.operation().isEmpty()
                && cluster.environment(environment).checkpoints().containsKey(checkpoint)) {
            shell.out()
                    .println("What was in " + environment + " is kept; to undo: flocker env reset " + environment
                            + " --to " + checkpoint);
        }
    }
}
