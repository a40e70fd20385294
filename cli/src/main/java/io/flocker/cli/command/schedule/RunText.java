package io.flocker.cli.command.schedule;

import io.flocker.cli.amount.Moment;
import io.flocker.cli.shell.Table;
import io.flocker.core.model.ScheduleRun;
import java.util.List;
import java.util.Locale;

/// Runs of a schedule for people.
final class RunText {
    private RunText() {}

    /// @param log whether with what jobs printed
    static String of(List<ScheduleRun> runs, boolean log, long nowMillis) {
        var table = new Table("RUN", "STEP", "STATE", "STARTED", "TOOK", "WHY");
        var logs = new StringBuilder();
        for (ScheduleRun run : runs) {
            table.row(
                    String.valueOf(run.number()),
                    "by " + run.by(),
                    word(run.state()),
                    Moment.ago(run.startedAtMillis(), nowMillis),
                    took(run.startedAtMillis(), run.endedAtMillis(), nowMillis),
                    run.error());
            for (ScheduleRun.Step step : run.steps()) {
                table.row(
                        "",
                        step.what(),
                        word(step.state()),
                        Moment.ago(step.startedAtMillis(), nowMillis),
                        took(step.startedAtMillis(), step.endedAtMillis(), nowMillis),
                        step.error());
                if (log && !step.log().isEmpty()) {
                    logs.append("\nRun ")
                            .append(run.number())
                            .append(", ")
                            .append(step.what())
                            .append(":\n")
                            .append(step.log());
                }
            }
        }
        return table + logs.toString();
    }

    private static String word(ScheduleRun.State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    private static String took(long startedAtMillis, long endedAtMillis, long nowMillis) {
        return Moment.length(Math.max(0, (endedAtMillis == 0 ? nowMillis : endedAtMillis) - startedAtMillis));
    }
}
