package io.flocker.cli.command.schedule;

import picocli.CommandLine.Command;

/// The group `flocker schedule`.
@Command(
        name = "schedule",
        description = "Schedules: what environments do at certain times (x-flocker: {schedules: ...} in their file).")
public final class ScheduleGroup {}
