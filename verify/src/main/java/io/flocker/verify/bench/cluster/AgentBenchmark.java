package io.flocker.verify.bench.cluster;

import io.flocker.lab.LabNode;
import io.flocker.verify.bench.Benchmark;
import io.flocker.verify.bench.Figure;
import io.flocker.verify.bench.Medians;
import io.flocker.verify.bench.Progress;
import io.flocker.verify.bench.Resident;
import io.flocker.verify.bench.Target;
import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// What the daemon of a node that is no voter takes while 100 instances run there.
public final class AgentBenchmark implements Benchmark {
    private static final int ROUNDS = 3;
    private static final int INSTANCES = 100;
    private static final int SETTLE_SECONDS = 20;
    private static final double MOST_MIB = 200;
    private static final String NODE = "n" + MANY;

    @Override
    public int nodes() {
        return MANY;
    }

    @Override
    public List<Figure> figures() {
        return List.of(new Figure(
                "agent-memory",
                "the resident memory of the daemon of a node that is no voter, with 100 instances; the reference is"
                        + " the limit",
                "MiB",
                Target.limit(MOST_MIB, "MiB")));
    }

    @Override
    public List<Medians> measure(Servers server) throws IOException, InterruptedException {
        String file = server.compose("hundred", """
                services:
                  idle:
                    image: flocker/busybox:1
                    command: [sleep, "100000"]
                    scale: %d
                    stop_grace_period: 1s
                    deploy: {placement: {constraints: [node.name == %s]}}
                """.formatted(INSTANCES, NODE)).toString();
        try {
            server.succeed("up", "-f", file);
            long daemon = server.lab
                    .node(NODE)
                    .process(LabNode.Part.DAEMON)
                    .orElseThrow(() -> new IOException("The daemon of " + NODE + " does not run"))
                    .pid();
            List<Double> memory = new ArrayList<>();
            List<Double> limits = new ArrayList<>();
            for (int round = 1; round <= ROUNDS; round++) {
                TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
                memory.add(Resident.mebibytes(daemon));
                limits.add(MOST_MIB);
                Progress.round(round, ROUNDS, memory.getLast(), MOST_MIB);
            }
            return List.of(Medians.of(memory, limits));
        } finally {
            server.flocker("down", "-e", "hundred");
        }
    }
}
