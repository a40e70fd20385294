package io.flocker.cli.command.schedule;

import io.flocker.cli.shell.Shell;
import picocli.CommandLine.Command;

/// `flocker schedule pause`.
@Command(name = "pause", description = "Have a schedule come due no longer. A run that goes on is not stopped.")
public final class SchedulePause extends ScheduleSwitch {
    public SchedulePause(Shell shell) {
        super(shell, true);
    }
}
