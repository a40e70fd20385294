package io.flocker.cli.command.node;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.CommandException;
import io.flocker.cli.shell.Shell;
import io.flocker.client.ApiException;
import io.flocker.client.api.Requests;
import io.flocker.client.api.Status;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Makes nodes voters, or no longer, one after the other: each change is waited for before the next is asked for.
final class Promotion {
    private static final long LIMIT_SECONDS = 60;
    private static final long PERIOD_MILLIS = 300;
    private static final int UNAVAILABLE = 503;

    private final Shell shell;
    private final Cluster cluster;

    /// Which nodes, and whether to wait for them.
    static final class Options {
        @Parameters(arity = "1..*", paramLabel = "NODE", description = "The nodes.")
        private List<String> nodes = new ArrayList<>();

        @Option(
                names = {"-d", "--detach"},
                description = "Do not wait until it is so.")
        private boolean detach;
    }

    Promotion(Shell shell, Cluster cluster) {
        this.shell = shell;
        this.cluster = cluster;
    }

    void change(Options options, boolean voter) throws Exception {
        for (String node : options.nodes) {
            cluster.change(node, Requests.ChangeNode.control(voter ? "voter" : "agent"));
            if (!options.detach) {
                await(node, voter);
            }
            shell.out().println(node);
            shell.flush();
        }
        shell.err().println(advice(voters()));
        shell.flush();
    }

    private void await(String name, boolean voter) throws IOException, InterruptedException, CommandException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        while (System.nanoTime() < deadline) {
            if (isDone(name, voter)) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(PERIOD_MILLIS);
        }
        throw CommandException.failed("It is decided, but " + name + " is "
                + (voter ? "no voter yet: is flocker daemon running there" : "still a voter: are the others there")
                + "? It goes on by itself; see flocker node ls");
    }

    /// The leader may change on the way.
    private boolean isDone(String name, boolean voter) throws IOException, InterruptedException {
        try {
            String control = cluster.node(name).control();
            return voter ? List.of("voter", "leader").contains(control) : control.isEmpty();
        } catch (ApiException e) {
            if (e.problem().status() == UNAVAILABLE) {
                return false;
            }
            throw e;
        }
    }

    private long voters() throws IOException, InterruptedException {
        return cluster.nodes().stream()
                .map(Status.Node::control)
                .filter(control -> List.of("leader", "voter", "joining").contains(control))
                .count();
    }

    /// What so many voters are good for.
    static String advice(long voters) {
        if (voters == 1) {
            return "1 voter: losing it stops changes";
        }
        long spare = (voters - 1) / 2;
        if (voters % 2 == 0) {
            String stops = spare == 0 ? "losing one" : "losing " + (spare + 1);
            return voters + " voters: " + stops + " stops changes; add " + (voters == 2 ? "a third" : "a fifth")
                    + ", or demote one";
        }
        return voters + " voters: changes go on after losing " + spare;
    }
}
