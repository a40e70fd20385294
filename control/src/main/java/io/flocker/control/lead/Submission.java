package io.flocker.control.lead;

import io.flocker.control.log.ClusterLog;
import io.flocker.control.log.LogEntry;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How what the planner decides gets into the log.
record Submission(ClusterLog clusterLog, Leases leases) {
    private static final Logger log = LoggerFactory.getLogger(Submission.class);

    /// So many commands become part of the state at one moment, at most: while they do, nothing else does.
    static final int MAX_TOGETHER = 1_000;

    /// In their order, until another term begins.
    ///
    /// @param term the one they were thought of in
    /// @return whether any was accepted
    boolean accepts(List<Command> commands, long term) throws IOException, InterruptedException {
        boolean accepted = false;
        for (List<Command> some : together(commands)) {
            if (clusterLog.leads() != term) {
                return false;
            }
            accepted |= some.getFirst() instanceof Command.FailOver failOver ? accepts(failOver) : accepts(some);
            log.atDebug().addKeyValue("commands", some).log("Planned");
        }
        return accepted;
    }

    /// A failover waits for a lease, alone; all others go together.
    static List<List<Command>> together(List<Command> commands) {
        List<List<Command>> lists = new ArrayList<>();
        boolean alone = true;
        for (Command command : commands) {
            boolean waits = command instanceof Command.FailOver;
            if (alone || waits || lists.getLast().size() == MAX_TOGETHER) {
                lists.add(new ArrayList<>());
            }
            lists.getLast().add(command);
            alone = waits;
        }
        return lists;
    }

    private boolean accepts(Command.FailOver failOver) throws IOException, InterruptedException {
        return taking(failOver.from(), () -> clusterLog.submit(failOver));
    }

    /// As [Leader#taking].
    boolean taking(String node, Leader.Decision decision) throws IOException, InterruptedException {
        return leases.taking(node, clusterLog.confirmed(), decision);
    }

    private boolean accepts(List<Command> commands) throws IOException, InterruptedException {
        List<LogEntry> entries =
                commands.stream().map(command -> new LogEntry("", command)).toList();
        return clusterLog.submit(entries).stream().anyMatch(decision -> decision.outcome() instanceof Outcome.Accepted);
    }
}
