package io.flocker.cli.command.operation;

import io.flocker.cli.amount.Moment;
import io.flocker.cli.shell.Table;
import io.flocker.client.api.Status;
import java.util.List;

/// Operations for people.
final class OperationTable {
    private OperationTable() {}

    static Table of(List<Status.Operation> operations, long nowMillis) {
        var table = new Table("OPERATION", "ENVIRONMENT", "VERB", "STATE", "PHASE", "BY", "STARTED", "TOOK");
        for (Status.Operation operation : operations) {
            boolean running = operation.goesOn();
            table.row(
                    operation.id(),
                    operation.environment(),
                    operation.verb(),
                    operation.state(),
                    running ? operation.phase() : "",
                    operation.startedBy(),
                    Moment.ago(operation.startedAtMillis(), nowMillis),
                    Moment.length((running ? nowMillis : operation.changedAtMillis()) - operation.startedAtMillis()));
        }
        return table;
    }
}
