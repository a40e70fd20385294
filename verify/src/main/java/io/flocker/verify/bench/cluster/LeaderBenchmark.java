package io.flocker.verify.bench.cluster;

import io.flocker.client.Credentials;
import io.flocker.client.FlockerClient;
import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests;
import io.flocker.client.api.Status;
import io.flocker.lab.LabNode;
import io.flocker.verify.bench.Benchmark;
import io.flocker.verify.bench.Figure;
import io.flocker.verify.bench.Medians;
import io.flocker.verify.bench.Progress;
import io.flocker.verify.bench.Target;
import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.pcollections.TreePMap;

/// From `kill -9` of the leader's daemon to the first change that another node's API takes.
public final class LeaderBenchmark implements Benchmark {
    private static final int ROUNDS = 3;
    private static final double LIMIT_MILLIS = 3_000;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    @Override
    public int nodes() {
        return MANY;
    }

    @Override
    public List<Figure> figures() {
        return List.of(new Figure(
                "leader-loss",
                "from the leader's death to the next change that is accepted, beside the limit",
                "ms",
                Target.limit(LIMIT_MILLIS, "ms")));
    }

    @Override
    public List<Medians> measure(Servers server) throws IOException, InterruptedException {
        List<Double> millis = new ArrayList<>();
        List<Double> limits = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            millis.add(lose(server, round));
            limits.add(LIMIT_MILLIS);
            Progress.round(round + 1, ROUNDS, millis.getLast(), LIMIT_MILLIS);
        }
        return List.of(Medians.of(millis, limits));
    }

    private static double lose(Servers server, int round) throws IOException, InterruptedException {
        Credentials credentials = Credentials.read(server.node.root().resolve("etc/flocker/users"), "admin");
        server.await("three voters", () -> control(server, credentials, "voter") == 2);
        LabNode leader = leader(server, credentials);
        LabNode other = server.lab.nodes().stream()
                .filter(node -> !node.name().equals(leader.name()))
                .findFirst()
                .orElseThrow();
        leader.kill(LabNode.Part.DAEMON);
        long begun = System.nanoTime();
        try (var client = new FlockerClient(URI.create("https://" + other.address() + ":4523"), credentials)) {
            while (!changed(client, other.name(), "round" + round)) {
                if (System.nanoTime() - begun > PATIENCE_NANOS) {
                    throw new IOException("No change was accepted in a minute after the leader's death");
                }
            }
        }
        double millis = (System.nanoTime() - begun) / 1e6;
        leader.startDaemon(server.home);
        return millis;
    }

    private static boolean changed(FlockerClient client, String node, String value) throws InterruptedException {
        try {
            var label = new Requests.ChangeNode(TreePMap.singleton("bench", value), List.of(), "", "");
            client.patch("/v2/nodes/" + node, label, Status.Node.class);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static LabNode leader(Servers server, Credentials credentials) throws IOException, InterruptedException {
        String name = nodes(server, credentials).stream()
                .filter(node -> node.control().equals("leader"))
                .map(Status.Node::name)
                .findFirst()
                .orElseThrow(() -> new IOException("No node leads"));
        return server.lab.node(name);
    }

    private static long control(Servers server, Credentials credentials, String part)
            throws IOException, InterruptedException {
        return nodes(server, credentials).stream()
                .filter(node -> node.control().equals(part))
                .count();
    }

    private static List<Status.Node> nodes(Servers server, Credentials credentials)
            throws IOException, InterruptedException {
        try (var client = new FlockerClient(URI.create("https://" + server.node.address() + ":4523"), credentials)) {
            return client.get("/v2/nodes", Answers.Nodes.class).nodes();
        }
    }
}
