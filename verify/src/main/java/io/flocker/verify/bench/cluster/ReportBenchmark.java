package io.flocker.verify.bench.cluster;

import com.sun.management.OperatingSystemMXBean;
import io.flocker.cli.compose.ComposeException;
import io.flocker.cli.compose.ComposeReader;
import io.flocker.cli.compose.ComposeRequest;
import io.flocker.client.Credentials;
import io.flocker.control.ca.Authority;
import io.flocker.control.lead.Leader;
import io.flocker.control.log.ClusterLog;
import io.flocker.control.log.NotLeading;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.model.Node;
import io.flocker.core.model.Operation;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.verify.bench.Benchmark;
import io.flocker.verify.bench.Figure;
import io.flocker.verify.bench.FreePort;
import io.flocker.verify.bench.Medians;
import io.flocker.verify.bench.Progress;
import io.flocker.verify.bench.Target;
import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.pcollections.TreePMap;

/// What one report of an agent costs the leader when nothing changes: a real leader on a real log, without the network,
/// hears every simulated agent once a second. Its reading of the report and all planning count.
public final class ReportBenchmark implements Benchmark {
    private static final int AGENTS = 500;
    private static final int ENVIRONMENTS = 10;
    private static final int SERVICES = 5;
    private static final int REPLICAS = 100;
    private static final int WARM_UP = 5;
    private static final int ROUNDS = 5;
    private static final double MOST_MILLIS = 1;
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(3);

    @Override
    public List<Figure> figures() {
        return List.of(new Figure(
                "report",
                "the leader's processor time for one of 500 agents' reports, 5,000 instances in all; the reference is"
                        + " the limit",
                "ms",
                Target.limit(MOST_MILLIS, "ms")));
    }

    @Override
    public List<Medians> measure(Servers server) throws IOException, InterruptedException {
        Path folder = server.work.resolve("report");
        Credentials credentials = Authority.create(folder.resolve("ca")).node("n1", List.of("127.0.0.1"));
        var self = new ClusterLog.Member("n1", "127.0.0.1:" + FreePort.find());
        try (var log = new ClusterLog(folder.resolve("log"), self, List.of(self), credentials);
                var leader = new Leader(log)) {
            List<SimulatedAgent> agents = agents(log);
            deploy(log, application(server));
            long deadline = System.nanoTime() + PATIENCE_NANOS;
            while (isDeploying(leader)) {
                if (System.nanoTime() > deadline) {
                    throw new IOException("Not everything was placed in time");
                }
                second(leader, agents);
            }
            List<Double> millis = new ArrayList<>();
            List<Double> limits = new ArrayList<>();
            for (int round = 1 - WARM_UP; round <= ROUNDS; round++) {
                double spent = second(leader, agents) / AGENTS;
                if (round > 0) {
                    millis.add(spent);
                    limits.add(MOST_MILLIS);
                    Progress.round(round, ROUNDS, spent, MOST_MILLIS);
                }
            }
            return List.of(Medians.of(millis, limits));
        } catch (NotLeading e) {
            throw new IOException(e);
        }
    }

    private static List<SimulatedAgent> agents(ClusterLog log) throws IOException, InterruptedException {
        List<SimulatedAgent> agents = new ArrayList<>();
        for (int number = 1; number <= AGENTS; number++) {
            String name = "n" + number;
            String address = "10.1." + number / 250 + "." + (number % 250 + 1);
            accepted(log, new Command.AddNode("bench", 1, name, address, TreePMap.empty(), "", Node.Capacity.NONE));
            agents.add(new SimulatedAgent(name));
        }
        return agents;
    }

    private static ApplicationSpec application(Servers server) throws IOException {
        var file = new StringBuilder("services:\n");
        for (int number = 1; number <= SERVICES; number++) {
            file.append("  web%d: {image: web, expose: [80], scale: %d}\n".formatted(number, REPLICAS));
        }
        Path compose = server.compose("report", file.toString());
        try {
            return ComposeReader.read(ComposeRequest.in(server.work.resolve("report"), Map.of())
                            .withFiles(List.of(compose)))
                    .application();
        } catch (ComposeException e) {
            throw new IOException(e);
        }
    }

    private static void deploy(ClusterLog log, ApplicationSpec application) throws IOException, InterruptedException {
        for (int number = 1; number <= ENVIRONMENTS; number++) {
            long now = System.currentTimeMillis();
            accepted(
                    log,
                    new Command.Deploy(
                            "bench",
                            now,
                            "deploy" + number,
                            now + TimeUnit.HOURS.toMillis(1),
                            "environment" + number,
                            application,
                            TreePMap.empty(),
                            OptionalLong.empty()));
        }
    }

    private static void accepted(ClusterLog log, Command command) throws IOException, InterruptedException {
        if (log.submit(command).outcome() instanceof Outcome.Refused refused) {
            throw new IOException("Refused: " + refused);
        }
    }

    private static boolean isDeploying(Leader leader) {
        return leader.state().operations().values().stream().anyMatch(Operation::running);
    }

    /// All agents report, evenly over a second.
    ///
    /// @return the milliseconds of processor time that this took, without what an agent does itself
    private static double second(Leader leader, List<SimulatedAgent> agents)
            throws IOException, InterruptedException, NotLeading {
        for (SimulatedAgent agent : agents) {
            agent.look(leader);
        }
        long begun = System.nanoTime();
        long before = processorNanos();
        for (int i = 0; i < agents.size(); i++) {
            LockSupport.parkNanos(begun + TimeUnit.SECONDS.toNanos(i) / agents.size() - System.nanoTime());
            agents.get(i).report(leader);
        }
        LockSupport.parkNanos(begun + TimeUnit.SECONDS.toNanos(1) - System.nanoTime());
        return (processorNanos() - before) / 1e6;
    }

    private static long processorNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }
}
