package io.flocker.cli.command.schedule;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.EnvironmentChoice;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Output;
import io.flocker.cli.shell.Shell;
import io.flocker.cli.shell.VolumeName;
import io.flocker.client.api.Status;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `flocker schedule history`: the last runs of one.
@Command(name = "history", description = "Show the last runs of a schedule, newest first, with each of their steps.")
public final class ScheduleHistory extends ClusterCommand {
    @Mixin
    private final EnvironmentChoice environment = new EnvironmentChoice();

    @Mixin
    private final Output output = new Output();

    @Option(names = "--log", description = "With the ends of what jobs printed.")
    private boolean log;

    @Parameters(paramLabel = "SCHEDULE", description = "The schedule: NAME or ENVIRONMENT/NAME.")
    private String name = "";

    public ScheduleHistory(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        VolumeName which = environment.volume(name, shell, cluster);
        Status.Schedule schedule = cluster.schedule(which.environment(), which.volume(), 0, 0);
        output.show(shell, schedule.runs(), () -> RunText.of(schedule.runs(), log, shell.nowMillis()));
        return ExitCode.DONE;
    }
}
