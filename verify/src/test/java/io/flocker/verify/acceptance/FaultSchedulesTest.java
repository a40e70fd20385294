package io.flocker.verify.acceptance;

import io.flocker.client.FlockerClient;
import io.flocker.client.api.Answers;
import io.flocker.client.api.Status;
import io.flocker.lab.LabNode;
import io.flocker.verify.acceptance.FaultSchedule.Action;
import io.flocker.verify.acceptance.FaultSchedule.Fault;
import io.flocker.verify.acceptance.FaultSchedule.Timed;
import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Three servers under random faults while services move and change: one writer at any time, every acknowledged write
/// is kept, and everything is as it should be soon after the last fault. `-Dschedules=N` runs N schedules,
/// `-Dschedule.seed=S` only that one; `-Dlab=N` for two runs side by side. The lab stays up between them, so that what
/// one leaves behind meets the next.
@Tag("engine")
class FaultSchedulesTest {
    private static final int SCHEDULES = Integer.getInteger("schedules", 1);

    private static final int BUSY_SECONDS = 10;

    private static Servers servers;
    private static Writers writers;
    private static Ledger ledger;
    private static String mark;

    private int round;
    private int replicas = 2;

    @BeforeAll
    static void up() throws Exception {
        servers = new Servers(Integer.getInteger("lab", 25), "3G", 3);
        mark = String.valueOf(servers.work.getFileName());
        servers.succeed("up", "-f", application(0, 2).toString());
        writers = new Writers(mark);
        ledger = new Ledger(servers.lab.nodes(), new SplittableRandom());
        servers.await("a first write to be acknowledged", () -> ledger.acknowledged() > 0);
    }

    @AfterAll
    static void down() throws Exception {
        if (ledger != null) {
            ledger.close();
            writers.close();
        }
        servers.close();
    }

    private static Path application(int round, int replicas) throws IOException {
        return servers.compose("ledger", String.format(Locale.ROOT, Ledger.SERVICES, mark, round, replicas));
    }

    @Test
    void keepsOneWriterAndEveryAcknowledgedWriteAndConverges() throws Exception {
        Schedules.run(SCHEDULES, seed -> run(FaultSchedule.of(seed)), FaultSchedulesTest::keepLogs);
    }

    /// @return what is wrong afterwards
    private List<String> run(FaultSchedule schedule) throws Exception {
        System.out.println(schedule);
        int before = ledger.acknowledged();
        ledger.count(before);
        String home = primary();
        long begun = System.nanoTime();
        List<String> outcomes = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            all.add(threads.submit(() -> {
                for (Timed<Action> action : schedule.actions()) {
                    sleepUntil(begun, action.atMillis());
                    outcomes.add(act(action.what(), home));
                }
                return null;
            }));
            for (Timed<Fault> fault : schedule.faults()) {
                all.add(threads.submit(() -> {
                    sleepUntil(begun, fault.atMillis());
                    inflict(fault.what());
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        } catch (ExecutionException e) {
            servers.lab.heal();
            return List.of("The schedule could not be run: " + e.getCause());
        }
        servers.lab.heal();
        long healed = System.nanoTime();
        for (LabNode node : servers.lab.nodes()) {
            succeedSoon("node", "activate", node.name());
        }
        System.out.println("  outcomes: " + String.join("; ", outcomes));
        return judge(before, healed);
    }

    private static void sleepUntil(long begunNanos, long millis) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(begunNanos + millis * 1_000_000 - System.nanoTime());
    }

    private List<String> judge(int before, long healed) throws Exception {
        int written = ledger.acknowledged();
        Schedules.Convergence convergence = Schedules.converge(healed, () -> left(written));
        List<String> wrong = new ArrayList<>(convergence.wrong());
        if (convergence.converged()) {
            wrong.addAll(ledger.check());
        }
        List<String> overlaps = writers.overlaps();
        if (!overlaps.isEmpty()) {
            wrong.add("more than one writer, " + overlaps.size() + " times, first " + overlaps.getFirst());
        }
        Ledger.Count count = ledger.count(before);
        System.out.println(String.format(
                Locale.ROOT,
                "  %d writes acknowledged, longest pause %.1f s, converged in %.1f s",
                count.writes(),
                count.longestPauseSeconds(),
                convergence.seconds()));
        return wrong;
    }

    /// @param written how many writes had been acknowledged: more are to be
    private static String left(int written) throws InterruptedException {
        List<String> left = new ArrayList<>();
        try (FlockerClient client = servers.node.client()) {
            client.get("/v2/operations", Answers.Operations.class).operations().stream()
                    .filter(Status.Operation::goesOn)
                    .forEach(operation -> left.add(operation.verb() + " in phase " + operation.phase() + " waits for "
                            + operation.waiting() + " " + operation.problems()));
            Status.Environment environment = client.get("/v2/environments/ledger", Status.Environment.class);
            if (!environment.state().equals("running")) {
                left.add("ledger is " + environment.state() + " " + environment.services() + " "
                        + environment.problems());
            }
            environment.services().stream()
                    .filter(service -> service.instances().size() != service.scale())
                    .forEach(service -> left.add(service.name() + " has instances " + service.instances()));
            client.get("/v2/nodes", Answers.Nodes.class).nodes().stream()
                    .filter(node -> !node.state().equals("ready"))
                    .forEach(node -> left.add(node.name() + " is " + node.state()));
            for (LabNode node : servers.lab.nodes()) {
                servers.get(node, 8802, "/");
            }
        } catch (IOException e) {
            left.add(String.valueOf(e.getMessage()));
        }
        if (left.isEmpty() && ledger.acknowledged() <= written) {
            left.add("no write is acknowledged");
        }
        return String.join("; ", left);
    }

    private static String primary() throws IOException, InterruptedException {
        try (FlockerClient client = servers.node.client()) {
            return client.get("/v2/environments/ledger", Status.Environment.class)
                    .volumes()
                    .getFirst()
                    .primary();
        }
    }

    /// @return how it went
    private String act(Action action, String home) throws IOException, InterruptedException {
        return action + ": "
                + switch (action) {
                    case Action.Move move -> move(after(somePrimary(home), move.steps()));
                    case Action.MoveBack _ -> {
                        String now = somePrimary(home);
                        yield move(now.equals(home) ? after(home, 1) : home);
                    }
                    case Action.Change _ -> {
                        round++;
                        yield deploy();
                    }
                    case Action.Scale scale -> {
                        replicas = scale.replicas();
                        yield deploy();
                    }
                    case Action.Drain drain -> {
                        String drained = ask("node", "drain", "--detach", drain.node());
                        TimeUnit.MILLISECONDS.sleep(drain.forMillis());
                        yield drained + ", " + ask("node", "activate", drain.node());
                    }
                };
    }

    private static String after(String node, int steps) {
        return "n" + ((Integer.parseInt(node.substring(1)) - 1 + steps) % 3 + 1);
    }

    private static String move(String to) throws IOException, InterruptedException {
        return ask("move", "--detach", "-e", "ledger", "ledger", to);
    }

    private String deploy() throws IOException, InterruptedException {
        return ask("up", "--detach", "-f", application(round, replicas).toString());
    }

    private static String somePrimary(String otherwise) throws InterruptedException {
        try {
            return primary();
        } catch (IOException e) {
            return otherwise;
        }
    }

    /// Asks through the nodes in turn; again while another operation keeps the environment busy.
    private static String ask(String... arguments) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(BUSY_SECONDS);
        List<LabNode> nodes = servers.lab.nodes();
        for (int turn = 0; ; turn++) {
            try {
                nodes.get(turn % nodes.size()).flocker(servers.home, arguments);
                return "accepted";
            } catch (IOException e) {
                String message = String.valueOf(e.getMessage());
                if (System.nanoTime() > deadline || message.contains("already")) {
                    return "refused ("
                            + message.substring(message.lastIndexOf(':') + 1)
                                    .strip()
                                    .replace("\n", " ") + ")";
                }
            }
            TimeUnit.MILLISECONDS.sleep(500);
        }
    }

    private static void succeedSoon(String... arguments) throws IOException, InterruptedException {
        String answer = ask(arguments);
        if (!answer.equals("accepted")) {
            throw new IOException("flocker " + String.join(" ", arguments) + ": " + answer);
        }
    }

    /// Lets a fault happen, and ends it when its time is over.
    private static void inflict(Fault fault) throws IOException, InterruptedException {
        switch (fault) {
            case Fault.Kill kill -> {
                LabNode node = servers.lab.node(kill.node());
                node.kill(kill.part());
                TimeUnit.MILLISECONDS.sleep(kill.forMillis());
                if (kill.part() == LabNode.Part.DAEMON) {
                    node.startDaemon(servers.home);
                }
            }
            case Fault.Pause pause -> {
                LabNode node = servers.lab.node(pause.node());
                node.pause(LabNode.Part.DAEMON);
                TimeUnit.MILLISECONDS.sleep(pause.forMillis());
                node.resume(LabNode.Part.DAEMON);
            }
            case Fault.Partition cut -> {
                LabNode from = servers.lab.node(cut.from());
                LabNode to = servers.lab.node(cut.to());
                servers.lab.partition(List.of(from), List.of(to), cut.oneWay());
                TimeUnit.MILLISECONDS.sleep(cut.forMillis());
                from.reconnect();
                to.reconnect();
            }
            case Fault.Restart restart -> {
                LabNode node = servers.lab.node(restart.node());
                node.stop(LabNode.Part.ENGINE);
                TimeUnit.MILLISECONDS.sleep(restart.forMillis());
                node.startEngine();
            }
            case Fault.Fill fill -> {
                LabNode node = servers.lab.node(fill.node());
                node.fill((long) fill.leftMebibytes() << 20);
                TimeUnit.MILLISECONDS.sleep(fill.forMillis());
                node.unfill();
            }
            case Fault.Slow slow -> {
                LabNode node = servers.lab.node(slow.node());
                node.slow(slow.megabits() + "mbit");
                TimeUnit.MILLISECONDS.sleep(slow.forMillis());
                node.quicken();
            }
        }
    }

    /// What the daemons said, for whoever looks into it.
    private static void keepLogs(long seed) throws IOException {
        Path folder = Schedules.keepLogs(servers, "fault-schedules", seed);
        Files.writeString(
                folder.resolve("operations"),
                servers.flocker("op", "ls").output()
                        + servers.flocker("status", "ledger").output());
    }
}
