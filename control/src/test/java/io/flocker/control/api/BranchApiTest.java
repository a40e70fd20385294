package io.flocker.control.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.model.Checkpoint;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.spec.VolumeSpec;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Branches over the network, of an environment whose checkpoints nobody takes.
class BranchApiTest {
    private static final String BRANCHES = "/v2/environments/shop/branches";

    @TempDir
    private static Path folder;

    private static OneNode node;
    private static HttpClient admin;

    @BeforeAll
    static void start() throws Exception {
        node = new OneNode(folder);
        admin = node.client(node.authority.user("admin").context());
        submit(new Command.CreateVolume("admin", 1, "v1", "shop", "data", VolumeSpec.PLAIN, Optional.empty(), ""));
    }

    @AfterAll
    static void stop() throws IOException {
        admin.close();
        node.close();
    }

    @Test
    void tellsAtOnceWhyTheCheckpointForABranchCouldNotBeTaken() throws Exception {
        CompletableFuture<HttpResponse<String>> branch = branch("alice", "k1");
        Checkpoint requested = requested();
        submit(new Command.EndAttempt(2, "shop", requested.name(), requested.attempts(), "service db hangs"));

        HttpResponse<String> answer = branch.get(10, TimeUnit.SECONDS);
        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(answer.body())
                .contains("The checkpoint of shop for the branch could not be taken: service db hangs");
        assertThat(node.plane.log().state().environments()).containsOnlyKeys("shop");
    }

    @Test
    void aRequestThatIsSentAgainTakesNoOtherCheckpoint() throws Exception {
        CompletableFuture<HttpResponse<String>> branch = branch("No name", "k2");
        SnapshotId snapshot = requested().volumes().values().iterator().next();
        submit(new Command.ConfirmSnapshots(2, List.of(new Command.Taken(snapshot, 2, 0))));
        HttpResponse<String> answer = branch.get(10, TimeUnit.SECONDS);
        List<Checkpoint> taken = checkpoints();

        HttpResponse<String> again = branch("No name", "k2").get(10, TimeUnit.SECONDS);

        assertThat(again.body()).isEqualTo(answer.body()).contains("No name");
        assertThat(checkpoints()).isEqualTo(taken);
    }

    private static CompletableFuture<HttpResponse<String>> branch(String name, String key) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return node.send(admin, "POST", BRANCHES, "{\"names\":[\"" + name + "\"]}", "Idempotency-Key", key);
            } catch (IOException | InterruptedException e) {
                throw new CompletionException(e);
            }
        });
    }

    private static void submit(Command command) throws Exception {
        assertThat(node.plane.log().submit(command).outcome()).isInstanceOf(Outcome.Accepted.class);
    }

    /// The checkpoint that is to be taken next.
    private static Checkpoint requested() throws Exception {
        assertThat(node.plane.leader().await(10_000, () -> waiting().isPresent()))
                .isTrue();
        return waiting().orElseThrow();
    }

    private static Optional<Checkpoint> waiting() {
        return checkpoints().stream()
                .filter(checkpoint -> checkpoint.state() == Checkpoint.State.REQUESTED)
                .findFirst();
    }

    private static List<Checkpoint> checkpoints() {
        return node.plane
                .log()
                .state()
                .environment("shop")
                .map(shop -> List.copyOf(shop.checkpoints().values()))
                .orElse(List.of());
    }
}
