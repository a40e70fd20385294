package io.flocker.cli.command.failover;

import io.flocker.cli.command.MoveTimeout;
import io.flocker.cli.follow.Follower;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.CommandException;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Output;
import io.flocker.cli.shell.Shell;
import io.flocker.cli.shell.Table;
import io.flocker.client.ApiException;
import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests;
import io.flocker.client.api.Status;
import io.flocker.core.replication.Candidate;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `flocker drill`: rehearses the loss of a node.
@Command(
        name = "drill",
        description =
                "Rehearse the loss of a node: everything that has its data there, and a replica elsewhere, fails over"
                        + " and comes back, one after the other, and the times are told. Requests wait meanwhile; nothing"
                        + " is lost. What does not come back by itself is told, and left where it serves.",
        footer = {"", "Example: flocker drill n1"})
public final class Drill extends ClusterCommand {
    /// How long the node has to have what was written elsewhere, before a service goes back.
    private static final long STEP_SECONDS = 120;

    private static final long LOOK_MILLIS = 300;

    @Mixin
    private final Output output = new Output();

    @Mixin
    private final MoveTimeout timeout = new MoveTimeout();

    @Parameters(paramLabel = "NODE", description = "The node.")
    private String node = "";

    @Option(names = "--dry-run", description = "Only tell what would go where.")
    private boolean dryRun;

    public Drill(Shell shell) {
        super(shell);
    }

    /// How one of them went.
    ///
    /// @param thereMillis how long the failover took; -1 if it failed
    /// @param backMillis how long the way back took; -1 if it failed
    /// @param problem what went wrong; empty for nothing
    private record Rehearsed(
            String environment, String name, String to, long thereMillis, long backMillis, String problem) {}

    @Override
    protected int run(Cluster cluster) throws Exception {
        List<Rehearsed> rehearsed = new ArrayList<>();
        for (Status.Failover one : cluster.failovers(node, "", "")) {
            rehearsed.add(rehearse(cluster, one));
        }
        output.show(shell, rehearsed, () -> table(rehearsed).toString());
        long failed = rehearsed.stream().filter(one -> !one.problem().isEmpty()).count();
        if (failed > 0) {
            throw CommandException.failed(failed + " of " + rehearsed.size() + " would not survive the loss of " + node
                    + ", or did not come back");
        }
        return ExitCode.DONE;
    }

    private Rehearsed rehearse(Cluster cluster, Status.Failover one) throws IOException, InterruptedException {
        if (one.to().isEmpty() || dryRun) {
            String problem = one.to().isEmpty() ? "no replica can take over: " + one.objections() : "";
            return new Rehearsed(one.environment(), one.name(), one.to(), -1, -1, problem);
        }
        var there = new Requests.FailOver(one.service(), one.volume(), one.to(), false, timeout.seconds());
        var back = new Requests.FailOver(one.service(), one.volume(), "", false, timeout.seconds());
        long thereMillis = -1;
        try {
            thereMillis = follow(cluster, cluster.failOver(one.environment(), there, false));
            awaitStep(cluster, one);
            long backMillis = follow(cluster, cluster.failBack(one.environment(), back, false));
            return new Rehearsed(one.environment(), one.name(), one.to(), thereMillis, backMillis, "");
        } catch (ApiException | CommandException e) {
            return new Rehearsed(
                    one.environment(), one.name(), one.to(), thereMillis, -1, String.valueOf(e.getMessage()));
        }
    }

    private long follow(Cluster cluster, Answers.Change change)
            throws CommandException, IOException, InterruptedException {
        Status.Operation done = new Follower(cluster, shell).follow(change.operation());
        return done.changedAtMillis() - done.startedAtMillis();
    }

    /// Until the node has a replica again, so that the way back is short.
    private void awaitStep(Cluster cluster, Status.Failover one)
            throws CommandException, IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(STEP_SECONDS);
        while (cluster.environment(one.environment()).volumes().stream()
                .filter(volume -> volume.home().equals(node))
                .anyMatch(volume -> volume.replicas().stream()
                        .noneMatch(replica ->
                                replica.node().equals(node) && replica.state().equals(Status.Replica.IN_STEP)))) {
            if (System.nanoTime() > end) {
                throw CommandException.failed(node + " did not catch up within " + STEP_SECONDS
                        + " s; flocker status tells why, flocker failback brings it back");
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }

    private static Table table(List<Rehearsed> rehearsed) {
        var table = new Table("SERVICE", "TO", "FAILED OVER IN", "BACK IN", "PROBLEM");
        for (Rehearsed one : rehearsed) {
            table.row(
                    one.environment() + "/" + one.name(),
                    one.to(),
                    seconds(one.thereMillis()),
                    seconds(one.backMillis()),
                    one.problem());
        }
        return table;
    }

    private static String seconds(long millis) {
        return millis < 0 ? "" : Candidate.seconds(millis);
    }
}
