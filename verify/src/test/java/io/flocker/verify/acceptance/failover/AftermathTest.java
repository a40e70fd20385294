package io.flocker.verify.acceptance.failover;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.agent.program.Program;
import io.flocker.client.api.Status;
import io.flocker.lab.LabNode;
import io.flocker.verify.server.Servers;
import io.flocker.verify.server.Ward;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/// What is left after failovers: all of what the old primary wrote, in the volume or beside it; replicas that need the
/// difference only; nothing that is said to have stopped and has not; and operations that go on under another leader.
/// `-Dlab=N` for two runs side by side.
@Tag("engine")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AftermathTest {
    private static final String OPTIONS = "{replication: {copies: 2, every: 1s, max_loss: 60s, failover: auto}}";

    /// What writes nothing once it has begun.
    private static final String STILL = """
            services:
              calm:
                image: flocker/busybox:1
                command: ["sh", "-c", "[ -e /data/once ] || { echo once > /data/once; sync /data/once; }; sleep 100000"]
                volumes: ["data:/data"]
                stop_signal: SIGKILL
            volumes:
              data:
                x-flocker: %s
            """;

    /// Writes to one volume, then to the other.
    private static final String PAIR = """
            services:
              pair:
                image: flocker/busybox:1
                command:
                  - sh
                  - -c
                  - |
                    [ ! -e /first/log ] || echo "goes on from $$(wc -l < /first/log) and $$(wc -l < /second/log)"
                    while true; do echo a >> /first/log; echo a >> /second/log; sleep 0.005; done
                volumes: ["first:/first", "second:/second"]
                stop_signal: SIGKILL
            volumes:
              first: {x-flocker: %1$s}
              second: {x-flocker: %1$s}
            """;

    private static final Pattern GOES_ON = Pattern.compile("goes on from (\\d+) and (\\d+)");

    private static final int MORE_MEBIBYTES = 24;
    /// `-Dswitchovers=20` for more.
    private static final int SWITCHOVERS = Integer.getInteger("switchovers", 4);
    private static final int BANK_SECONDS = 10;

    private static final Pattern LOSS = Pattern.compile("wrote in the last ([0-9.]+) s is not there");

    private static Ward ward;
    private static Servers servers;
    private static long fullBytes;
    private long begunNanos;

    @BeforeAll
    static void up() throws Exception {
        ward = new Ward(Integer.getInteger("lab", 18), OPTIONS);
        servers = ward.servers;
        servers.succeed(
                "up", "-f", servers.compose("still", STILL.formatted(OPTIONS)).toString());
        String more = "dd if=/dev/urandom of=/data/more bs=1M count=" + MORE_MEBIBYTES + " conv=fsync 2>/dev/null";
        ward.flocker("exec", "shop", "db", "--", "sh", "-c", more);
        Path head = ward.primary()
                .root()
                .resolve("var/lib/flocker/pool/volumes")
                .resolve(ward.volume().id())
                .resolve("head");
        fullBytes = Files.size(head.resolve("more")) + Files.size(head.resolve("bulk"));
    }

    @AfterAll
    static void down() throws Exception {
        ward.close();
    }

    @BeforeEach
    void quiet() throws Exception {
        ward.settle();
        settleStill();
        begunNanos = System.nanoTime();
    }

    @AfterEach
    void undisturbed() throws Exception {
        servers.lab.heal();
        for (LabNode node : servers.lab.nodes()) {
            if (node.process(LabNode.Part.DAEMON).isEmpty()) {
                node.start(servers.home);
            }
        }
        ward.forgetDiverged();
    }

    private static void settleStill() throws Exception {
        ward.await(
                "the replicas of what is still",
                () -> still().replicas().size() == 2
                        && still().replicas().stream()
                                .allMatch(replica -> replica.state().equals(Status.Replica.IN_STEP)));
    }

    private static Status.Volume still() throws IOException {
        return ward.volumes("still").getFirst();
    }

    private void awaitFailover(LabNode node) throws Exception {
        ward.await(
                "data to leave " + node.name(), () -> !ward.volume().primary().equals(node.name()));
        long now = System.nanoTime();
        ward.await("answers", () -> ward.writer.answersSince(now) > 5);
    }

    private Ward.Found conclude(String what) throws Exception {
        ward.settle();
        Ward.Found found = ward.check();
        ward.tell(what, ward.writer.longestPause(begunNanos), found);
        return found;
    }

    private static long receivedBytes() throws IOException {
        long bytes = 0;
        for (LabNode node : servers.lab.nodes()) {
            bytes += node.receivedBytes();
        }
        return bytes;
    }

    private static double mebibytes(long bytes) {
        return bytes / (double) (1 << 20);
    }

    /// It is written through the old primary for as long as that may write, cut off from all others.
    @Test
    @Order(1)
    void allThatTheOldPrimaryAcknowledgedIsKeptAndItRejoinsByTheDifference() throws Exception {
        LabNode node = ward.primary();
        ward.writer.through(List.of(node));
        TimeUnit.SECONDS.sleep(2);
        servers.lab.partition(List.of(node), ward.others(node), false);
        long cut = System.nanoTime();
        TimeUnit.SECONDS.sleep(6);
        long tail = ward.writer.answersSince(cut);
        ward.undisturbed(ward.others(node));
        awaitFailover(node);
        long before = node.receivedBytes();
        servers.lab.heal();
        Ward.Found found = conclude("written to the old primary while it was cut off");
        long rejoin = node.receivedBytes() - before;
        System.out.printf(
                Locale.ROOT,
                "  %d were acknowledged by the old primary after it was cut off; of all, %d are in %s only, none is nowhere;"
                        + " it rejoined with %.1f MiB received, all of it is %.1f MiB%n",
                tail,
                found.lost().size(),
                ward.diverged("shop"),
                mebibytes(rejoin),
                mebibytes(fullBytes));
        assertThat(tail).as("acknowledged after the cut").isPositive();
        // The one that was under way may have been written, and sent to a replica, before that.
        assertThat((long) found.lost().size())
                .as("what is in the diverged one only")
                .isGreaterThanOrEqualTo(tail - 1);
        assertThat(ward.diverged("shop")).hasSize(1);
        assertThat(rejoin).as("bytes to rejoin").isLessThan(fullBytes / 4);
    }

    @Test
    @Tag("soak") // It takes more than a minute.
    @Order(2)
    void whatWasNotModifiedMakesNoBranchAndComesBack() throws Exception {
        LabNode node = servers.lab.node(still().primary());
        long epoch = still().epoch();
        ward.undisturbed(ward.others(node));
        node.kill();
        ward.await("still to leave " + node.name(), () -> still().epoch() > epoch);
        node.start(servers.home);
        ward.undisturbed(servers.lab.nodes());
        settleStill();
        assertThat(ward.diverged("still")).as("after the failover").isEmpty();
        ward.flocker("failback", "-e", "still", "calm");
        settleStill();
        assertThat(still().primary()).isEqualTo(node.name());
        assertThat(still().home()).isEmpty();
        assertThat(ward.diverged("still")).as("after the failback").isEmpty();
        assertThat(ward.flocker("exec", "still", "calm", "--", "cat", "/data/once"))
                .isEqualTo("once\n");
        conclude("what wrote nothing failed over and back, no branch; beside it");
    }

    @Test
    @Order(3)
    void isSwitchedBackAndForthManyTimesAndOnlyDifferencesTravel() throws Exception {
        LabNode one = ward.primary();
        LabNode other = ward.others(one).getFirst();
        long before = receivedBytes();
        List<Double> seconds = new ArrayList<>();
        for (int i = 0; i < SWITCHOVERS; i++) {
            LabNode to = i % 2 == 0 ? other : one;
            ward.await(
                    "a replica in step on " + to.name(),
                    () -> ward.volume().replicas().stream()
                            .anyMatch(it ->
                                    it.node().equals(to.name()) && it.state().equals(Status.Replica.IN_STEP)));
            long begun = System.nanoTime();
            ward.flocker("failover", "-e", "shop", "db", "--to", to.name());
            seconds.add((System.nanoTime() - begun) / 1e9);
            assertThat(ward.volume().primary()).isEqualTo(to.name());
        }
        Ward.Found found = conclude(SWITCHOVERS + " planned failovers back and forth");
        long bytes = receivedBytes() - before;
        seconds.sort(Double::compare);
        System.out.printf(
                Locale.ROOT,
                "  each took %.1f s in the middle, %.1f s at most; all nodes received %.1f MiB, one whole copy is %.1f MiB%n",
                seconds.get(SWITCHOVERS / 2),
                seconds.getLast(),
                mebibytes(bytes),
                mebibytes(fullBytes));
        assertThat(found.lost()).isEmpty();
        assertThat(ward.diverged("shop")).isEmpty();
        assertThat(bytes).as("bytes received").isLessThan(SWITCHOVERS * fullBytes / 4);
    }

    @Test
    @Tag("soak") // It takes minutes; the simulation has it too.
    @Order(4)
    void aServiceGoesOnFromOneMomentOfAllItsVolumes() throws Exception {
        servers.succeed(
                "up", "-f", servers.compose("pair", PAIR.formatted(OPTIONS)).toString());
        ward.await(
                "the replicas of both volumes",
                () -> ward.volumes("pair").stream()
                        .allMatch(volume -> volume.replicas().size() == 2
                                && volume.replicas().stream()
                                        .allMatch(replica -> replica.state().equals(Status.Replica.IN_STEP))));
        LabNode node = servers.lab.node(ward.volumes("pair").getFirst().primary());
        ward.undisturbed(ward.others(node));
        TimeUnit.SECONDS.sleep(3);
        node.kill();
        List<String> logs = new ArrayList<>();
        ward.await("the pair to go on elsewhere", () -> {
            logs.add(ward.flocker("logs", "-e", "pair", "pair"));
            return GOES_ON.matcher(logs.getLast()).find();
        });
        Matcher found = GOES_ON.matcher(logs.getLast());
        assertThat(found.find()).isTrue();
        long first = Long.parseLong(found.group(1));
        long second = Long.parseLong(found.group(2));
        System.out.printf("  two volumes of one service: written %d and %d times%n", first, second);
        assertThat(first).isPositive();
        assertThat(first - second).as("what the first has more").isBetween(0L, 1L);
        assertThat(ward.events()).doesNotContain("not of one moment");
        node.start(servers.home);
        conclude("a service with two volumes failed over; beside it");
        ward.flocker("down", "-e", "pair", "--volumes");
    }

    /// Its disk hangs (fsfreeze): what writes there is in the kernel and cannot be killed. Only with `--soak`,
    /// and last: the node has measured then that fencing may take 10 s, and gets no lease any more that would last.
    @Test
    @Tag("soak")
    @Order(8)
    void aFenceThatCannotFinishIsNotTakenForAnEnd() throws Exception {
        LabNode node = ward.primary();
        String pool = node.root().resolve("var/lib/flocker/pool").toString();
        ward.undisturbed(ward.others(node));
        Program.of("fsfreeze", "-f", pool).run();
        try {
            TimeUnit.SECONDS.sleep(1);
            begin("failover", "--detach", "-e", "shop", "db");
            TimeUnit.SECONDS.sleep(8);
            System.out.println(ward.flocker("op", "ls"));
            servers.lab.partition(List.of(node), ward.others(node), false);
            awaitFailover(node);
            TimeUnit.SECONDS.sleep(6);
            String guard = Files.readString(node.root().resolve("run/flocker/guard/state"));
            System.out.println("  guard: " + guard.strip());
            assertThat(guard).as("the fence has not finished").matches("(?s).*refused [1-9].*");
            String told = ward.events()
                    .lines()
                    .filter(line -> line.contains("db goes on on"))
                    .reduce((_, last) -> last)
                    .orElseThrow();
            System.out.println("  told: " + told);
            assertThat(told).contains("was silent for", "is not there").doesNotContain("stopped", "clean");
        } finally {
            Program.of("fsfreeze", "-u", pool).run();
        }
        servers.lab.heal();
        conclude("a fence that could not finish");
    }

    /// Not the primary's node: that has cases of its own in [FailureMatrixTest].
    private static LabNode leaderElsewhere() throws Exception {
        LabNode leader = ward.leader();
        if (leader.name().equals(ward.volume().primary())) {
            ward.flocker("failover", "-e", "shop", "db");
            ward.settle();
        }
        return leader;
    }

    /// Gives a command that the leader may be lost before it has answered: what comes of it is looked at anyway.
    private static void begin(String... arguments) throws IOException {
        try {
            ward.flocker(arguments);
        } catch (IOException e) {
            System.out.println("  not answered: " + e.getMessage());
        }
    }

    private static void again(LabNode leader) throws Exception {
        leader.startDaemon(servers.home);
        ward.rest();
    }

    @Test
    @Tag("soak") // It takes minutes.
    @Order(5)
    void aPlannedFailoverGoesOnWhenTheLeaderIsLostInAnyPhase() throws Exception {
        for (String phase : List.of("prepare", "stop", "switch", "start", "clean_up")) {
            LabNode leader = leaderElsewhere();
            begunNanos = System.nanoTime();
            LabNode node = ward.primary();
            LabNode to = ward.others(node).stream()
                    .filter(other -> !other.name().equals(leader.name()))
                    .findFirst()
                    .orElseThrow();
            ward.undisturbed(List.of(to));
            PhaseWatch watch = PhaseWatch.of(leader, phase);
            begin("failover", "--detach", "-e", "shop", "db", "--to", to.name());
            String seen = watch.seen();
            again(leader);
            Ward.Found found = conclude("planned failover, leader killed in phase " + seen);
            assertThat(ward.volume().primary()).isEqualTo(to.name());
            assertThat(found.lost()).isEmpty();
        }
    }

    @Test
    @Tag("soak") // It takes minutes.
    @Order(6)
    void anUnplannedFailoverGoesOnWhenTheLeaderIsLostInAnyPhase() throws Exception {
        for (String phase : List.of("start", "clean_up")) {
            LabNode leader = leaderElsewhere();
            begunNanos = System.nanoTime();
            LabNode node = ward.primary();
            ward.undisturbed(ward.others(node).stream()
                    .filter(other -> !other.name().equals(leader.name()))
                    .toList());
            PhaseWatch watch = PhaseWatch.of(leader, phase);
            servers.lab.partition(List.of(node), ward.others(node), false);
            String seen = watch.seen();
            leader.startDaemon(servers.home);
            awaitFailover(node);
            servers.lab.heal();
            again(leader);
            conclude("unplanned failover, leader killed in phase " + seen);
            ward.forgetDiverged();
        }
    }

    @Test
    @Tag("soak") // It takes minutes.
    @Order(7)
    void aBusyDatabaseStartsWholeFromItsReplica() throws Exception {
        var bank = new Bank(ward);
        LabNode node = bank.primary();
        bank.begin();
        TimeUnit.SECONDS.sleep(BANK_SECONDS);
        ward.undisturbed(ward.others(node));
        long lagMillis = bank.volume().replicas().getFirst().lagMillis();
        node.kill();
        ward.await(
                "the database to leave " + node.name(),
                () -> !bank.volume().primary().equals(node.name()));
        bank.awaitAnswers();
        bank.end();
        Map<Long, Double> acknowledged = bank.acknowledged();
        Set<Long> present = bank.receipts();
        List<Double> lost = acknowledged.entrySet().stream()
                .filter(entry -> !present.contains(entry.getKey()))
                .map(Map.Entry::getValue)
                .sorted()
                .toList();
        double last = acknowledged.values().stream().mapToDouble(at -> at).max().orElseThrow();
        double lostSeconds = lost.isEmpty() ? 0 : last - lost.getFirst();
        double told = told("bank");
        String checked = bank.check().strip();
        System.out.printf(
                Locale.ROOT,
                "PostgreSQL under pgbench, power cut: %d transactions acknowledged, %d of them lost, of the last %.1f s;"
                        + " the lag shown was %.1f s, the loss told %.1f s; amcheck: %s; longest pause of the other %.1f s%n",
                acknowledged.size(),
                lost.size(),
                lostSeconds,
                lagMillis / 1e3,
                told,
                checked,
                ward.writer.longestPause(begunNanos));
        assertThat(acknowledged).hasSizeGreaterThan(50);
        assertThat(checked).isEqualTo("clean");
        assertThat(bank.balances()).as("the books balance").isTrue();
        assertThat(lostSeconds).as("seconds of acknowledged transactions lost").isLessThanOrEqualTo(told);
        node.start(servers.home);
        ward.settle();
        bank.close();
    }

    /// How much of the past the last failover in `environment` said is not there, in seconds.
    private static double told(String environment) throws IOException {
        Matcher last = ward.events()
                .lines()
                .filter(line -> line.contains(" " + environment + ": "))
                .map(LOSS::matcher)
                .filter(Matcher::find)
                .reduce((_, next) -> next)
                .orElseThrow();
        return Double.parseDouble(last.group(1));
    }
}
