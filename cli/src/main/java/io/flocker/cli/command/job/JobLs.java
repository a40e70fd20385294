package io.flocker.cli.command.job;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.EnvironmentChoice;
import io.flocker.cli.shell.ListOutput;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Status;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `flocker job ls`: the runs of jobs.
@Command(name = "ls", description = "List the runs of jobs that are remembered, newest first.")
public final class JobLs extends ClusterCommand {
    @Mixin
    private final EnvironmentChoice environment = new EnvironmentChoice();

    @Mixin
    private final ListOutput output = new ListOutput();

    @Parameters(arity = "0..1", paramLabel = "SERVICE", description = "Only those of this job.")
    private String service = "";

    public JobLs(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        List<Status.Run> runs = cluster.runs(environment.said(shell).orElse("")).stream()
                .filter(run -> service.isEmpty() || run.service().equals(service))
                .toList();
        return output.show(shell, runs, Status.Run::id, () -> RunTable.of(runs, shell.nowMillis()));
    }
}
