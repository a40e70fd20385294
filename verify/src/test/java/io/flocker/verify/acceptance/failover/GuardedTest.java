package io.flocker.verify.acceptance.failover;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.agent.guard.BootClock;
import io.flocker.client.FlockerClient;
import io.flocker.client.api.Answers;
import io.flocker.client.api.Status;
import io.flocker.core.lease.LeaseTerms;
import io.flocker.lab.LabNode;
import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/// What may fail over by itself writes only under a lease: on three servers, each with a writer of its own. Their
/// replicas are sent so little a second that none is ever complete, so that nothing takes over.
@Tag("engine")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class GuardedTest {
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000_000_000;
    private static final int RESTARTS = 3;
    private static final int LEADERS = 4;
    private static final LeaseTerms TERMS = LeaseTerms.USUAL;

    private static Servers servers;

    @BeforeAll
    static void up() throws Exception {
        servers = new Servers(14, "2G", 3);
        var text = new StringBuilder("services:\n");
        for (String node : List.of("n1", "n2", "n3")) {
            text.append("""
                      on%1$s:
                        image: flocker/busybox:1
                        command: %2$s
                        volumes: ["%1$s:/data"]
                        restart: always
                        stop_signal: SIGKILL
                        deploy: {placement: {constraints: [node.name == %1$s]}}
                    """.formatted(node, Stamps.WRITER.strip()).indent(2));
        }
        text.append("volumes: {n1: , n2: , n3: }\n");
        servers.succeed("up", "-f", servers.compose("shop", text.toString()).toString());
        for (String node : List.of("n1", "n2", "n3")) {
            String other = node.equals("n3") ? "n1" : "n3";
            String before = container(node);
            replicate(node, other, "auto");
            servers.await("the guard of " + node, () -> !guarded(node).isEmpty());
            awaitWriting(node);
            assertThat(container(node)).as("nothing is restarted for it").isEqualTo(before);
            assertThat(fenced(node)).isZero();
        }
    }

    private static void replicate(String volume, String to, String failover) throws IOException {
        servers.succeed("volume", "replicate", "shop/" + volume, "--to", to, "--rate", "1k", "--failover", failover);
    }

    @AfterAll
    static void down() throws Exception {
        servers.close();
    }

    private static LabNode node(String name) {
        return servers.lab.node(name);
    }

    /// The one that runs on a node, by its short id; empty if none does.
    private static String container(String node) throws IOException {
        return node(node)
                .docker("ps", "-q", "--filter", "label=io.flocker.service=on" + node)
                .strip();
    }

    private static Status.Volume volume(String name) throws IOException, InterruptedException {
        LabNode asked = leader().orElse(servers.node);
        try (FlockerClient client = asked.client()) {
            return client.get("/v2/volumes", Answers.Volumes.class).volumes().stream()
                    .filter(volume -> volume.name().equals(name))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /// The last stint on a node.
    private static Stamps.Stint stint(String node) throws IOException {
        List<Stamps.Stint> stints = Stamps.of(List.of(node(node)), "");
        assertThat(Stamps.overlaps(stints)).isEmpty();
        return stints.getLast();
    }

    /// What the guard of a node last said, in words.
    private static List<String> guard(String node, String file) throws IOException {
        Path path = node(node).root().resolve("run/flocker/guard/" + file);
        List<String> words =
                Files.exists(path) ? List.of(Files.readString(path).strip().split(" ")) : List.of();
        return words.isEmpty() || !words.getLast().equals(".") ? List.of() : words.subList(0, words.size() - 1);
    }

    private static List<String> guarded(String node) throws IOException {
        return guard(node, "groups");
    }

    private static long deadline(String node) throws IOException, InterruptedException {
        return Long.parseLong(said(node).get(3));
    }

    private static long fenced(String node) throws IOException, InterruptedException {
        return Long.parseLong(said(node).get(5));
    }

    /// It is written anew now and then.
    private static List<String> said(String node) throws IOException, InterruptedException {
        for (int attempt = 0; attempt < 1_000; attempt++) {
            List<String> words = guard(node, "state");
            if (words.size() == 10) {
                return words;
            }
            TimeUnit.MILLISECONDS.sleep(1);
        }
        throw new IOException("The guard of " + node + " says nothing");
    }

    private static Optional<LabNode> leader() throws IOException, InterruptedException {
        for (LabNode node : servers.lab.nodes()) {
            try (FlockerClient client = FlockerClient.local(node.root().resolve("run/flocker/api.sock"))) {
                if (client.get("/v2/leader", Answers.Leader.class).api().contains(node.address() + ":")) {
                    return Optional.of(node);
                }
            } catch (IOException e) {
                // It does not run: the next one is asked.
            }
        }
        return Optional.empty();
    }

    private static void awaitWriting(String node) throws IOException, InterruptedException {
        long since = BootClock.nanos();
        servers.await(node + " to write", () -> stint(node).lastNanos() > since);
    }

    private static void awaitFenced(String node, String container) throws IOException, InterruptedException {
        servers.await(
                container + " on " + node + " to be fenced",
                () -> !container(node).equals(container));
    }

    /// A node whose writer stopped in time, with how late after its deadline.
    private static double lateMillis(String node, String container) throws IOException, InterruptedException {
        Stamps.Stint last = Stamps.of(List.of(node(node)), "").stream()
                .filter(stint -> stint.container().equals(container))
                .findFirst()
                .orElseThrow();
        long late = last.lastNanos() - deadline(node);
        assertThat(late).as("nanoseconds that it wrote after its deadline").isLessThan(TERMS.fencingMillis() * MILLI);
        return late / (double) MILLI;
    }

    @Test
    @Order(1)
    void anAgentThatHangsHasItsContainerFencedInTime() throws Exception {
        awaitWriting("n2");
        String container = container("n2");
        node("n2").pause(LabNode.Part.DAEMON);
        long paused = BootClock.nanos();
        awaitFenced("n2", container);
        double late = lateMillis("n2", container);
        long last = stint("n2").lastNanos();
        String blocked = awaitBlocked("n2");
        assertThat(stint("n2").lastNanos()).as("nobody wrote meanwhile").isEqualTo(last);

        node("n2").resume(LabNode.Part.DAEMON);
        long resumed = BootClock.nanos();
        awaitWriting("n2");
        System.out.printf(
                "An agent that hangs: last write %.2f s after it hung, %.0f ms after its deadline; writes again %.2f s"
                        + " after it went on. Meanwhile: %s%n",
                (last - paused) / 1e9, late, again("n2", resumed), blocked);
        servers.await("it not to be blocked", () -> volume("n2").blocked().isEmpty());
    }

    /// Seconds from a moment to the first stamp after it.
    private static double again(String node, long since) throws IOException {
        return (Stamps.firstAfter(node(node), since).orElseThrow() - since) / 1e9;
    }

    private static String awaitBlocked(String name) throws IOException, InterruptedException {
        servers.await(
                "volume " + name + " to be blocked",
                () -> !volume(name).blocked().isEmpty());
        return volume(name).blocked();
    }

    @Test
    @Order(2)
    void aNodeThatIsCutOffHasStoppedBeforeItsEpochMayBeRaised() throws Exception {
        String container = container("n3");
        List<LabNode> others = List.of(node("n1"), node("n2"));
        servers.lab.partition(List.of(node("n3")), others, false);
        long cut = BootClock.nanos();
        // Only once its lease has certainly ended the leader says that nothing can take over.
        awaitBlocked("n3");
        long known = BootClock.nanos();
        Stamps.Stint last = stint("n3");
        assertThat(last.container()).isEqualTo(container);
        assertThat(last.lastNanos()).isLessThan(known);
        double late = lateMillis("n3", container);
        assertThat(container("n3")).isEmpty();
        servers.lab.heal();
        long healed = BootClock.nanos();
        awaitWriting("n3");
        System.out.printf(
                "A node that is cut off: last write %.2f s after it was, %.0f ms after its deadline; the epoch might be"
                        + " raised %.2f s after the last write; writes again %.2f s after it was healed%n",
                (last.lastNanos() - cut) / 1e9, late, (known - last.lastNanos()) / 1e9, again("n3", healed));
    }

    @Test
    @Tag("soak") // The guard has a test of its own.
    @Order(3)
    void aContainerSurvivesAnAgentThatIsBackBeforeTheDeadline() throws Exception {
        var told = new ArrayList<String>();
        for (int i = 0; i < RESTARTS; i++) {
            awaitWriting("n2");
            servers.await("a lease", () -> deadline("n2") > BootClock.nanos() + 2 * SECOND);
            String container = container("n2");
            long fenced = fenced("n2");
            node("n2").kill(LabNode.Part.DAEMON);
            long killed = BootClock.nanos();
            long before = deadline("n2");
            node("n2").startDaemon(servers.home);
            servers.await("a renewal", () -> deadline("n2") > before);
            long back = BootClock.nanos();
            boolean same = container("n2").equals(container);
            assertThat(same).as("it is the same unless it was fenced").isEqualTo(fenced("n2") == fenced);
            told.add(String.format(
                    "%.2f s of %.2f s: %s", (back - killed) / 1e9, (before - killed) / 1e9, same ? "same" : "fenced"));
        }
        System.out.println("An agent that was killed had a lease again after " + told);
    }

    @Test
    @Tag("soak") // It takes more than a minute.
    @Order(4)
    void noWriterOfAnotherNodeIsFencedWhenTheLeaderDies() throws Exception {
        var rooms = new ArrayList<String>();
        for (int i = 0; i < LEADERS; i++) {
            for (LabNode node : servers.lab.nodes()) {
                awaitWriting(node.name());
            }
            servers.await("a leader", () -> leader().isPresent());
            LabNode leader = leader().orElseThrow();
            var before = new TreeMap<String, Long>();
            for (LabNode node : servers.lab.nodes()) {
                if (!node.name().equals(leader.name())) {
                    before.put(node.name(), fenced(node.name()));
                }
            }
            leader.kill(LabNode.Part.DAEMON);
            for (var room : least(before.keySet().stream().toList()).entrySet()) {
                rooms.add(String.format("%s %.2f s", room.getKey(), room.getValue() / 1e9));
            }
            leader.startDaemon(servers.home);
            for (String node : before.keySet()) {
                assertThat(fenced(node))
                        .as("fencings on " + node + "; room left " + rooms)
                        .isEqualTo(before.get(node));
            }
        }
        System.out.println("When the leader died, the others' leases were renewed with so much left: " + rooms);
    }

    /// The least that was left of each node's lease before it was renewed, within ten seconds.
    private static Map<String, Long> least(List<String> nodes) throws IOException, InterruptedException {
        var least = new TreeMap<String, Long>();
        long end = BootClock.nanos() + 10 * SECOND;
        while (BootClock.nanos() < end) {
            for (String node : nodes) {
                least.merge(node, deadline(node) - BootClock.nanos(), Math::min);
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        return least;
    }

    @Test
    @Order(5)
    void whatDoesNotFailOverByItselfAnyMoreIsNotGuarded() throws Exception {
        awaitWriting("n2");
        String container = container("n2");
        replicate("n2", "n3", "manual");
        servers.await("n2 to be guarded no more", () -> guarded("n2").isEmpty());
        awaitWriting("n2");
        assertThat(container("n2")).isEqualTo(container);
        node("n2").pause(LabNode.Part.DAEMON);
        TimeUnit.MILLISECONDS.sleep(TERMS.leaseMillis() + 1_000);
        awaitWriting("n2");
        node("n2").resume(LabNode.Part.DAEMON);
        assertThat(container("n2")).isEqualTo(container);
        assertThat(servers.succeed("status")).doesNotContain("lease");
    }
}
