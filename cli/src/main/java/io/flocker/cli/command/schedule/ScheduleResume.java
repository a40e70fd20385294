package io.flocker.cli.command.schedule;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.EnvironmentChoice;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import io.flocker.cli.shell.VolumeName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `flocker schedule resume`.
@Command(name = "resume", description = "Have a paused schedule come due again. What came due meanwhile is not run.")
public final class ScheduleResume extends ClusterCommand {
    @Mixin
    private final EnvironmentChoice environment = new EnvironmentChoice();

    @Parameters(paramLabel = "SCHEDULE", description = "The schedule: NAME or ENVIRONMENT/NAME.")
    private String name = "";

    public ScheduleResume(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        VolumeName which = environment.volume(name, shell, cluster);
        cluster.pauseSchedule(which.environment(), which.volume(), false);
        shell.out().println("Schedule " + which.environment() + "/" + which.volume() + " is due again");
        return ExitCode.DONE;
    }
}
