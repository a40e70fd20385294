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

/// `flocker env pause`: puts environments to sleep.
@Command(
        name = "pause",
        description = {
            "Stop what runs of environments; their data stays. Whoever connects to one wakes it up, and waits"
                    + " meanwhile; flocker env wake does so too."
        },
        footer = {
            "",
            "Examples:",
            "  flocker env pause alice              now",
            "  flocker env pause alice --after 2h   whenever nobody has talked to it for two hours",
            "  flocker env pause alice --after 0    no more by itself"
        })
public final class EnvironmentPause extends ClusterCommand {
    private static final long NOW = -1;

    @Mixin
    private final ChangeOptions change = new ChangeOptions();

    @Option(
            names = "--after",
            paramLabel = "TIME",
            converter = Seconds.class,
            description = "Not now, but whenever nobody has talked to it from outside for so long, such as 2h; 0 for"
                    + " never.")
    private long afterSeconds = NOW;

    @Parameters(arity = "1..*", paramLabel = "ENVIRONMENT", description = "The environments.")
    private List<String> names = new ArrayList<>();

    public EnvironmentPause(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        var changes = new SideBySide(cluster, shell);
        for (String name : new LinkedHashSet<>(names)) {
            changes.start(
                    name,
                    () -> afterSeconds == NOW
                            ? cluster.pause(name, change.dryRun())
                            : cluster.life(name, sleeping(), change.dryRun()));
        }
        changes.leave("\nThe others are asleep, or will be");
        return ExitCode.DONE;
    }

    private Requests.Life sleeping() {
        return new Requests.Life(OptionalLong.of(afterSeconds), OptionalLong.empty(), Optional.empty());
    }
}
