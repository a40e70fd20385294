package io.flocker.cli.command;

import io.flocker.cli.build.Builder;
import io.flocker.cli.compose.ComposeException;
import io.flocker.cli.compose.ComposeFile;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Output;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Requests;
import java.util.ArrayList;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `flocker diff`: what `flocker up` would change.
@Command(name = "diff", description = "Show what flocker up would change. Exits 1 if there is anything, 0 if nothing.")
public final class Diff extends ClusterCommand {
    /// How a line begins that only tells.
    private static final String REMARK = " ";

    @Mixin
    private final ComposeOptions compose = new ComposeOptions();

    @Mixin
    private final Output output = new Output();

    private @Nullable ComposeFile file;

    public Diff(Shell shell) {
        super(shell);
    }

    @Override
    protected void prepare() throws ComposeException {
        file = compose.read(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        ComposeFile read = Objects.requireNonNull(file);
        var request = new Requests.Deploy(read.application(), 0);
        var changes = new ArrayList<String>();
        new Builder(cluster, shell, read.projectName(), false)
                .missing(read.builds())
                .forEach((service, build) -> changes.add(Builder.line(service, build)));
        changes.addAll(cluster.deploy(read.projectName(), request, true).changes());
        output.show(
                shell, changes, () -> changes.stream().map(line -> line + "\n").collect(Collectors.joining()));
        return changes.stream().allMatch(line -> line.startsWith(REMARK)) ? ExitCode.DONE : ExitCode.FAILED;
    }
}
