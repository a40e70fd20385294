package io.flocker.cli.command.balance;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.EnvironmentChoice;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Output;
import io.flocker.cli.shell.Shell;
import io.flocker.cli.shell.Table;
import io.flocker.client.api.Balances;
import io.flocker.core.placement.Considered;
import io.flocker.core.placement.Score;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `flocker explain`: why something is where it is.
@Command(
        name = "explain",
        description =
                "Tell why an instance is where it is, or where one more of a service would be: the nodes, why each"
                        + " is refused, and what speaks against the others, in points. The fewest points win.",
        footer = {"", "Example: flocker explain web.3"})
public final class Explain extends ClusterCommand {
    @Mixin
    private final EnvironmentChoice environment = new EnvironmentChoice();

    @Mixin
    private final Output output = new Output();

    @Parameters(paramLabel = "INSTANCE", description = "An instance, such as web.3, or a service.")
    private String subject = "";

    public Explain(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        Balances.Explanation explanation = cluster.spreading().explain(environment.resolve(shell, cluster), subject);
        output.show(shell, explanation, () -> text(explanation));
        return ExitCode.DONE;
    }

    private static String text(Balances.Explanation explanation) {
        var table = new Table("NODE", "POINTS", "WHY");
        for (Considered node : explanation.nodes()) {
            boolean here = node.node().equals(explanation.node());
            table.row(
                    node.node() + (here ? " (here)" : ""),
                    node.objection().isPresent() ? "" : node.score().points(),
                    node.objection().orElseGet(() -> points(node.score())));
        }
        String where = explanation.node().isEmpty()
                ? "One more instance of " + explanation.subject() + " would go to the first of these nodes.\n\n"
                : explanation.subject() + " is on " + explanation.node() + ": " + explanation.placedBy() + ".\n\n";
        return where + table + "\nAs things are now. The fewest points win; a node without points cannot have it.\n";
    }

    private static String points(Score score) {
        String rules = score.terms().stream()
                .filter(term -> term.points() > 0)
                .map(term -> term.points() + " " + term.rule())
                .collect(Collectors.joining(", "));
        return rules.isEmpty() ? "nothing speaks against it" : rules;
    }
}
