package io.flocker.cli.command.branch;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `flocker env protect`: keeps environments from being removed.
@Command(
        name = "protect",
        description = {"Keep environments from being removed with their data, by expiry too."})
public final class EnvironmentProtect extends OfEach {
    @Option(names = "--off", description = "Allow it again.")
    private boolean off;

    public EnvironmentProtect(Shell shell) {
        super(shell);
    }

    @Override
    Answers.Change change(Cluster cluster, String environment, boolean dryRun)
            throws IOException, InterruptedException {
        var life = new Requests.Life(OptionalLong.empty(), OptionalLong.empty(), Optional.of(!off));
        return cluster.life(environment, life, dryRun);
    }
}
