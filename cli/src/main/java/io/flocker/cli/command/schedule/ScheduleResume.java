package io.flocker.cli.command.schedule;

import io.flocker.cli.shell.Shell;
import picocli.CommandLine.Command;

/// `flocker schedule resume`.
@Command(name = "resume", description = "Have a paused schedule come due again. What came due meanwhile is not run.")
public final class ScheduleResume extends ScheduleSwitch {
    public ScheduleResume(Shell shell) {
        super(shell, false);
    }
}
