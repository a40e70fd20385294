package io.flocker.cli.command.branch;

import io.flocker.cli.amount.Seconds;
import io.flocker.cli.command.ChangeOptions;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Requests;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `flocker env extend`: keeps branches longer.
@Command(
        name = "extend",
        description = {
            "Keep branches longer: they expire so long from now, and are removed with their data then. It is told"
                    + " beforehand, by flocker events."
        },
        footer = {
            "",
            "Examples:",
            "  flocker env extend alice                 a week from now",
            "  flocker env extend alice --expires 30d",
            "  flocker env extend alice --expires 0     never"
        })
public final class EnvironmentExtend extends ClusterCommand {
    private static final long WEEK = 7 * 86_400;

    @Mixin
    private final ChangeOptions change = new ChangeOptions();

    @Option(
            names = "--expires",
            paramLabel = "TIME",
            converter = Seconds.class,
            description = "How long from now, such as 7d; 0 for never (default: 7d).")
    private long expiresSeconds = WEEK;

    @Parameters(arity = "1..*", paramLabel = "ENVIRONMENT", description = "The branches.")
    private List<String> names = new ArrayList<>();

    public EnvironmentExtend(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        var changes = new SideBySide(cluster, shell);
        for (String name : new LinkedHashSet<>(names)) {
            changes.start(
                    name,
                    () -> cluster.life(
                            name,
                            new Requests.Life(OptionalLong.empty(), OptionalLong.of(expiresSeconds), Optional.empty()),
                            change.dryRun()));
        }
        changes.leave("\nThe others are extended");
        return ExitCode.DONE;
    }
}
