package io.flocker.verify.bench.scale;

import io.flocker.client.Credentials;
import io.flocker.control.api.Api;
import io.flocker.control.api.Forwarder;
import io.flocker.control.api.Listeners;
import io.flocker.control.ca.Authority;
import io.flocker.control.lead.ControlPlane;
import io.flocker.control.log.ClusterLog;
import io.flocker.control.log.LogEntry;
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
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.pcollections.TreePMap;

/// A control plane in a process of its own, so that what it takes can be told from what the agents take. It is one
/// member of the log, or the only one, and knows so many nodes, each with a volume. It answers questions on its input,
/// a line each, until that ends.
public final class ControlProgram {
    private static final int WRITERS = 64;
    private static final int VOLUMES_OF_ENVIRONMENT = 100;
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(5);
    private static final long LOOK_NANOS = 2_000_000;
    private static final Node.Capacity NODE = new Node.Capacity(16_000, 64L << 30);

    private ControlProgram() {}

    /// @param arguments the folder with the authority; the number of nodes that whoever leads first makes, 0 if they
    ///     are there; this member's number, from 1 on; the port to listen on; the log's port of each member
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path folder = Path.of(arguments[0]);
        int nodes = Integer.parseInt(arguments[1]);
        int self = Integer.parseInt(arguments[2]);
        int port = Integer.parseInt(arguments[3]);
        List<ClusterLog.Member> members = members(List.of(arguments).subList(4, arguments.length));
        Path authority = folder.resolve("ca");
        Credentials credentials = Authority.open(authority).node(name(self), List.of("127.0.0.1"));
        var listen = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        var places = new Listeners.Places(listen, FreePort.find(), folder.resolve("api" + self + ".sock"));
        try (var forwarder = new Forwarder(credentials, List.of());
                var api = new Api(places, credentials, forwarder);
                var plane = new ControlPlane(
                        folder.resolve("log" + self), members.get(self - 1), members, credentials, authority)) {
            await(() -> plane.log().leader().isPresent());
            if (nodes > 0 && plane.log().self().equals(plane.log().leader().orElse(""))) {
                await(() -> plane.log().leads() != ClusterLog.NOT);
                populate(plane.log(), nodes, members.size());
            }
            api.use(Optional.of(plane));
            System.out.println("ready");
            answer(plane);
        }
        System.exit(0);
    }

    private static List<ClusterLog.Member> members(List<String> ports) {
        return IntStream.range(0, ports.size())
                .mapToObj(index -> new ClusterLog.Member(name(index + 1), "127.0.0.1:" + ports.get(index)))
                .toList();
    }

    /// Of a node, from 1 on.
    static String name(int number) {
        return "node%05d".formatted(number);
    }

    /// Those that vote come first, all at once: a member that is no voter would be taken out.
    private static void populate(ClusterLog log, int nodes, int voters) throws IOException, InterruptedException {
        List<Command> first = IntStream.rangeClosed(1, voters)
                .mapToObj(number -> Stream.concat(
                        node(number).stream(), Stream.of(new Command.SetVoter("bench", 1, name(number), true))))
                .flatMap(commands -> commands)
                .toList();
        submit(log, first);
        try (ExecutorService writers =
                Executors.newFixedThreadPool(WRITERS, Thread.ofVirtual().factory())) {
            List<Future<?>> populated = IntStream.rangeClosed(voters + 1, nodes)
                    .<Future<?>>mapToObj(number -> writers.submit(() -> {
                        submit(log, node(number));
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

    /// A node with a volume.
    private static List<Command> node(int number) {
        String address = "10." + number / 62_500 + "." + number / 250 % 250 + "." + (number % 250 + 1);
        String node = name(number);
        String environment = "data" + number / VOLUMES_OF_ENVIRONMENT;
        return List.of(
                new Command.AddNode("bench", 1, node, address, TreePMap.empty(), "", NODE),
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

    private static void submit(ClusterLog log, List<Command> commands) throws IOException, InterruptedException {
        List<LogEntry> entries =
                commands.stream().map(command -> new LogEntry("", command)).toList();
        for (ClusterLog.Decision decision : log.submit(entries)) {
            if (decision.outcome() instanceof Outcome.Refused refused) {
                throw new IOException("Refused: " + refused.message());
            }
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
                        case "leads" -> plane.log().leads() == ClusterLog.NOT ? "no" : "yes";
                        case "homes" -> homes(plane.log().state(), words[1]);
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

    private static String homes(ClusterState state, String environment) {
        return state.environments().values().stream()
                .filter(each -> each.name().equals(environment))
                .flatMap(each -> each.instances().values().stream())
                .map(instance -> instance.name() + "@" + instance.node())
                .sorted()
                .collect(Collectors.joining(","));
    }

    private static boolean isSettled(ClusterState state) {
        return state.operations().values().stream().noneMatch(Operation::running);
    }
}
