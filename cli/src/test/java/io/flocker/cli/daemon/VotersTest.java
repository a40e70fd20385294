package io.flocker.cli.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.flocker.client.ApiException;
import io.flocker.client.FlockerClient;
import io.flocker.client.Login;
import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests;
import io.flocker.client.api.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The control plane on several nodes, in processes that are killed.
@Timeout(300)
@Tag("engine")
class VotersTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /// From the leader's death to the next answer to a write.
    /// On a machine that does much else; the benchmark `leader-loss` has the target.
    private static final long MOST_MILLIS = 10_000;

    @TempDir
    Path folder;

    @Test
    void losesNothingWhenTheLeaderIsKilledAndReplacesIt() throws Exception {
        try (var cluster = new BareCluster(folder)) {
            cluster.start(1);
            FlockerClient first = cluster.admin(1);
            String token = BareCluster.token(first, 3);
            cluster.start(2, token, true);
            cluster.start(3, token, true);
            awaitControl(first, Map.of("n1", "leader", "n2", "voter", "n3", "voter"));
            assertThat(Files.readString(cluster.installation(3).settings()))
                    .contains("https://127.0.0.1:", "https://127.0.0.2:", "https://127.0.0.3:");
            Path key = cluster.installation(2).authority().resolve("ca.key");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                    .isEqualTo("rw-------");

            // A follower passes writes on, before and after.
            FlockerClient admin = cluster.admin(3);
            List<String> acknowledged = write(admin, "before", 30);
            cluster.kill(1);
            long killed = System.nanoTime();
            acknowledged.addAll(write(admin, "after", 1));
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - killed);
            System.out.println("VotersTest: writes went on " + millis + " ms after the leader was killed");
            assertThat(millis).isLessThan(MOST_MILLIS);
            acknowledged.addAll(write(admin, "more", 20));
            assertThat(labels(admin, "n2")).containsAll(acknowledged);

            // Without the first node, others join, and one of them takes its place.
            cluster.start(4, BareCluster.token(admin, 1), false);
            assertUsersMayCallANodeThatKnowsNobody(cluster, admin);
            BareCluster.set(admin, "n1", "agent");
            BareCluster.set(admin, "n4", "voter");
            await().atMost(PATIENCE)
                    .ignoreExceptions()
                    .untilAsserted(() -> assertThat(BareCluster.control(admin))
                            .containsEntry("n1", "")
                            .containsEntry("n4", "voter"));
            assertThat(labels(admin, "n2")).containsAll(acknowledged);

            // Back again it is no voter, and its API is the way to those who are.
            cluster.start(1);
            await().atMost(PATIENCE)
                    .until(() ->
                            !Files.exists(cluster.installation(1).authority().resolve("ca.key")));
            assertThat(BareCluster.control(first)).containsEntry("n1", "").containsEntry("n4", "voter");
        }
    }

    @Test
    void demotesTheLeaderButNotTheLastOrAMajority() throws Exception {
        try (var cluster = new BareCluster(folder)) {
            cluster.start(1);
            FlockerClient first = cluster.admin(1);
            assertRefused(first, "n1", "the last voter");
            String token = BareCluster.token(first, 2);
            cluster.start(2, token, false);
            BareCluster.set(first, "n2", "voter");
            awaitControl(first, Map.of("n1", "leader", "n2", "voter"));
            assertThatThrownBy(() -> first.delete("/v2/nodes/n2", Object.class)).hasMessageContaining("demote n2");

            BareCluster.set(first, "n1", "agent");
            awaitControl(first, Map.of("n1", "", "n2", "leader"));
            BareCluster.set(first, "n1", "voter");
            awaitControl(first, Map.of("n1", "voter", "n2", "leader"));
            cluster.start(3, token, true);
            awaitControl(first, Map.of("n1", "voter", "n2", "leader", "n3", "voter"));
            cluster.kill(3);
            TimeUnit.SECONDS.sleep(3);
            assertRefused(first, "n1", "no majority");
            BareCluster.set(first, "n3", "agent");
            awaitControl(first, Map.of("n1", "voter", "n2", "leader", "n3", ""));
        }
    }

    private static void assertRefused(FlockerClient admin, String node, String why) {
        assertThatThrownBy(() -> BareCluster.set(admin, node, "agent"))
                .isInstanceOf(ApiException.class)
                .hasMessageContaining(why);
    }

    private static void awaitControl(FlockerClient admin, Map<String, String> control) {
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(BareCluster.control(admin)).isEqualTo(control));
    }

    /// Sets labels one after the other; those that were acknowledged.
    private static List<String> write(FlockerClient admin, String prefix, int count)
            throws IOException, InterruptedException {
        var acknowledged = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            BareCluster.label(admin, "n2", prefix + i);
            acknowledged.add(prefix + i);
        }
        return acknowledged;
    }

    private static List<String> labels(FlockerClient admin, String node) throws IOException, InterruptedException {
        return List.copyOf(
                admin.get("/v2/nodes/" + node, Status.Node.class).labels().keySet());
    }

    private static void assertUsersMayCallANodeThatKnowsNobody(BareCluster cluster, FlockerClient admin)
            throws Exception {
        Answers.NewUserToken made =
                admin.post("/v2/users", new Requests.AddUser("vera", "viewer", 600), Answers.NewUserToken.class);
        try (FlockerClient vera = cluster.user(Login.parse(made.text()), 4)) {
            assertThat(vera.get("/v2/whoami", Answers.WhoAmI.class).role()).isEqualTo("viewer");
            assertThatThrownBy(() -> BareCluster.label(vera, "n2", "hers"))
                    .isInstanceOf(ApiException.class)
                    .hasMessageContaining("vera (viewer) may not");
            admin.delete("/v2/users/vera", Answers.Change.class);
            assertThatThrownBy(() -> vera.get("/v2/nodes", Answers.Nodes.class)).hasMessageContaining("not known");
        }
    }
}
