package io.flocker.cli.command.schedule;

import io.flocker.cli.amount.Moment;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.EnvironmentChoice;
import io.flocker.cli.shell.ListOutput;
import io.flocker.cli.shell.Shell;
import io.flocker.cli.shell.Table;
import io.flocker.client.api.Status;
import io.flocker.core.model.ScheduleRun;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `flocker schedule ls`: the schedules.
@Command(name = "ls", description = "List schedules, when each is due next, and how its last run ended.")
public final class ScheduleLs extends ClusterCommand {
    @Mixin
    private final EnvironmentChoice environment = new EnvironmentChoice();

    @Mixin
    private final ListOutput output = new ListOutput();

    public ScheduleLs(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        List<Status.Schedule> schedules =
                cluster.schedules(environment.said(shell).orElse(""));
        return output.show(
                shell, schedules, schedule -> schedule.environment() + "/" + schedule.name(), () -> table(schedules));
    }

    private Table table(List<Status.Schedule> schedules) {
        var table = new Table("ENVIRONMENT", "SCHEDULE", "TIMES", "ZONE", "NEXT", "LAST", "STATE");
        for (Status.Schedule schedule : schedules) {
            String next = schedule.paused() ? "paused" : due(schedule.dueMillis());
            ScheduleRun last =
                    schedule.runs().isEmpty() ? null : schedule.runs().getFirst();
            table.row(
                    schedule.environment(),
                    schedule.name(),
                    schedule.cron(),
                    schedule.zone(),
                    next,
                    last == null ? "" : Moment.ago(last.startedAtMillis(), shell.nowMillis()),
                    last == null ? "" : last.state().name().toLowerCase(Locale.ROOT));
        }
        return table;
    }

    private static String due(long millis) {
        return millis == 0 ? "" : millis == Long.MAX_VALUE ? "never" : Moment.iso(millis);
    }
}
