package io.flocker.cli.command;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Output;
import io.flocker.cli.shell.Shell;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `flocker version`: this program's version and the cluster's.
@Command(name = "version", description = "Show the versions of this program and of the cluster.")
public final class Version extends ClusterCommand {
    private final String own;

    @Mixin
    private final Output output = new Output();

    public Version(Shell shell, String own) {
        super(shell);
        this.own = own;
    }

    /// Both versions.
    private record Versions(String client, String cluster, String api) {}

    @Override
    protected int run(Cluster cluster) throws Exception {
        var answer = cluster.version();
        var versions = new Versions(own, answer.version(), answer.api());
        output.show(
                shell,
                versions,
                () -> "client    " + own + "\ncluster   " + versions.cluster() + ", API " + versions.api() + "\n");
        return ExitCode.DONE;
    }
}
