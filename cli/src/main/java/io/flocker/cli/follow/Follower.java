package io.flocker.cli.follow;

import io.flocker.cli.amount.Moment;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.CommandException;
import io.flocker.cli.shell.Shell;
import io.flocker.client.ApiException;
import io.flocker.client.api.Answers;
import io.flocker.client.api.Status;
import io.flocker.core.plan.Problem;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Follows an operation to its end and shows what happens to each service. Interrupting it does not interrupt the
/// operation.
public final class Follower {
    private static final int WAIT_SECONDS = 1;
    private static final int UNAVAILABLE = 503;

    /// For how long the cluster may be out of reach, such as while it chooses a leader.
    private static final long PATIENCE_MILLIS = 60_000;

    private static final long RETRY_MILLIS = 500;

    private final Cluster cluster;
    private final Shell shell;
    private final Display display;
    private final Set<String> told = new HashSet<>();
    /// What is asked then must not be drawn over.
    private volatile boolean interrupted;

    public Follower(Cluster cluster, Shell shell) {
        this.cluster = cluster;
        this.shell = shell;
        display = Display.on(shell);
    }

    /// Tells what a change will do and follows it to its end, unless `detach`ed from it.
    ///
    /// @throws CommandException if the operation fails or is cancelled
    public void changed(Answers.Change change, boolean detach)
            throws CommandException, IOException, InterruptedException {
        change.changes().forEach(shell.out()::println);
        if (change.operation().isEmpty()) {
            if (change.changes().isEmpty()) {
                shell.out().println("Nothing to change");
            }
            return;
        }
        if (detach) {
            shell.out().println("Operation " + change.operation());
            return;
        }
        shell.flush();
        follow(change.operation());
    }

    /// Returns the operation as it ended well.
    ///
    /// @throws CommandException if it fails or is cancelled
    public Status.Operation follow(String id) throws CommandException, IOException, InterruptedException {
        var interruption = new Interruption(cluster::pause, cluster::cancel, shell, id);
        var onInterrupt = new Thread(() -> {
            interrupted = true;
            interruption.settle();
        });
        Runtime.getRuntime().addShutdownHook(onInterrupt);
        try {
            return end(watch(id));
        } finally {
            if (!interrupted) {
                Runtime.getRuntime().removeShutdownHook(onInterrupt);
            }
        }
    }

    /// Follows an operation that was told to go back, until what was before is there.
    ///
    /// @throws CommandException if that fails
    public void followBack(String id) throws CommandException, IOException, InterruptedException {
        Status.Operation ended = watch(id);
        if (!ended.state().equals("cancelled")) {
            end(ended);
        }
        shell.out().println("What was before is there again: " + ended.error());
    }

    private Status.Operation watch(String id) throws IOException, InterruptedException {
        long lastAnswerMillis = shell.nowMillis();
        while (true) {
            try {
                Status.Operation operation = cluster.operation(id, WAIT_SECONDS);
                show(operation);
                if (!operation.goesOn()) {
                    return operation;
                }
                lastAnswerMillis = shell.nowMillis();
            } catch (IOException e) {
                boolean lasting =
                        e instanceof ApiException refused && refused.problem().status() != UNAVAILABLE;
                if (lasting || shell.nowMillis() - lastAnswerMillis > PATIENCE_MILLIS) {
                    throw e;
                }
                tell("Waiting for the cluster: " + e.getMessage());
                Thread.sleep(RETRY_MILLIS);
            }
        }
    }

    private void show(Status.Operation operation) throws IOException, InterruptedException {
        if (interrupted) {
            return;
        }
        for (Problem problem : operation.problems()) {
            tell(problem.subject() + ": " + problem.step() + " failed: " + problem.message()
                    + (problem.lasting() ? "" : " (it is tried again)"));
        }
        List<Stage> stages =
                cluster.find(operation.environment()).map(Stage::of).orElse(List.of());
        display.show(title(operation), stages);
    }

    private String title(Status.Operation operation) {
        String waiting = operation.waiting().isEmpty() ? "" : "; waits for " + String.join(", ", operation.waiting());
        return operation.environment() + ": " + operation.verb() + ", " + operation.phase() + ", "
                + Moment.length(shell.nowMillis() - operation.startedAtMillis()) + waiting;
    }

    private void tell(String line) {
        if (told.add(line)) {
            display.say(line);
        }
    }

    private Status.Operation end(Status.Operation operation) throws CommandException {
        String length = Moment.length(operation.changedAtMillis() - operation.startedAtMillis());
        String what = operation.title();
        if (!operation.state().equals("done")) {
            String why = operation.error().isEmpty() ? "" : ": " + operation.error();
            throw CommandException.failed(what + " " + operation.state() + " after " + length + why
                    + "; flocker status " + operation.environment() + " tells how things are");
        }
        shell.out().println("Done: " + what + " in " + length);
        return operation;
    }
}
