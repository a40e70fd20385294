package io.flocker.cli.command.schedule;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.EnvironmentChoice;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import io.flocker.cli.shell.VolumeName;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Has a schedule come due no longer, or again.
abstract class ScheduleSwitch extends ClusterCommand {
    @Mixin
    private final EnvironmentChoice environment = new EnvironmentChoice();

    @Parameters(paramLabel = "SCHEDULE", description = "The schedule: NAME or ENVIRONMENT/NAME.")
    private String name = "";

    private final boolean paused;

    ScheduleSwitch(Shell shell, boolean paused) {
        super(shell);
        this.paused = paused;
    }

    @Override
    protected final int run(Cluster cluster) throws Exception {
        VolumeName which = environment.volume(name, shell, cluster);
        cluster.pauseSchedule(which.environment(), which.volume(), paused);
        shell.out()
                .println("Schedule " + which.environment() + "/" + which.volume() + " is "
                        + (paused ? "paused" : "due again"));
        return ExitCode.DONE;
    }
}
