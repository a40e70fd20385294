package io.flocker.cli.command.job;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Output;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Status;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `flocker job show`: one run.
@Command(name = "show", description = "Show a run of a job, with the end of what it printed.")
public final class JobShow extends ClusterCommand {
    @Mixin
    private final Output output = new Output();

    @Parameters(paramLabel = "RUN", description = "The run.")
    private String id = "";

    public JobShow(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        Status.Run run = cluster.run(id, 0);
        output.show(shell, run, () -> text(run));
        return ExitCode.DONE;
    }

    private String text(Status.Run run) {
        var text =
                new StringBuilder(RunTable.of(List.of(run), shell.nowMillis()).toString());
        if (!run.error().isEmpty()) {
            text.append("\nError: ").append(run.error()).append('\n');
        }
        if (!run.log().isEmpty()) {
            text.append('\n').append(run.log());
        }
        return text.toString().endsWith("\n") ? text.toString() : text + "\n";
    }
}
