package io.flocker.control.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.flocker.client.FlockerClient;
import io.flocker.client.Login;
import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests;
import io.flocker.client.api.Status;
import io.flocker.core.cluster.Command;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.VolumeSpec;
import io.flocker.core.wire.Json;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Quotas over the network, with an agent that says how much data there is.
class QuotaTest {
    @TempDir
    Path folder;

    @Test
    void dataIsCountedWhereItIsAndNothingNewIsMadeBeyondTheQuota() throws Exception {
        var bytes = new AtomicLong(4_000);
        HttpsServer agent = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        try (var node = new OneNode(folder, agent.getAddress().getPort());
                var admin = new FlockerClient(node.base, node.authority.user("admin"))) {
            agent.setHttpsConfigurator(new HttpsConfigurator(
                    node.authority.node("n1", List.of("127.0.0.1")).context()));
            agent.createContext("/agent/volumes/v1/space", exchange -> {
                byte[] answer =
                        ("{\"usedBytes\":9000,\"exclusiveBytes\":" + bytes + "}").getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, answer.length);
                exchange.getResponseBody().write(answer);
                exchange.close();
            });
            agent.start();
            String token = admin.post(
                            "/v2/users", new Requests.AddUser("alice", "developer", 60), Answers.NewUserToken.class)
                    .text();
            node.plane
                    .log()
                    .submit(new Command.CreateVolume(
                            "alice", 1, "v1", "a", "data", VolumeSpec.PLAIN, Optional.empty(), ""));
            var set = new Requests.SetQuota(OptionalLong.of(2), OptionalLong.empty(), OptionalLong.of(4_096));
            Status.Quota quota = admin.put("/v2/users/alice/quota", set, Status.Quota.class);
            assertThat(quota.dataBytes()).hasValue(4_000);
            assertThat(quota.environments()).isEqualTo(1);

            try (FlockerClient alice = FlockerClient.of(Login.parse(token), List.of(node.base))) {
                bytes.set(5_000);
                assertThatThrownBy(() -> deploy(alice, "b"))
                        .hasMessageContaining("user alice hold 4.9 KiB of data of their own, and the quota is 4.0 KiB")
                        .hasMessageContaining("flocker quota set alice --data");
                // What is there may be changed, and less of it is enough.
                assertThat(deploy(alice, "a").operation()).isNotEmpty();
                bytes.set(100);
                assertThat(deploy(alice, "b").operation()).isNotEmpty();
                assertThatThrownBy(() -> deploy(alice, "c")).hasMessageContaining("3, and the quota is 2");
                assertThatThrownBy(() -> alice.put("/v2/users/alice/quota", set, Status.Quota.class))
                        .hasMessageContaining("takes an operator");
                assertThat(alice.get("/v2/quotas", Answers.Quotas.class).quotas())
                        .hasSize(1);
                // A node that says nothing keeps nobody from anything.
                agent.stop(0);
                assertThat(alice.get("/v2/quotas", Answers.Quotas.class)
                                .quotas()
                                .getFirst()
                                .dataBytes())
                        .isEmpty();
            }
        } finally {
            agent.stop(0);
        }
    }

    private static Answers.Change deploy(FlockerClient client, String environment) throws Exception {
        String web = "{\"services\":{\"web\":{\"image\":\"web:1\",\"scale\":1}}}";
        var application = Json.read(web.getBytes(StandardCharsets.UTF_8), ApplicationSpec.class);
        return client.put(
                "/v2/environments/" + environment, new Requests.Deploy(application, 60), Answers.Change.class);
    }
}
