package io.flocker.cli.command.backup;

import io.flocker.cli.amount.Bytes;
import io.flocker.cli.amount.Moment;
import io.flocker.cli.follow.Progress;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.CommandException;
import io.flocker.cli.shell.Shell;
import io.flocker.client.ApiException;
import io.flocker.client.api.Backups;
import java.io.IOException;

/// Follows what a node does with backups. Interrupting that does not interrupt the node.
final class ErrandFollower {
    private static final int WAIT_SECONDS = 1;
    private static final int FIRST_SERVER_STATUS = 500;
    private static final long PATIENCE_MILLIS = 60_000;
    private static final long RETRY_MILLIS = 500;

    private final Errands errands;
    private final Shell shell;
    private final Progress progress;
    private volatile boolean interrupted;

    ErrandFollower(Cluster cluster, Shell shell) {
        errands = new Errands(cluster);
        this.shell = shell;
        progress = new Progress(shell);
    }

    /// Follows it to its end, and tells what it did.
    ///
    /// @throws CommandException if it fails
    Backups.Errand follow(Backups.Errand begun) throws CommandException, IOException, InterruptedException {
        Backups.Errand ended = watch(begun);
        ended.told().forEach(shell.out()::println);
        shell.flush();
        if (!ended.state().equals(Backups.Errand.DONE)) {
            throw CommandException.failed(ended.verb() + " of " + ended.subject() + " failed: " + ended.error());
        }
        return ended;
    }

    /// The same without telling what it did.
    Backups.Errand await(Backups.Errand begun) throws CommandException, IOException, InterruptedException {
        Backups.Errand ended = watch(begun);
        if (!ended.state().equals(Backups.Errand.DONE)) {
            throw CommandException.failed(ended.error());
        }
        return ended;
    }

    private Backups.Errand watch(Backups.Errand begun) throws CommandException, IOException, InterruptedException {
        var onInterrupt = new Thread(() -> {
            interrupted = true;
            shell.err().println();
            shell.err()
                    .println("The " + begun.verb() + " of " + begun.subject() + " goes on; follow it with: flocker"
                            + " backup show -f " + begun.id() + ", end it with: flocker backup cancel " + begun.id());
            shell.flush();
        });
        Runtime.getRuntime().addShutdownHook(onInterrupt);
        try {
            return poll(begun);
        } finally {
            if (!interrupted) {
                Runtime.getRuntime().removeShutdownHook(onInterrupt);
            }
        }
    }

    private Backups.Errand poll(Backups.Errand begun) throws CommandException, IOException, InterruptedException {
        Backups.Errand errand = begun;
        long lastAnswerMillis = shell.nowMillis();
        while (errand.goesOn()) {
            try {
                errand = errands.look(begun.id(), WAIT_SECONDS);
                lastAnswerMillis = shell.nowMillis();
                if (errand.goesOn() && !interrupted) {
                    progress.show(line(errand));
                }
            } catch (IOException e) {
                boolean lasting =
                        e instanceof ApiException refused && refused.problem().status() < FIRST_SERVER_STATUS;
                if (lasting || shell.nowMillis() - lastAnswerMillis > PATIENCE_MILLIS) {
                    throw e;
                }
                Thread.sleep(RETRY_MILLIS);
            }
        }
        return errand;
    }

    /// `shop/data: backup, 312M of 1.5G, 20M/s, 15 seconds`.
    String line(Backups.Errand errand) {
        long end = errand.goesOn() ? shell.nowMillis() : errand.endedAtMillis();
        long millis = Math.max(1, end - errand.startedAtMillis());
        String total = errand.totalBytes() > errand.doneBytes() ? " of about " + Bytes.text(errand.totalBytes()) : "";
        return errand.subject() + ": " + errand.verb() + ", " + Bytes.text(errand.doneBytes()) + total + ", "
                + Bytes.text(errand.doneBytes() * 1_000 / millis) + "/s, " + Moment.length(millis);
    }
}
