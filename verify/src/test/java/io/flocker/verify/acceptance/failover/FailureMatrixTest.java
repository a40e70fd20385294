package io.flocker.verify.acceptance.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flocker.agent.program.Program;
import io.flocker.client.api.Status;
import io.flocker.lab.LabNode;
import io.flocker.verify.server.Servers;
import io.flocker.verify.server.Ward;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/// What becomes of a service that fails over by itself, whatever is done to its node: one writer, always, and nothing
/// that was acknowledged is gone. Each case prints its figures.
@Tag("engine")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FailureMatrixTest {
    private static final String OPTIONS = "{replication: {copies: 2, every: 1s, max_loss: 40s, failover: auto}}";

    private static Ward ward;
    private static Servers servers;
    private long begunNanos;

    @BeforeAll
    static void up() throws Exception {
        ward = new Ward(17, OPTIONS);
        servers = ward.servers;
    }

    @AfterAll
    static void down() throws Exception {
        ward.close();
    }

    @BeforeEach
    void quiet() throws Exception {
        ward.settle();
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

    /// Waits until the service has gone from `node` and answers elsewhere.
    private void awaitFailover(LabNode node) throws Exception {
        ward.await(
                "data to leave " + node.name(), () -> !ward.volume().primary().equals(node.name()));
        long now = System.nanoTime();
        ward.await("answers", () -> ward.writer.answersSince(now) > 5);
    }

    private void conclude(String what) throws Exception {
        ward.settle();
        double pause = ward.writer.longestPause(begunNanos);
        ward.tell(what, pause, ward.check());
    }

    @Test
    @Order(1)
    void aPlannedFailoverAndBackLosesNothing() throws Exception {
        LabNode home = ward.primary();
        ward.flocker("failover", "-e", "shop", "db");
        assertThat(ward.primary().name()).isNotEqualTo(home.name());
        assertThat(ward.volume().home()).isEqualTo(home.name());
        ward.settle();
        ward.flocker("failback", "-e", "shop", "db");
        assertThat(ward.primary().name()).isEqualTo(home.name());
        ward.settle();
        double pause = ward.writer.longestPause(begunNanos);
        Ward.Found found = ward.check();
        ward.tell("planned failover and back", pause, found);
        assertThat(found.lost()).isEmpty();
        assertThat(ward.diverged("shop")).isEmpty();
    }

    @Test
    @Order(2)
    void theNodeLosesItsPower() throws Exception {
        LabNode node = ward.primary();
        ward.undisturbed(ward.others(node));
        node.kill();
        awaitFailover(node);
        node.start(servers.home);
        conclude("power of the primary's node cut");
    }

    @Test
    @Order(3)
    void theNodeIsCutOff() throws Exception {
        LabNode node = ward.primary();
        ward.undisturbed(ward.others(node));
        servers.lab.partition(List.of(node), ward.others(node), false);
        awaitFailover(node);
        servers.lab.heal();
        conclude("primary's node cut off from all others");
    }

    @Test
    @Tag("soak") // A variant of the case before.
    @Order(4)
    void theNodeIsHeardNoMoreButHears() throws Exception {
        LabNode node = ward.primary();
        ward.undisturbed(ward.others(node));
        servers.lab.partition(List.of(node), ward.others(node), true);
        awaitFailover(node);
        servers.lab.heal();
        conclude("what the primary's node sends is lost");
    }

    @Test
    @Tag("soak") // A variant of the case before.
    @Order(5)
    void theNodeHearsNoMoreButIsHeard() throws Exception {
        LabNode node = ward.primary();
        ward.undisturbed(ward.others(node));
        servers.lab.partition(ward.others(node), List.of(node), true);
        awaitFailover(node);
        servers.lab.heal();
        conclude("what is sent to the primary's node is lost");
    }

    @Test
    @Order(6)
    void theAgentHangs() throws Exception {
        LabNode node = ward.primary();
        ward.undisturbed(ward.others(node));
        node.pause(LabNode.Part.DAEMON);
        awaitFailover(node);
        node.resume(LabNode.Part.DAEMON);
        conclude("agent of the primary's node stopped (SIGSTOP)");
    }

    @Test
    @Order(7)
    void theApplicationEndsAndStartsAgainWhereItIs() throws Exception {
        Status.Volume before = ward.volume();
        LabNode node = ward.primary();
        String container = node.docker("ps", "-q", "--filter", "name=db").strip();
        Program.of("docker", "-H", node.engineSocket(), "kill", container).run();
        TimeUnit.SECONDS.sleep(1);
        conclude("container killed");
        assertThat(ward.volume().epoch()).isEqualTo(before.epoch());
        assertThat(ward.volume().primary()).isEqualTo(before.primary());
    }

    @Test
    @Tag("soak") // Nothing fails over.
    @Order(8)
    void theApplicationHangsAndIsLeftWhereItIs() throws Exception {
        Status.Volume before = ward.volume();
        LabNode node = ward.primary();
        String container = node.docker("ps", "-q", "--filter", "name=db").strip();
        String pid = node.docker("inspect", "-f", "{{.State.Pid}}", container).strip();
        Program.of("kill", "-STOP", pid).run();
        TimeUnit.SECONDS.sleep(8);
        assertThat(ward.volume().epoch()).isEqualTo(before.epoch());
        Program.of("kill", "-CONT", pid).run();
        conclude("container's first process stopped (SIGSTOP) for 8 s");
        assertThat(ward.volume().epoch()).isEqualTo(before.epoch());
    }

    @Test
    @Order(9)
    void theControlPlanesLeaderIsLost() throws Exception {
        Status.Volume before = ward.volume();
        LabNode leader = ward.leader();
        ward.undisturbed(ward.others(leader));
        if (leader.name().equals(before.primary())) {
            ward.flocker("failover", "-e", "shop", "db");
            ward.settle();
            before = ward.volume();
        }
        begunNanos = System.nanoTime();
        ward.undisturbed(List.of(ward.primary()));
        leader.kill(LabNode.Part.DAEMON);
        TimeUnit.SECONDS.sleep(8);
        Status.Volume after = ward.volume();
        assertThat(after.epoch()).as("another leader, the same writer").isEqualTo(before.epoch());
        leader.startDaemon(servers.home);
        conclude("leader killed, on another node");
    }

    @Test
    @Tag("soak") // Two other cases in one.
    @Order(10)
    void theLeaderAndThePrimaryAreOneNodeThatIsLost() throws Exception {
        LabNode leader = ward.leader();
        if (!leader.name().equals(ward.volume().primary())) {
            ward.flocker("failover", "-e", "shop", "db", "--to", leader.name());
            ward.settle();
        }
        begunNanos = System.nanoTime();
        ward.undisturbed(ward.others(leader));
        leader.kill();
        awaitFailover(leader);
        leader.start(servers.home);
        conclude("power of the node cut that leads and is the primary's");
    }

    @Test
    @Tag("soak") // It takes more than a minute.
    @Order(11)
    void oneFailsAfterTheOther() throws Exception {
        LabNode first = ward.primary();
        ward.undisturbed(ward.others(first));
        first.kill();
        awaitFailover(first);
        LabNode second = ward.primary();
        first.start(servers.home);
        ward.settle();
        ward.undisturbed(ward.others(second));
        second.kill();
        awaitFailover(second);
        second.start(servers.home);
        conclude("two nodes lose their power, one after the other");
    }

    @Test
    @Tag("soak") // Nothing fails over.
    @Order(12)
    void aReplicaThatIsFullStopsNobody() throws Exception {
        LabNode node = ward.primary();
        LabNode full = ward.others(node).getFirst();
        full.fill(0);
        // A few lines fit into what btrfs keeps for itself; this does not.
        ward.flocker(
                "exec",
                "shop",
                "db",
                "--",
                "dd",
                "if=/dev/urandom",
                "of=/data/more",
                "bs=1M",
                "count=24",
                "conv=fsync");
        ward.await(
                "the replica to be behind",
                () -> ward.volume().replicas().stream()
                        .anyMatch(replica -> replica.node().equals(full.name())
                                && replica.state().equals("behind")));
        System.out.println(ward.flocker("status", "shop"));
        double pause = ward.writer.longestPause(begunNanos);
        assertThat(pause).as("the writer's longest pause").isLessThan(3);
        full.unfill();
        conclude("a replica's pool full");
        assertThat(ward.volume().primary()).isEqualTo(node.name());
    }

    @Test
    @Tag("soak") // Nothing fails over.
    @Order(13)
    void thePrimaryIsCutOffFromItsReplicasOnly() throws Exception {
        LabNode node = atHome();
        String leads = ward.leader().name();
        LabNode replica = ward.others(node).stream()
                .filter(other -> !other.name().equals(leads))
                .findFirst()
                .orElseThrow();
        LabNode third = ward.others(node).stream()
                .filter(other -> !other.name().equals(replica.name()))
                .findFirst()
                .orElseThrow();
        replicateOnlyTo(replica, "--failover", "auto");
        long epoch = ward.volume().epoch();
        begunNanos = System.nanoTime();
        ward.undisturbed(List.of(third, node));
        servers.lab.partition(List.of(node), List.of(replica), false);
        ward.await(
                "the replica to be behind",
                () -> ward.volume().replicas().stream().allMatch(it -> it.lagMillis() > 12_000));
        System.out.println(ward.flocker("status", "shop"));
        assertThat(ward.volume().epoch()).as("no failover").isEqualTo(epoch);
        servers.lab.heal();
        conclude("primary cut off from its replica, not from the leader");
        assertThat(ward.volume().epoch()).as("no failover").isEqualTo(epoch);
    }

    /// Brings the service home: away from there, home keeps a replica beside those that are named.
    private static LabNode atHome() throws Exception {
        if (!ward.volume().home().isEmpty()) {
            ward.flocker("failback", "-e", "shop", "db");
            ward.settle();
        }
        return ward.primary();
    }

    private static void replicateOnlyTo(LabNode replica, String... options) throws Exception {
        List<String> words = new ArrayList<>(List.of("volume", "replicate", "shop/data", "--to", replica.name()));
        words.addAll(List.of(options));
        ward.flocker(words.toArray(String[]::new));
        ward.await(
                "a replica on " + replica.name() + " only",
                () -> ward.volume().replicas().stream()
                        .map(Status.Replica::node)
                        .toList()
                        .equals(List.of(replica.name())));
        ward.settle();
    }

    private static String other(LabNode node) {
        return node.name().equals("n3") ? "n2" : "n3";
    }

    @Test
    @Tag("soak") // It takes long.
    @Order(14)
    void bothDieAndTheStaleOneReturnsFirst() throws Exception {
        LabNode node = atHome();
        LabNode replica = servers.lab.node(other(node));
        replicateOnlyTo(replica, "--max-loss", "7s", "--failover", "auto");
        ward.undisturbed(List.of(node));
        replica.kill();
        TimeUnit.SECONDS.sleep(9);
        node.kill();
        ward.undisturbed(ward.others(node));
        replica.start(servers.home);
        // A new leader has not heard of the replica at first: then it is blocked for that.
        ward.await(
                "the volume to be blocked by what would be lost",
                () -> ward.volume().blocked().contains("would lose"));
        System.out.println(ward.flocker("status", "shop"));
        assertThat(ward.volume().blocked()).contains("--accept-loss");
        assertThat(ward.volume().primary()).isEqualTo(node.name());

        assertThatThrownBy(() -> ward.flocker("failover", "-e", "shop", "db"))
                .hasMessageContaining("is not there")
                .hasMessageContaining("--accept-loss");
        ward.flocker("failover", "-e", "shop", "db", "--accept-loss");
        assertThat(ward.volume().primary()).isEqualTo(replica.name());
        node.start(servers.home);
        conclude("both die, the stale one returns first, the loss is accepted");
        assertThat(ward.diverged("shop")).isNotEmpty();
    }

    @Test
    @Tag("soak") // Nothing fails over.
    @Order(15)
    void aBranchIsMadeWhereAReplicaIs() throws Exception {
        String replica = ward.volume().replicas().getFirst().node();
        ward.flocker("env", "branch", "shop", "alice", "--on", replica);

        assertThat(ward.volumes("alice"))
                .hasSize(1)
                .allMatch(volume -> volume.primary().equals(replica));
        assertThat(ward.volumes("alice").getFirst().replicas())
                .as("a branch is not replicated")
                .isEmpty();
        assertThat(ward.flocker("exec", "alice", "db", "--", "head", "-n", "1", "/data/log"))
                .isEqualTo(ward.flocker("exec", "shop", "db", "--", "head", "-n", "1", "/data/log"));
        ward.flocker("env", "rm", "alice");
    }

    @Test
    @Tag("soak") // It takes more than a minute; RecoveryTest has it without services.
    @Order(16)
    void theMajorityOfVotersIsLostAndOneReplicaGoesOn() throws Exception {
        atHome();
        LabNode left = servers.lab.node(ward.volume().replicas().getFirst().node());
        List<LabNode> lost = ward.others(left);
        begunNanos = System.nanoTime();
        ward.undisturbed(List.of(left));
        for (LabNode node : lost) {
            node.kill();
        }
        TimeUnit.SECONDS.sleep(3);
        assertThat(ward.flocker("recover", "--force-new-cluster", "--dry-run"))
                .contains("of " + left.name() + " alone");
        assertThatThrownBy(() -> ward.flocker("recover", "--force-new-cluster")).hasMessageContaining("--yes");
        System.out.println(ward.flocker("recover", "--force-new-cluster", "--yes"));
        ward.await("the service on " + left.name(), () -> {
            if (!ward.volume().primary().equals(left.name())) {
                ward.flocker("failover", "-e", "shop", "db", "--accept-loss");
            }
            return ward.writer.answersSince(System.nanoTime() - TimeUnit.SECONDS.toNanos(1)) > 5;
        });
        for (LabNode node : lost) {
            node.start(servers.home);
        }
        conclude("two of three nodes lost, the third made a cluster of its own");
        assertThat(ward.leader().name()).isEqualTo(left.name());
        ward.await("the two to be voters again", () -> {
            String nodes = ward.flocker("node", "ls");
            return lost.stream()
                    .allMatch(node -> nodes.lines()
                            .anyMatch(line -> line.startsWith(node.name() + " ") && line.contains("voter")));
        });
    }
}
