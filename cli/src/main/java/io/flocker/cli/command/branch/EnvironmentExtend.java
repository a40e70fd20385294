package io.flocker.cli.command.branch;

import io.flocker.cli.amount.Seconds;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

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
public final class EnvironmentExtend extends OfEach {
    private static final long WEEK = 7 * 86_400;

    @Option(
            names = "--expires",
            paramLabel = "TIME",
            converter = Seconds.class,
            description = "How long from now, such as 7d; 0 for never (default: 7d).")
    private long expiresSeconds = WEEK;

    public EnvironmentExtend(Shell shell) {
        super(shell);
    }

    @Override
    Answers.Change change(Cluster cluster, String environment, boolean dryRun)
            throws IOException, InterruptedException {
        var life = new Requests.Life(OptionalLong.empty(), OptionalLong.of(expiresSeconds), Optional.empty());
        return cluster.life(environment, life, dryRun);
    }
}
