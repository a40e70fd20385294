package io.flocker.cli.command.failover;

import io.flocker.cli.command.ChangeOptions;
import io.flocker.cli.follow.Follower;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.CommandException;
import io.flocker.cli.shell.Shell;
import io.flocker.client.ApiException;
import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests;
import io.flocker.client.api.Status;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Many services that fail over or come back, one after the other, what others depend on first. What becomes of one is
/// nothing to the others: what failed is told at the end.
final class Evacuation {
    private final Cluster cluster;
    private final Shell shell;
    private final ChangeOptions change;
    private final List<String> failed = new ArrayList<>();
    private int done;

    Evacuation(Cluster cluster, Shell shell, ChangeOptions change) {
        this.cluster = cluster;
        this.shell = shell;
        this.change = change;
    }

    /// How one of them goes.
    interface Way {
        Answers.Change begin(Status.Failover one, Requests.FailOver request) throws IOException, InterruptedException;
    }

    /// Takes one of them its way, and follows it.
    ///
    /// @param to empty for where it belongs
    void take(Status.Failover one, String to, boolean acceptLoss, long timeoutSeconds, Way way)
            throws IOException, InterruptedException {
        var request = new Requests.FailOver(one.service(), one.volume(), to, acceptLoss, timeoutSeconds);
        try {
            new Follower(cluster, shell).changed(way.begin(one, request), change.detach());
            done++;
        } catch (ApiException | CommandException e) {
            failed(one, String.valueOf(e.getMessage()));
        }
    }

    void failed(Status.Failover one, String why) {
        failed.add(one.environment() + "/" + one.name() + ": " + why);
    }

    /// @throws CommandException if one of them did not
    void end(String what) throws CommandException {
        if (!failed.isEmpty()) {
            throw CommandException.failed(
                    done + " " + what + ", " + failed.size() + " did not:\n  " + String.join("\n  ", failed));
        }
        if (!change.dryRun()) {
            shell.out().println(done + " " + what);
        }
    }
}
