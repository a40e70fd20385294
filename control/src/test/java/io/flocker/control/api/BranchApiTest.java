package io.flocker.control.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.model.Checkpoint;
import io.flocker.core.model.Operation;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.HttpRouting;
import io.flocker.core.spec.PlacementSpec;
import io.flocker.core.spec.Port;
import io.flocker.core.spec.ProcessSpec;
import io.flocker.core.spec.Resources;
import io.flocker.core.spec.RestartPolicy;
import io.flocker.core.spec.Sandbox;
import io.flocker.core.spec.ServiceSpec;
import io.flocker.core.spec.UpgradeSpec;
import io.flocker.core.spec.VolumeSpec;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pcollections.TreePMap;

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
        Set<String> before = state().environments().keySet();
        CompletableFuture<HttpResponse<String>> branch = branch("alice", "k1");
        Checkpoint requested = requested();
        submit(new Command.EndAttempt(2, "shop", requested.name(), requested.attempts(), "service db hangs"));

        HttpResponse<String> answer = branch.get(10, TimeUnit.SECONDS);
        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(answer.body())
                .contains("The checkpoint of shop for the branch could not be taken: service db hangs");
        assertThat(state().environments().keySet()).as("no branch was made").isEqualTo(before);
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

    @Test
    void portsAreGivenInTheOrderOfTheNamesAndThePlanSaysTheSame() throws Exception {
        submit(new Command.Deploy(
                "admin", 1, "o1", Long.MAX_VALUE, "page", page(), TreePMap.empty(), OptionalLong.empty()));
        submit(new Command.Finish(1, "o1", Operation.State.DONE, ""));
        submit(new Command.CreateCheckpoint("admin", 2, "page", "fresh", false));
        String body = "{\"names\":[\"zoe\",\"No name\",\"amy\",\"zoe\"],\"checkpoint\":\"fresh\"}";

        String plan = send("page", "?dryRun=true", body, "k3");
        assertThat(plan).containsSubsequence("zoe", "port 30000 ", "No name", "amy", "port 30001 ", "zoe", "already");
        assertThat(state().environments()).doesNotContainKeys("zoe", "amy");

        String made = send("page", "", body, "k4");
        assertThat(made).containsSubsequence("zoe", "port 30000 ", "No name", "amy", "port 30001 ", "zoe", "already");
        assertThat(port("zoe")).isEqualTo(30_000);
        assertThat(port("amy")).isEqualTo(30_001);
        assertThat(state().environments()).doesNotContainKey("No name");
    }

    private static int port(String environment) {
        ServiceSpec web = state().environment(environment)
                .orElseThrow()
                .application()
                .services()
                .get("web");
        return web.ports().getFirst().published();
    }

    private static ClusterState state() {
        return node.plane.log().state();
    }

    private static String send(String origin, String query, String body, String key) throws Exception {
        String path = "/v2/environments/" + origin + "/branches" + query;
        HttpResponse<String> answer = node.send(admin, "POST", path, body, "Idempotency-Key", key);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    private static ApplicationSpec page() {
        var spec = new ServiceSpec(
                "web:1",
                ServiceSpec.Pull.MISSING,
                ProcessSpec.PLAIN,
                Sandbox.PLAIN,
                Resources.UNLIMITED,
                List.of(new Port(8080, 8080, "", Port.Protocol.TCP, Port.Mode.TCP)),
                List.of(),
                List.of(),
                List.of(),
                TreePMap.empty(),
                Optional.empty(),
                RestartPolicy.ALWAYS,
                HttpRouting.NONE,
                1,
                Optional.empty(),
                PlacementSpec.ANYWHERE,
                UpgradeSpec.DEFAULT,
                TreePMap.empty());
        return new ApplicationSpec(TreePMap.singleton("web", spec), TreePMap.empty(), TreePMap.empty());
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
