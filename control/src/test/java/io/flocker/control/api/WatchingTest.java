package io.flocker.control.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.flocker.client.Credentials;
import io.flocker.client.api.Answers;
import io.flocker.client.api.ProblemDetail;
import io.flocker.client.api.Requests;
import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.model.Event;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Service;
import io.flocker.core.wire.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pcollections.TreePMap;

/// From a registry's notification to the operation, with an agent that only tells what a registry says.
class WatchingTest {
    @TempDir
    private static Path folder;

    /// What the registry says, by repository; nothing while it fails.
    private static final Map<String, String> DIGESTS = new ConcurrentHashMap<>();

    private static HttpsServer agent;
    private static OneNode plane;
    private static HttpClient admin;

    @BeforeAll
    static void start() throws Exception {
        int port = OneNode.freePort();
        plane = new OneNode(folder, port);
        Credentials node = plane.authority.node("n1", List.of("127.0.0.1", "localhost"));
        agent = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        agent.setHttpsConfigurator(new HttpsConfigurator(node.context()));
        agent.createContext("/agent/images/digest", WatchingTest::answer);
        agent.start();
        admin = plane.client(plane.authority.user("admin").context());
    }

    @AfterAll
    static void stop() throws IOException {
        admin.close();
        plane.close();
        agent.stop(0);
    }

    private static void answer(HttpExchange exchange) throws IOException {
        String image = exchange.getRequestURI().getQuery().replace("name=registry:5000/", "");
        String digest = DIGESTS.getOrDefault(image.replace(":1", ""), "");
        byte[] body = Json.bytes(
                digest.isEmpty()
                        ? new ProblemDetail("agent", "The node could not", 502, "no answer")
                        : new Answers.Digest(digest));
        exchange.sendResponseHeaders(digest.isEmpty() ? 502 : 200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Test
    void whatIsPushedBecomesTheNextReleaseAsAUserWouldMakeIt() throws Exception {
        DIGESTS.put("shop/web", "sha256:1");
        assertThat(send("PUT", "/v2/environments/shop", application("shop", "")).statusCode())
                .isEqualTo(200);
        finish("shop", "admin");
        assertThat(web("shop").release().digest()).as("known from the start").isEqualTo("sha256:1");

        DIGESTS.put("shop/web", "sha256:2");
        assertThat(send("POST", "/v2/webhooks/registry", pushed("shop")).body()).contains("shop/web");
        finish("shop", "watch");

        assertThat(web("shop").release().digest()).isEqualTo("sha256:2");
        assertThat(web("shop").spec().image()).isEqualTo("registry:5000/shop/web:1");
        assertThat(state().events().values())
                .extracting(Event::text)
                .contains("web follows registry:5000/shop/web:1: new content sha256:2");
        String same = send("POST", "/v2/environments/shop/upgrade", "{\"images\":{\"web\":\"\"}}")
                .body();
        assertThat(change(same).operation())
                .as("a user's upgrade finds nothing")
                .isEmpty();

        send("PUT", "/v2/environments/shop", application("shop", "A"));
        finish("shop", "admin");
        assertThat(web("shop").current()).isEqualTo(3);
        assertThat(web("shop").release().digest()).as("kept").isEqualTo("sha256:2");

        send("POST", "/v2/environments/shop/release", "{\"releases\":{\"web\":1}}");
        finish("shop", "admin");
        assertThat(web("shop").release().digest()).isEqualTo("sha256:1");
        send("POST", "/v2/webhooks/registry", pushed("shop"));
        await(() -> send("GET", "/v2/environments/shop", "").body().contains("somebody went back from that"));
        assertThat(web("shop").current()).isEqualTo(4);

        DIGESTS.put("shop/other", "sha256:3");
        send("POST", "/v2/environments/shop/upgrade", "{\"images\":{\"web\":\"registry:5000/shop/other:1\"}}");
        finish("shop", "admin");
        assertThat(web("shop").release().digest())
                .as("it follows the other one from now on")
                .isEqualTo("sha256:3");
    }

    @Test
    void whileTheRegistryFailsTheEnvironmentSaysSo() throws Exception {
        var answer = send("PUT", "/v2/environments/failing", application("failing", ""));
        assertThat(change(answer.body()).changes())
                .anySatisfy(line -> assertThat(line).startsWith("! service web follows its image later: "));
        finish("failing", "admin");
        assertThat(web("failing").release().digest()).isEmpty();

        send("POST", "/v2/webhooks/registry", pushed("failing"));
        await(() -> send("GET", "/v2/environments/failing", "").body().contains("follow registry:5000/failing/web:1"));
    }

    @Test
    void goingBackToAReleaseOfNoCertainContentIsAChange() throws Exception {
        DIGESTS.put("back/web", "sha256:1");
        send("PUT", "/v2/environments/back", application("back", "").replace("60000", "0"));
        finish("back", "admin");
        send(
                "POST",
                "/v2/environments/back/upgrade",
                new String(
                        Json.bytes(new Requests.Upgrade(TreePMap.singleton("web", ""), 60)), StandardCharsets.UTF_8));
        finish("back", "admin");
        assertThat(web("back").release().digest()).isEqualTo("sha256:1");

        var back = send("POST", "/v2/environments/back/release", "{\"releases\":{\"web\":0}}");
        assertThat(change(back.body()).changes())
                .anySatisfy(
                        line -> assertThat(line).contains("release 2 -> 3", "is again what a node has by that name"));
        finish("back", "admin");
        assertThat(web("back").release().digest()).isEmpty();
    }

    private static String application(String environment, String label) {
        return "{\"application\":{\"services\":{\"web\":{\"image\":\"registry:5000/" + environment
                + "/web:1\",\"scale\":1,\"labels\":{\"label\":\"" + label
                + "\"},\"upgrade\":{\"watchMillis\":60000}}}},\"timeoutSeconds\":60}";
    }

    private static String pushed(String environment) {
        return "{\"events\":[{\"action\":\"push\",\"target\":{\"repository\":\"" + environment
                + "/web\",\"tag\":\"1\"}}]}";
    }

    /// Waits for an operation of somebody, and does what agents would have it done.
    private static void finish(String environment, String by) throws Exception {
        await(() -> state().running(environment)
                .filter(it -> it.startedBy().equals(by))
                .isPresent());
        Operation operation = state().running(environment).orElseThrow();
        long now = System.currentTimeMillis();
        submit(new Command.Advance(now, operation.id(), Operation.Phase.PREPARE));
        submit(new Command.Finish(now, operation.id(), Operation.State.DONE, ""));
    }

    private static void submit(Command command) throws IOException, InterruptedException {
        assertThat(plane.plane.log().submit(command).outcome()).isInstanceOf(Outcome.Accepted.class);
    }

    private static ClusterState state() {
        return plane.plane.log().state();
    }

    private static Service web(String environment) {
        return state().environment(environment).flatMap(it -> it.service("web")).orElseThrow();
    }

    private static HttpResponse<String> send(String method, String path, String body) throws Exception {
        return plane.send(admin, method, path, body);
    }

    private static Answers.Change change(String body) throws IOException {
        return Json.read(body.getBytes(StandardCharsets.UTF_8), Answers.Change.class);
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void await(Condition condition) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as("waits in vain").isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }
}
