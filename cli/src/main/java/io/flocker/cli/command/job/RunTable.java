package io.flocker.cli.command.job;

import io.flocker.cli.amount.Moment;
import io.flocker.cli.shell.Table;
import io.flocker.client.api.Status;
import java.util.List;

/// Runs for people.
final class RunTable {
    private RunTable() {}

    static Table of(List<Status.Run> runs, long nowMillis) {
        var table = new Table("RUN", "ENVIRONMENT", "JOB", "STATE", "EXIT", "NODE", "BY", "STARTED", "TOOK");
        for (Status.Run run : runs) {
            long begun = run.startedAtMillis() == 0 ? run.askedAtMillis() : run.startedAtMillis();
            long end = run.endedAtMillis() == 0 ? nowMillis : run.endedAtMillis();
            boolean known = run.goesOn() || run.endedAtMillis() > 0;
            table.row(
                    run.id(),
                    run.environment(),
                    run.service(),
                    run.state(),
                    run.exitCode().map(String::valueOf).orElse(""),
                    run.node(),
                    run.startedBy(),
                    Moment.ago(begun, nowMillis),
                    known ? Moment.length(Math.max(0, end - begun)) : "");
        }
        return table;
    }
}
