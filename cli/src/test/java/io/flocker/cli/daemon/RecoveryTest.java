package io.flocker.cli.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.flocker.client.FlockerClient;
import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests;
import io.flocker.client.api.Status;
import io.flocker.control.log.LogRecovery;
import io.flocker.core.model.Event;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A cluster whose majority of voters is lost goes on with what one voter has, and those who come back follow it.
@Timeout(300)
@Tag("engine")
class RecoveryTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    @Test
    void goesOnWithWhatOneVoterHasAndTheLostOnesFollowIt() throws Exception {
        try (var cluster = new BareCluster(folder)) {
            threeVoters(cluster);
            FlockerClient third = cluster.admin(3);
            for (int i = 0; i < 30; i++) {
                BareCluster.label(third, "n2", "before" + i);
            }
            assertThatThrownBy(() -> recover(third, false)).hasMessageContaining("leads the cluster");

            cluster.kill(1);
            cluster.kill(2);
            await().atMost(PATIENCE)
                    .ignoreExceptions()
                    .until(() -> recover(third, true).lost().equals(List.of("n1", "n2")));
            assertThatThrownBy(() -> BareCluster.label(third, "n2", "alone")).hasMessageContaining("away");
            Answers.Recovered recovered = recover(third, false);
            assertThat(recovered.generation()).isEqualTo(1);
            assertThat(recovered.entries()).isGreaterThan(30);

            BareCluster.label(third, "n2", "after");
            assertThat(labels(third)).contains("before0", "before29", "after");
            assertThat(BareCluster.control(third)).isEqualTo(Map.of("n1", "joining", "n2", "joining", "n3", "leader"));
            assertThat(third.get("/v2/events", Answers.Events.class).events().stream()
                            .map(Event::text))
                    .anyMatch(text -> text.contains("A new cluster of n3 alone, without voters n1, n2"));
            cluster.kill(3);
            cluster.start(3);
            assertThat(labels(third)).contains("before0", "after");

            // The two lost ones are a majority of what was: they must not go on by themselves.
            cluster.start(1);
            cluster.start(2);
            await().atMost(PATIENCE)
                    .ignoreExceptions()
                    .untilAsserted(() -> assertThat(BareCluster.control(third))
                            .isEqualTo(Map.of("n1", "voter", "n2", "voter", "n3", "leader")));
            assertThat(labels(cluster.admin(1))).contains("before0", "after");
            assertThat(Files.exists(cluster.installation(1).log().resolveSibling("log.former")))
                    .as("what it had is kept aside")
                    .isTrue();
            cluster.kill(3);
            BareCluster.label(cluster.admin(2), "n2", "without");
            assertThat(labels(cluster.admin(1))).contains("before0", "after", "without");
        }
    }

    @Test
    @Tag("soak") // It waits for half a minute.
    void aMajorityThatWasOnlyCutOffGivesWayOnceItHears() throws Exception {
        try (var cluster = new BareCluster(folder)) {
            threeVoters(cluster);
            FlockerClient third = cluster.admin(3);
            BareCluster.label(third, "n2", "before");
            cluster.suspend(1);
            cluster.suspend(2);
            await().atMost(PATIENCE)
                    .ignoreExceptions()
                    .until(() -> recover(third, false).lost().equals(List.of("n1", "n2")));
            BareCluster.label(third, "n2", "after");

            cluster.resume(1);
            cluster.resume(2);
            await().atMost(PATIENCE)
                    .ignoreExceptions()
                    .untilAsserted(() -> assertThat(BareCluster.control(cluster.admin(1)))
                            .isEqualTo(Map.of("n1", "voter", "n2", "voter", "n3", "leader")));
            assertThat(labels(cluster.admin(2))).contains("before", "after");
        }
    }

    @Test
    @Tag("soak") // It starts seven daemons.
    void aLossOfPowerInTheMiddleLeavesTheOldLogOrTheNewOne() throws Exception {
        try (var cluster = new BareCluster(folder)) {
            threeVoters(cluster);
            FlockerClient third = cluster.admin(3);
            BareCluster.label(third, "n2", "before");
            for (int node = 1; node <= 3; node++) {
                cluster.kill(node);
            }
            // As it is after the new log was put in its place and before anybody wrote down where the cluster is.
            Path log = cluster.installation(3).log();
            LogRecovery.recover(log, "n3", List.of("n1", "n2"), System.currentTimeMillis());
            cluster.start(3);
            BareCluster.label(third, "n2", "after");
            assertThat(labels(third)).contains("before", "after");
            assertThat(Files.readString(cluster.installation(3).settings())).contains("generation=1");

            cluster.kill(3);
            // As it is after the old log was set aside and before the new one was put in its place.
            Files.move(log, log.resolveSibling("log.recovered"));
            cluster.start(3);
            assertThat(labels(third)).contains("before", "after");
        }
    }

    private static void threeVoters(BareCluster cluster) throws Exception {
        cluster.start(1);
        FlockerClient first = cluster.admin(1);
        String token = BareCluster.token(first, 2);
        cluster.start(2, token, true);
        cluster.start(3, token, true);
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(BareCluster.control(first))
                        .isEqualTo(Map.of("n1", "leader", "n2", "voter", "n3", "voter")));
    }

    private static Answers.Recovered recover(FlockerClient admin, boolean dryRun)
            throws IOException, InterruptedException {
        return admin.post("/v2/recover?dryRun=" + dryRun, new Requests.Name(""), Answers.Recovered.class);
    }

    private static Set<String> labels(FlockerClient admin) throws IOException, InterruptedException {
        return admin.get("/v2/nodes/n2", Status.Node.class).labels().keySet();
    }
}
