package io.flocker.control.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.flocker.client.FlockerClient;
import io.flocker.client.Login;
import io.flocker.client.api.Answers;
import io.flocker.client.api.Backups;
import io.flocker.client.api.Requests;
import io.flocker.core.cluster.Command;
import io.flocker.core.model.Node;
import io.flocker.core.model.Snapshot;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.spec.VolumeSpec;
import io.flocker.core.wire.Json;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pcollections.TreePMap;

/// Backups over the network, with an agent that notes what it is asked for.
class BackupApiTest {
    private static final Backups.Login LOGIN = new Backups.Login("reader", "hush", "");
    private static final Backups.Destination FOLDER =
            new Backups.Destination("file:///mnt/x", "", "", "", Backups.Login.OF_THE_DAEMON);
    private static final Backups.Destination BUCKET = new Backups.Destination("s3://shop", "", "", "", LOGIN);

    @TempDir
    Path folder;

    private final List<Backups.Order> orders = new CopyOnWriteArrayList<>();
    private HttpsServer agent;
    private OneNode node;
    private FlockerClient admin;
    private FlockerClient self;

    @BeforeEach
    void start() throws Exception {
        agent = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        node = new OneNode(folder, agent.getAddress().getPort());
        admin = new FlockerClient(node.base, node.authority.user("admin"));
        self = new FlockerClient(node.base, node.authority.node("n1", List.of("127.0.0.1")));
        agent.setHttpsConfigurator(new HttpsConfigurator(
                node.authority.node("n1", List.of("127.0.0.1")).context()));
        agent.createContext("/agent/errands", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            if (body.length > 2) {
                orders.add(Json.read(body, Backups.Order.class));
            }
            byte[] answer = Json.bytes(new Backups.Errand(
                    "n1/7", "restore", "a/b", "root", "running", 0, 0, 1, 0, "", List.of(), List.of()));
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        agent.start();
    }

    @AfterEach
    void stop() throws Exception {
        self.close();
        admin.close();
        node.close();
        agent.stop(0);
    }

    private FlockerClient user(String name, String role) throws Exception {
        String token = admin.post("/v2/users", new Requests.AddUser(name, role, 60), Answers.NewUserToken.class)
                .text();
        return FlockerClient.of(Login.parse(token), List.of(node.base));
    }

    private static Backups.Restore restore(Backups.Destination from, String name, String on) {
        return new Backups.Restore(from, new Backups.Which("", "", 0), "lab", name, on, 0);
    }

    @Test
    void aRestoredVolumeIsInTheClusterOnceTheNodeHasItAndWhereThatIs() throws Exception {
        admin.post("/v2/restores", restore(FOLDER, "data", ""), Backups.Errand.class);
        Backups.Restored result = ((Backups.RestoreTask) orders.getFirst().task()).result();
        assertThat(node.plane.log().state().volumes()).isEmpty();

        self.post("/v2/agent/restores", result, Answers.Change.class);
        self.post("/v2/agent/restores", result, Answers.Change.class);

        var volume = node.plane.log().state().volume("lab", "data").orElseThrow();
        assertThat(volume.id()).isEqualTo(result.volume());
        assertThat(volume.head().primary()).isEqualTo("n1");
        assertThat(self.get("/v2/agent/volumes/" + result.volume(), Backups.Known.class)
                        .exists())
                .isTrue();
        assertThat(self.get("/v2/agent/volumes/another", Backups.Known.class).exists())
                .isFalse();
        assertThatThrownBy(() -> admin.post("/v2/restores", restore(FOLDER, "data", ""), Backups.Errand.class))
                .hasMessageContaining("has a volume data already");
        assertThatThrownBy(() -> admin.post("/v2/restores", restore(FOLDER, "other", "n9"), Backups.Errand.class))
                .hasMessageContaining("There is no node n9");
        assertThatThrownBy(() -> admin.post("/v2/agent/restores", result, Answers.Change.class))
                .hasMessageContaining("node");
    }

    @Test
    void anEnvironmentThatBecameSomebodyElsesGetsNothing() throws Exception {
        admin.post("/v2/restores", restore(FOLDER, "data", ""), Backups.Errand.class);
        Backups.Restored result = ((Backups.RestoreTask) orders.getFirst().task()).result();
        submit("eve", "v1", "lab", "mine");
        assertThatThrownBy(() -> self.post("/v2/agent/restores", result, Answers.Change.class))
                .hasMessageContaining("has become eve's since the restore began");
    }

    @Test
    void foldersAndTheDaemonsCredentialsAreForOperators() throws Exception {
        var daemons = new Backups.Destination("s3://shop", "", "", "", Backups.Login.OF_THE_DAEMON);
        try (FlockerClient dora = user("dora", "developer");
                FlockerClient otto = user("otto", "operator")) {
            assertThatThrownBy(() -> dora.post("/v2/restores", restore(FOLDER, "d", ""), Backups.Errand.class))
                    .hasMessageContaining("dora (developer) may not use a folder of a node");
            assertThatThrownBy(() -> dora.post("/v2/backups/list", new Backups.Look(daemons, ""), Backups.Errand.class))
                    .hasMessageContaining("may not use the daemon's own credentials");
            assertThat(orders).isEmpty();
            dora.post("/v2/restores", restore(BUCKET, "d", ""), Backups.Errand.class);
            dora.post("/v2/backups/list", new Backups.Look(BUCKET, ""), Backups.Errand.class);
            otto.post("/v2/backups/list", new Backups.Look(FOLDER, ""), Backups.Errand.class);
            assertThat(orders).extracting(Backups.Order::by).containsExactly("dora", "dora", "otto");
            submit("root", "v1", "prod", "data");
            var make = new Backups.Make(BUCKET, false, Backups.Keep.ALL, 0);
            assertThatThrownBy(() -> dora.post("/v2/volumes/prod/data/backups", make, Backups.Errand.class))
                    .hasMessageContaining("dora (developer) may not change environment prod");
            assertThatThrownBy(() -> dora.post("/v2/errands/n1/7/cancel", "", Backups.Errand.class))
                    .hasMessageContaining("may not cancel what root began");
            otto.post("/v2/errands/n1/7/cancel", "", Backups.Errand.class);
        }
    }

    @Test
    void aFolderOfOneOfSeveralNodesIsToBeSaid() throws Exception {
        node.plane
                .log()
                .submit(new Command.AddNode("n2", 1, "n2", "127.0.0.2", TreePMap.empty(), "", Node.Capacity.NONE));
        assertThatThrownBy(() -> admin.post("/v2/backups/list", new Backups.Look(FOLDER, ""), Backups.Errand.class))
                .hasMessageContaining("is a folder of one node; say of which with --node (n1, n2)");
        assertThatThrownBy(() -> admin.post("/v2/backups/list", new Backups.Look(FOLDER, "n9"), Backups.Errand.class))
                .hasMessageContaining("There is no node n9");
        admin.post("/v2/backups/list", new Backups.Look(BUCKET, ""), Backups.Errand.class);
        admin.post("/v2/backups/list", new Backups.Look(FOLDER, "n1"), Backups.Errand.class);
        assertThat(orders).hasSize(2);
    }

    @Test
    void snapshotsForBackupsGoOnceTheyAreOfNoUse() throws Exception {
        submit("root", "v1", "prod", "data");
        for (String name : List.of("backup-1-a", "backup-1-b", "backup-1-c", "backup-2-a", "mine")) {
            node.plane.log().submit(new Command.TakeSnapshot("root", 1, "v1", name));
        }
        // No agent takes them: the log is told that one did.
        for (int i = 1; i <= 5; i++) {
            node.plane
                    .log()
                    .submit(new Command.ConfirmSnapshots(
                            1, List.of(new Command.Taken(new SnapshotId("v1", 1, i), 1, 0))));
        }
        self.post("/v2/agent/backups", new Backups.Made("v1", "backup-1-", "1.2", List.of()), Answers.Change.class);
        assertThat(going()).containsExactly("backup-1-b");
        self.post("/v2/agent/backups", new Backups.Made("v1", "backup-1-", "", List.of("1.3")), Answers.Change.class);
        assertThat(going()).containsExactly("backup-1-a", "backup-1-b");
        self.post("/v2/agent/backups", new Backups.Made("gone", "backup-1-", "", List.of()), Answers.Change.class);
    }

    private List<String> going() {
        return node.plane.log().state().volume("v1").orElseThrow().snapshots().values().stream()
                .filter(snapshot -> snapshot.state() == Snapshot.State.DELETING)
                .map(Snapshot::name)
                .sorted()
                .toList();
    }

    private void submit(String by, String id, String environment, String name) throws Exception {
        node.plane
                .log()
                .submit(new Command.CreateVolume(by, 1, id, environment, name, VolumeSpec.PLAIN, Optional.empty(), ""));
    }
}
