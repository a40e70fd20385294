package io.flocker.verify.acceptance.failover;

import io.flocker.client.api.Status;
import io.flocker.lab.LabNode;
import io.flocker.verify.acceptance.Schedules;
import io.flocker.verify.acceptance.failover.FailoverSchedule.Timed;
import io.flocker.verify.server.Ward;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A service that fails over by itself between three nodes in two data centers, under random faults: one writer at any
/// time, no acknowledged write lost but what was told, which is kept beside it, and everything as it should be soon
/// after the last fault. `-Dfailover.schedules=N` runs N schedules, `-Dschedule.seed=S` only that one; `-Dlab=N` for
/// two runs side by side. The lab stays up between them.
@Tag("engine")
@Tag("soak")
class FailoverSchedulesTest {
    private static final int SCHEDULES = Integer.getInteger("failover.schedules", 500);

    /// What is told is rounded; the clock that is told by is another one.
    private static final double ROUNDING_SECONDS = 0.5;

    private static final Pattern LOSS = Pattern.compile("wrote in the last ([0-9.]+) s is not there");

    private static Ward ward;

    private int failovers;

    @BeforeAll
    static void up() throws Exception {
        ward = new Ward(
                Integer.getInteger("lab", 19),
                2,
                "{replication: {copies: 2, spread: datacenter, every: 1s, max_loss: 30s, failover: auto}}");
        ward.settle();
    }

    @AfterAll
    static void down() throws Exception {
        ward.close();
    }

    @Test
    void keepsOneWriterAndEveryAcknowledgedWriteAndConverges() throws Exception {
        Schedules.run(SCHEDULES, seed -> run(FailoverSchedule.of(seed)), FailoverSchedulesTest::keepLogs);
        System.out.println(failovers + " unplanned failovers");
    }

    /// @return what is wrong afterwards
    private List<String> run(FailoverSchedule schedule) throws Exception {
        System.out.println(schedule);
        long eventsBefore = ward.events().lines().count();
        long begun = System.nanoTime();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (Timed timed : schedule.faults()) {
                all.add(threads.submit(() -> {
                    TimeUnit.NANOSECONDS.sleep(begun + timed.atMillis() * 1_000_000L - System.nanoTime());
                    timed.fault().happen(ward.servers.lab, ward.servers.home);
                    return null;
                }));
            }
            for (Future<?> fault : all) {
                fault.get();
            }
        } catch (ExecutionException e) {
            repair();
            return List.of("The schedule could not be run: " + e.getCause());
        }
        return judge(begun, eventsBefore);
    }

    private static void repair() throws IOException, InterruptedException {
        ward.servers.lab.heal();
        for (LabNode node : ward.servers.lab.nodes()) {
            if (node.process(LabNode.Part.DAEMON).isEmpty()) {
                node.start(ward.servers.home);
            }
        }
    }

    private List<String> judge(long begun, long eventsBefore) throws Exception {
        long healed = System.nanoTime();
        Schedules.Convergence convergence = Schedules.converge(healed, () -> left(healed));
        List<String> wrong = new ArrayList<>(convergence.wrong());
        List<String> events = ward.events().lines().skip(eventsBefore).toList();
        List<Double> told = events.stream()
                .map(LOSS::matcher)
                .filter(Matcher::find)
                .map(match -> Double.parseDouble(match.group(1)))
                .toList();
        failovers += told.size();
        try {
            Ward.Found found = ward.check();
            double most = told.stream().mapToDouble(it -> it).max().orElse(0);
            double lost = ward.lostSeconds();
            if (lost > most + ROUNDING_SECONDS) {
                wrong.add("lost what was acknowledged over " + lost + " s; told were " + told);
            }
            System.out.printf(
                    Locale.ROOT,
                    "  %d failovers, told that %s s would be lost; lost and kept: %d writes of %.1f s;"
                            + " longest pause %.1f s, converged in %.1f s, two writers at most %.2f s%n",
                    told.size(),
                    told,
                    found.lost().size(),
                    lost,
                    ward.writer.longestPause(begun),
                    convergence.seconds(),
                    found.overlapSeconds());
        } catch (IOException e) {
            wrong.add(String.valueOf(e.getMessage()));
        }
        ward.forgetDiverged();
        return wrong;
    }

    private static String left(long begunNanos) {
        try {
            Status.Volume volume = ward.volume();
            if (!volume.state().equals("ready") || !volume.blocked().isEmpty()) {
                return "the volume is " + volume.state() + " " + volume.blocked();
            }
            if (volume.replicas().size() != 2
                    || !volume.replicas().stream().allMatch(it -> it.state().equals(Status.Replica.IN_STEP))) {
                return "replicas are " + volume.replicas();
            }
            String operations = ward.flocker("op", "ls");
            if (operations.lines().anyMatch(line -> line.contains(" running "))) {
                return "operations go on: " + operations;
            }
            return ward.writer.answersSince(begunNanos) > 5 ? "" : "no write is acknowledged";
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /// What the daemons said, for whoever looks into it.
    private static void keepLogs(long seed) throws IOException {
        Path folder = Schedules.keepLogs(ward.servers, "failover-schedules", seed);
        Files.writeString(folder.resolve("events"), ward.events() + ward.flocker("status", "shop"));
    }
}
