package io.flocker.control.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flocker.client.Credentials;
import io.flocker.control.ca.Authority;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.model.Node;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.pcollections.TreePMap;

@Timeout(120)
class MembershipTest {
    private static final int SNAPSHOT_EVERY_ENTRIES = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private final List<ClusterLog> open = new ArrayList<>();
    private Authority authority;
    private int port;

    @BeforeEach
    void certify() throws IOException {
        authority = Authority.create(folder.resolve("ca"));
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
    }

    @AfterEach
    void close() throws IOException {
        for (ClusterLog log : open) {
            log.close();
        }
    }

    @Test
    void growsToThreeAndShrinksToOneUnderWrites() throws Exception {
        ClusterLog first = start(1, true);
        write(first, 0, 100);
        ClusterLog second = start(2, false);
        first.membership().change(members(1, 2));
        write(first, 100, 150);
        ClusterLog third = start(3, false);
        first.membership().change(members(1, 2, 3));
        write(first, 150, 200);

        assertThat(first.membership().now()).containsOnlyKeys("n1", "n2", "n3");
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(second.state()).isEqualTo(first.state());
            assertThat(third.state()).isEqualTo(first.state());
        });
        first.membership().handOver("n3");
        await().until(() -> third.confirmed() != ClusterLog.NOT);
        assertThat(first.confirmed()).isEqualTo(ClusterLog.NOT);
        third.membership().change(members(3));
        write(third, 200, 250);
        assertThat(third.state().nodes()).hasSize(250);
    }

    @Test
    void goesOnWithinThreeSecondsWhenItsLeaderIsGone() throws Exception {
        ClusterLog first = start(1, true);
        ClusterLog second = start(2, false);
        ClusterLog third = start(3, false);
        first.membership().change(members(1, 2));
        first.membership().change(members(1, 2, 3));
        write(first, 0, 10);
        long before = first.leads();
        first.close();

        await().atMost(Duration.ofSeconds(3))
                .until(() -> second.confirmed() != ClusterLog.NOT || third.confirmed() != ClusterLog.NOT);
        ClusterLog leader = second.leads() == ClusterLog.NOT ? third : second;
        assertThat(leader.leads()).isGreaterThan(before);
        assertThat(leader.membership().alive(1_000)).containsExactlyInAnyOrder("n2", "n3");
        write(leader, 10, 20);
        leader.membership().change(members(2, 3));
        start(4, false);
        leader.membership().change(members(2, 3, 4));
        write(leader, 20, 30);
        assertThat(leader.state().nodes()).hasSize(30);
    }

    /// What a leader no longer has in its log, a new member gets as a snapshot.
    @Test
    void bringsANewMemberUpToDateWithASnapshot() throws Exception {
        ClusterLog first = start(1, true);
        TreePMap<String, String> long_ = TreePMap.singleton("long", "x".repeat(64 * 1024));
        for (int i = 0; i < 1_300; i++) {
            first.submit(new Command.AddNode("test", i, "big", "address" + i, long_, "", Node.Capacity.NONE));
        }
        await().atMost(PATIENCE).until(() -> {
            try (Stream<Path> files = Files.walk(folder.resolve("n1"))) {
                return files.noneMatch(file -> file.getFileName().toString().startsWith("log_0-"));
            }
        });
        ClusterLog second = start(2, false);
        first.membership().change(members(1, 2));
        write(first, 0, 10);

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(second.state()).isEqualTo(first.state()));
        second.close();
        open.remove(second);
        ClusterLog again = start(2, false);
        await().atMost(PATIENCE)
                .until(() -> first.confirmed() != ClusterLog.NOT || again.confirmed() != ClusterLog.NOT);
        write(first.leads() == ClusterLog.NOT ? again : first, 10, 20);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(again.state()).isEqualTo(first.state()));
    }

    private ClusterLog start(int number, boolean founds) throws IOException {
        Credentials credentials = authority.node("n" + number, Authority.namesOf("n" + number, address(number)));
        var self = new ClusterLog.Member("n" + number, address(number) + ":" + port);
        ClusterLog log = new ClusterLog(
                folder.resolve("n" + number),
                self,
                founds ? List.of(self) : List.of(),
                credentials,
                SNAPSHOT_EVERY_ENTRIES);
        open.add(log);
        return log;
    }

    private static String address(int number) {
        return "127.0.0." + number;
    }

    private TreePMap<String, String> members(int... numbers) {
        TreePMap<String, String> members = TreePMap.empty();
        for (int number : numbers) {
            members = members.plus("n" + number, address(number) + ":" + port);
        }
        return members;
    }

    private static void write(ClusterLog log, int from, int to) throws Exception {
        for (int i = from; i < to; i++) {
            var add = new Command.AddNode("test", i, "m" + i, "10.0.0.1", TreePMap.empty(), "", Node.Capacity.NONE);
            assertThat(log.submit(add).outcome()).isInstanceOf(Outcome.Accepted.class);
        }
    }
}
