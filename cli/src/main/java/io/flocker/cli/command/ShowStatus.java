package io.flocker.cli.command;

import io.flocker.cli.command.node.NodeTable;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.EnvironmentChoice;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Output;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Status;
import io.flocker.core.plan.Problem;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `flocker status`: how an environment is, or the whole cluster.
@Command(
        name = "status",
        description = "Show how an environment is: services, volumes, problems, the operation changing it. Without one:"
                + " all environments and nodes.")
public final class ShowStatus extends ClusterCommand {
    @Mixin
    private final EnvironmentChoice environment = new EnvironmentChoice();

    @Mixin
    private final Output output = new Output();

    @Parameters(arity = "0..1", paramLabel = "ENVIRONMENT", description = "The environment.")
    private @Nullable String name;

    public ShowStatus(Shell shell) {
        super(shell);
    }

    /// The whole cluster.
    private record Whole(List<Status.Environment> environments, List<Status.Node> nodes) {}

    @Override
    protected int run(Cluster cluster) throws Exception {
        Optional<String> chosen = Optional.ofNullable(name).or(() -> environment.said(shell));
        if (chosen.isPresent()) {
            one(cluster, chosen.get());
        } else {
            whole(cluster);
        }
        return ExitCode.DONE;
    }

    private void one(Cluster cluster, String chosen) throws Exception {
        Status.Environment shown = cluster.environment(chosen);
        Optional<Status.Operation> operation =
                shown.operation().isEmpty() ? Optional.empty() : Optional.of(cluster.operation(shown.operation(), 0));
        output.show(shell, shown, () -> StatusText.of(shown, operation, shell));
    }

    private void whole(Cluster cluster) throws Exception {
        var whole = new Whole(cluster.environments(), cluster.nodes());
        output.show(shell, whole, () -> text(whole));
    }

    private String text(Whole whole) {
        List<Problem> problems = whole.nodes().stream()
                .flatMap(node -> node.problems().stream().map(problem -> problem.on(node.name())))
                .toList();
        return Ls.table(whole.environments(), shell.nowMillis())
                + "\n"
                + NodeTable.of(whole.nodes(), shell.nowMillis())
                + StatusText.problems(problems, shell);
    }
}
