package io.flocker.cli.command.branch;

import io.flocker.cli.follow.Follower;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.CommandException;
import io.flocker.cli.shell.Shell;
import io.flocker.client.ApiException;
import io.flocker.client.api.Answers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The same change of several environments. All of them begin before the first is waited for, and what becomes of one
/// is nothing to the others: what failed is told at the end.
final class SideBySide {
    private final Cluster cluster;
    private final Shell shell;
    private final Map<String, Answers.Change> started = new LinkedHashMap<>();
    private final List<String> failed = new ArrayList<>();
    private int ended;

    SideBySide(Cluster cluster, Shell shell) {
        this.cluster = cluster;
        this.shell = shell;
    }

    interface Start {
        Answers.Change start() throws IOException, InterruptedException;
    }

    /// Waits for what has begun without an operation.
    interface Wait {
        /// @throws CommandException if it does not end in time
        void end(String environment) throws CommandException, IOException, InterruptedException;
    }

    interface Then {
        void ended(String environment, Answers.Change change) throws IOException, InterruptedException;
    }

    /// Begins it for one of them. What the cluster refuses is told at the end.
    void start(String environment, Start start) throws IOException, InterruptedException {
        try {
            started(environment, start.start());
        } catch (ApiException e) {
            failed(environment, String.valueOf(e.getMessage()));
        }
    }

    /// One that has begun, or is nothing to do.
    void started(String environment, Answers.Change change) {
        change.changes().forEach(shell.out()::println);
        if (change.operation().isEmpty() && change.changes().isEmpty()) {
            shell.out().println(environment + ": nothing to change");
        }
        started.put(environment, change);
    }

    void failed(String environment, String why) {
        failed.add(environment + ": " + why);
    }

    /// Tells the operations only, for somebody who does not wait.
    ///
    /// @throws CommandException if not all of them have begun
    void leave(String again) throws CommandException {
        ended = started.size();
        started.values().stream()
                .filter(change -> !change.operation().isEmpty())
                .forEach(change -> shell.out().println("Operation " + change.operation()));
        end(again);
    }

    /// Follows each to its end.
    ///
    /// @param then for each that ends well
    /// @param again how to go on if some failed
    /// @throws CommandException if not all of them ended well: each with its reason
    void follow(Then then, String again) throws CommandException, IOException, InterruptedException {
        shell.flush();
        for (Map.Entry<String, Answers.Change> entry : started.entrySet()) {
            if (entry.getValue().operation().isEmpty()) {
                continue;
            }
            try {
                new Follower(cluster, shell).follow(entry.getValue().operation());
                ended++;
                then.ended(entry.getKey(), entry.getValue());
                shell.flush();
            } catch (CommandException e) {
                failed(entry.getKey(), String.valueOf(e.getMessage()));
            }
        }
        end(again);
    }

    /// Waits for each that has begun without an operation.
    ///
    /// @param again how to go on if some failed
    /// @throws CommandException if not all of them ended well: each with its reason
    void await(Wait wait, String again) throws CommandException, IOException, InterruptedException {
        shell.flush();
        for (String environment : started.keySet()) {
            try {
                wait.end(environment);
                ended++;
                shell.flush();
            } catch (CommandException e) {
                failed(environment, String.valueOf(e.getMessage()));
            }
        }
        end(again);
    }

    private void end(String again) throws CommandException {
        if (!failed.isEmpty()) {
            throw CommandException.failed(String.join("\n", failed) + (ended > 0 ? again : ""));
        }
    }
}
