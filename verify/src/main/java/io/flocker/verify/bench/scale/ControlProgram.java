package io.flocker.verify.bench.scale;

import io.flocker.client.Credentials;
import io.flocker.control.api.Api;
import io.flocker.control.api.Forwarder;
import io.flocker.control.api.Listeners;
import io.flocker.control.ca.Authority;
import io.flocker.control.lead.ControlPlane;
import io.flocker.control.log.ClusterLog;
import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.model.Node;
import io.flocker.core.model.Operation;
import io.flocker.core.spec.VolumeSpec;
import io.flocker.verify.bench.FreePort;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.pcollections.TreePMap;

/// A control plane in a process of its own, so that what it takes can be told from what the agents take. Its one
/// member knows so many nodes, each with a volume. It answers questions on its input, a line each, until
/// that ends.
public final class ControlProgram {
    private static final int WRITERS = 64;
    private static final int VOLUMES_OF_ENVIRONMENT = 100;
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(5);
    private static final long LOOK_NANOS = 2_000_000;
    private static final Node.Capacity NODE = new Node.Capacity(16_000, 64L << 30);

    private ControlProgram() {}

    /// @param arguments the folder with the authority, the number of nodes, the port to listen on
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path folder = Path.of(arguments[0]);
        int nodes = Integer.parseInt(arguments[1]);
        int port = Integer.parseInt(arguments[2]);
        Path authority = folder.resolve("ca");
        Credentials credentials = Authority.open(authority).node(name(1), List.of("127.0.0.1"));
        var self = new ClusterLog.Member(name(1), "127.0.0.1:" + FreePort.find());
        var listen = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        var places = new Listeners.Places(listen, FreePort.find(), folder.resolve("api.sock"));
        try (var forwarder = new Forwarder(credentials, List.of());
                var api = new Api(places, credentials, forwarder);
                var plane = new ControlPlane(folder.resolve("log"), self, List.of(self), credentials, authority)) {
            populate(plane.log(), nodes);
            api.use(Optional.of(plane));
            System.out.println("ready");
            answer(plane);
        }
        System.exit(0);
    }

    /// Of a node, from 1 on.
    static String name(int number) {
        return "node%05d".formatted(number);
    }

    private static void populate(ClusterLog log, int nodes) throws IOException, InterruptedException {
        try (ExecutorService writers =
                Executors.newFixedThreadPool(WRITERS, Thread.ofVirtual().factory())) {
            List<Future<?>> populated = IntStream.rangeClosed(1, nodes)
                    .<Future<?>>mapToObj(number -> writers.submit(() -> {
                        populate(log, name(number), number);
                        return number;
                    }))
                    .toList();
            for (Future<?> each : populated) {
                each.get();
            }
        } catch (ExecutionException e) {
            throw new IOException("The cluster could not be made: " + e.getCause(), e);
        }
    }

    private static void populate(ClusterLog log, String node, int number) throws IOException, InterruptedException {
        String address = "10." + number / 62_500 + "." + number / 250 % 250 + "." + (number % 250 + 1);
        accepted(log, new Command.AddNode("bench", 1, node, address, TreePMap.empty(), "", NODE));
        String environment = "data" + number / VOLUMES_OF_ENVIRONMENT;
        accepted(
                log,
                new Command.CreateVolume(
                        "bench",
                        1,
                        "v-" + number,
                        environment,
                        "of-" + node,
                        VolumeSpec.PLAIN,
                        Optional.empty(),
                        node));
    }

    private static void accepted(ClusterLog log, Command command) throws IOException, InterruptedException {
        if (log.submit(command).outcome() instanceof Outcome.Refused refused) {
            throw new IOException("Refused: " + refused.message());
        }
    }

    private static void answer(ControlPlane plane) throws IOException {
        var questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = questions.readLine(); line != null; line = questions.readLine()) {
            String[] words = line.split(" ");
            System.out.println(
                    switch (words[0]) {
                        case "processor" -> Processor.ofAll();
                        case "heap" -> Growth.usedBytes();
                        case "placed" -> await(() -> instances(plane.log().state()) >= Integer.parseInt(words[1]));
                        case "settled" -> await(() -> isSettled(plane.log().state()));
                        default -> throw new IOException("What is " + line + "?");
                    });
        }
    }

    /// What is waited for.
    private interface Condition {
        boolean holds();
    }

    /// Looks without a lock: it must not be in the way of what it waits for.
    private static String await(Condition condition) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) {
                return "no";
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        return "yes";
    }

    private static int instances(ClusterState state) {
        return state.environments().values().stream()
                .mapToInt(environment -> environment.instances().size())
                .sum();
    }

    private static boolean isSettled(ClusterState state) {
        return state.operations().values().stream().noneMatch(Operation::running);
    }
}
