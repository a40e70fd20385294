package io.flocker.cli.shell;

import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/// A command that asks the cluster something. Its subclasses are the commands.
public abstract class ClusterCommand implements Callable<Integer> {
    /// Where the command was called from.
    protected final Shell shell;

    @Mixin
    private final Connection connection;

    protected ClusterCommand(Shell shell) {
        this.shell = shell;
        connection = new Connection(shell);
    }

    @Override
    public final Integer call() throws Exception {
        try {
            prepare();
            try (Cluster cluster = connection.open()) {
                return run(cluster);
            }
        } finally {
            shell.flush();
        }
    }

    /// What can be done, or refused, before there is a way to the cluster: files are read here.
    protected void prepare() throws Exception {}

    /// Does it, and gives the exit code.
    protected abstract int run(Cluster cluster) throws Exception;
}
