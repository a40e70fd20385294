package io.flocker.cli.command.branch;

import io.flocker.cli.amount.Seconds;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.CommandException;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests;
import io.flocker.client.api.Status;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `flocker env pause`: puts environments to sleep.
@Command(
        name = "pause",
        description = {
            "Stop what runs of environments, and wait until it has stopped; their data stays. Whoever connects to one"
                    + " wakes it up, and waits meanwhile; flocker env wake does so too."
        },
        footer = {
            "",
            "Examples:",
            "  flocker env pause alice              now",
            "  flocker env pause alice --after 2h   whenever nobody has talked to it for two hours",
            "  flocker env pause alice --after 0    no more by itself"
        })
public final class EnvironmentPause extends OfEach {
    private static final long NOW = -1;
    private static final long AGAIN_MILLIS = 200;

    /// What is to stop may take its time to end, but not for ever.
    private static final long PATIENCE_MILLIS = 180_000;

    @Option(
            names = "--after",
            paramLabel = "TIME",
            converter = Seconds.class,
            description = "Not now, but whenever nobody has talked to it from outside for so long, such as 2h; 0 for"
                    + " never.")
    private long afterSeconds = NOW;

    @Option(
            names = {"-d", "--detach"},
            description = "Do not wait until everything has stopped.")
    private boolean detach;

    public EnvironmentPause(Shell shell) {
        super(shell);
    }

    @Override
    Answers.Change change(Cluster cluster, String environment, boolean dryRun)
            throws IOException, InterruptedException {
        return afterSeconds == NOW ? cluster.pause(environment, dryRun) : cluster.life(environment, sleeping(), dryRun);
    }

    @Override
    void settle(Cluster cluster, String environment) throws CommandException, IOException, InterruptedException {
        if (detach || afterSeconds != NOW) {
            return;
        }
        long begun = shell.nowMillis();
        while (cluster.environment(environment).state().equals(Status.Environment.STOPPING)) {
            if (shell.nowMillis() - begun > PATIENCE_MILLIS) {
                throw CommandException.failed("is to sleep, but not all of it has stopped in " + PATIENCE_MILLIS / 1_000
                        + " s; flocker env show " + environment + " tells what runs");
            }
            Thread.sleep(AGAIN_MILLIS);
        }
    }

    private Requests.Life sleeping() {
        return new Requests.Life(OptionalLong.of(afterSeconds), OptionalLong.empty(), Optional.empty());
    }
}
