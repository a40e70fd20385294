package io.flocker.control.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.flocker.client.ApiException;
import io.flocker.client.Credentials;
import io.flocker.client.FlockerClient;
import io.flocker.client.Login;
import io.flocker.client.api.Answers;
import io.flocker.client.api.ProblemDetail;
import io.flocker.client.api.Requests;
import io.flocker.client.api.Status;
import io.flocker.control.ca.Authority;
import io.flocker.core.access.AuditEntry;
import io.flocker.core.access.Right;
import io.flocker.core.cluster.Command;
import io.flocker.core.model.Operation;
import io.flocker.core.wire.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Users with tokens, over the network: what they may do, what they may not, and what is written down of it.
class UsersTest {
    private static final String WEB = "{\"application\":{\"services\":{\"web\":{\"image\":\"web:1\",\"scale\":1}}}}";

    @TempDir
    private static Path folder;

    private static OneNode node;
    private static FlockerClient admin;
    private static HttpClient curl;

    @BeforeAll
    static void start() throws Exception {
        node = new OneNode(folder);
        admin = new FlockerClient(node.base, node.authority.user("admin"));
        var context = SSLContext.getInstance("TLSv1.3");
        context.init(null, new TrustManager[] {node.authority.user("nobody").trustManager()}, null);
        curl = node.client(context);
        put("production", admin());
    }

    @AfterAll
    static void stop() throws IOException {
        curl.close();
        admin.close();
        node.close();
    }

    private static String admin() throws Exception {
        return add("boss", "admin");
    }

    @Test
    void aDeveloperDoesEverythingToTheirOwnAndNothingToProduction() throws Exception {
        String alice = add("alice", "developer");
        assertThat(put("alice-1", alice).statusCode()).isEqualTo(200);
        assertThat(admin.get("/v2/environments/alice-1", Status.Environment.class)
                        .owner())
                .isEqualTo("alice");
        assertThat(call(alice, "POST", "/v2/environments/alice-1/life", "{}").statusCode())
                .isEqualTo(200);
        assertThat(call(alice, "GET", "/v2/environments/production", "").statusCode())
                .isEqualTo(200);

        Status.Environment before = admin.get("/v2/environments/production", Status.Environment.class);
        for (Endpoint endpoint : node.api.endpoints()) {
            if (endpoint.right() == Right.CHANGE && endpoint.path().contains("{environment}")) {
                String path =
                        endpoint.path().replace("{environment}", "production").replaceAll("\\{[a-z]+}", "web");
                HttpResponse<String> answer = call(alice, endpoint.method(), path, WEB);
                assertThat(answer.statusCode())
                        .as(endpoint.method() + " " + path)
                        .isEqualTo(403);
                assertThat(problem(answer).detail())
                        .startsWith("alice (developer) may not change environment production (" + endpoint.method())
                        .contains("which is boss's", "ask boss or an operator", "flocker env branch production NAME");
            }
        }
        assertThat(admin.get("/v2/environments/production", Status.Environment.class))
                .as("nothing happened")
                .isEqualTo(before);
        HttpResponse<String> volume =
                call(alice, "POST", "/v2/volumes", "{\"environment\":\"production\",\"name\":\"mine\"}");
        assertThat(problem(volume).detail()).contains("may not change environment production");
        String operation = admin.get("/v2/operations", Answers.Operations.class).operations().stream()
                .filter(each -> each.environment().equals("production"))
                .findFirst()
                .orElseThrow()
                .id();
        assertThat(call(alice, "POST", "/v2/operations/" + operation + "/cancel", "{}")
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void everyRoleIsHeldToItsTableAtEveryEndpoint() throws Exception {
        String viewer = add("vera", "viewer");
        String developer = add("dora", "developer");
        String operator = add("olga", "operator");
        for (Endpoint endpoint : node.api.endpoints()) {
            String path = endpoint.path().replaceAll("\\{[a-z]+}", "nothing");
            if (endpoint.right() != Right.ANYBODY) {
                assertThat(curl(endpoint.method(), path).statusCode())
                        .as("nobody: " + path)
                        .isEqualTo(401);
            }
            if (endpoint.right() != Right.READ && endpoint.right() != Right.ANYBODY) {
                assertThat(call(viewer, endpoint.method(), path, "[]").statusCode())
                        .as("viewer: " + endpoint.method() + " " + path)
                        .isEqualTo(403);
            }
            if (endpoint.right() == Right.OPERATE || endpoint.right() == Right.ADMINISTER) {
                assertThat(call(developer, endpoint.method(), path, "[]").statusCode())
                        .as("developer: " + endpoint.method() + " " + path)
                        .isEqualTo(403);
            }
            if (endpoint.right() == Right.ADMINISTER || endpoint.right() == Right.NODE) {
                assertThat(call(operator, endpoint.method(), path, "[]").statusCode())
                        .as("operator: " + endpoint.method() + " " + path)
                        .isEqualTo(403);
            }
        }
        String voter = "{\"control\":\"agent\"}";
        assertThat(problem(call(operator, "PATCH", "/v2/nodes/n1", voter)).detail())
                .contains("takes an admin");
        assertThat(call(operator, "PATCH", "/v2/nodes/n1", "{\"labels\":{\"disk\":\"ssd\"}}")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void aTokenThatExpiredOrWasRevokedOrIsNoneIsTold() throws Exception {
        Answers.NewUserToken brief =
                admin.post("/v2/users", new Requests.AddUser("brief", "viewer", 1), Answers.NewUserToken.class);
        String second = admin.post(
                        "/v2/users/brief/tokens", new Requests.CreateUserToken(60), Answers.NewUserToken.class)
                .text();
        TimeUnit.MILLISECONDS.sleep(1_100);
        HttpResponse<String> late = call(brief.text(), "GET", "/v2/nodes", "");
        assertThat(late.statusCode()).isEqualTo(401);
        assertThat(late.headers().firstValue("WWW-Authenticate")).contains("Bearer");
        assertThat(problem(late).detail()).contains("of brief has expired", "flocker user token brief");

        assertThat(call(second, "GET", "/v2/nodes", "").statusCode()).isEqualTo(200);
        admin.delete("/v2/users/brief/tokens/" + Login.parse(second).id(), Answers.Change.class);
        assertThat(problem(call(second, "GET", "/v2/nodes", "")).detail()).contains("was revoked", "ask an admin");
        Login real = Login.parse(add("guessed", "admin"));
        var guess = new Login(real.id(), "00".repeat(20), real.authority(), real.apis());
        assertThat(call(guess.text(), "GET", "/v2/nodes", "").statusCode()).isEqualTo(401);
        assertThat(problem(call("nonsense", "GET", "/v2/nodes", "")).detail()).contains("no user's token");
        assertThat(problem(node.send(curl, "GET", "/v2/nodes", "", "Authorization", "Basic eDp5"))
                        .detail())
                .contains("Bearer TOKEN");
        // A token decides, even beside a certificate that may do everything.
        try (HttpClient both = node.client(node.authority.user("admin").context())) {
            String vic = add("vic", "viewer");
            assertThat(node.send(both, "DELETE", "/v2/users/vic", "", "Authorization", "Bearer " + vic)
                            .statusCode())
                    .isEqualTo(403);
        }
        assertThat(state()).as("the secret is nowhere").doesNotContain(real.secret());
    }

    @Test
    void nobodySpeaksForSomebodyElseExceptANodeForItsUsers() throws Exception {
        String eve = add("eve", "viewer");
        for (String claim : List.of("root root", "user admin", "node n1")) {
            HttpResponse<String> answer = node.send(
                    curl, "DELETE", "/v2/users/x", "", "Authorization", "Bearer " + eve, "Flocker-For", claim);
            assertThat(answer.statusCode()).as(claim).isEqualTo(403);
            assertThat(node.send(curl, "DELETE", "/v2/users/x", "", "Flocker-For", claim)
                            .statusCode())
                    .as(claim)
                    .isEqualTo(401);
        }
        var credentials = node.authority.node("n1", List.of("127.0.0.1"));
        int port = OneNode.freePort();
        var places = new Listeners.Places(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1, folder.resolve("follower.sock"));
        // A follower that knows nobody: it passes on what it gets, and the leader judges.
        try (var forwarder = new Forwarder(credentials, List.of(node.base));
                var _ = new Api(places, credentials, forwarder);
                FlockerClient follower =
                        FlockerClient.of(Login.parse(eve), List.of(URI.create("https://127.0.0.1:" + port)))) {
            assertThat(follower.get("/v2/whoami", Answers.WhoAmI.class).name()).isEqualTo("eve");
            assertThatThrownBy(() -> follower.delete("/v2/environments/production", Answers.Change.class))
                    .isInstanceOfSatisfying(
                            ApiException.class,
                            refused -> assertThat(refused.problem().status()).isEqualTo(403))
                    .hasMessageContaining("eve (viewer) may not change environment production");
            AuditEntry entry = audit("user=eve").getLast();
            assertThat(entry.from()).isEqualTo("127.0.0.1, by n1");
            assertThat(entry.refused()).contains("may not change environment production");
            admin.delete("/v2/users/eve/tokens", Answers.Change.class);
            assertThatThrownBy(() -> follower.get("/v2/nodes", Answers.Nodes.class))
                    .hasMessageContaining("was revoked");
        }
    }

    @Test
    void aDeveloperCannotReachOutOfTheirContainers() throws Exception {
        String dan = add("dan", "developer");
        HttpResponse<String> refused = call(
                dan,
                "PUT",
                "/v2/environments/dan",
                WEB.replace("\"scale\":1", "\"scale\":1,\"sandbox\":{\"privileged\":true}"));
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(problem(refused).detail())
                .contains("dan (developer) may not run service web: privileged", "flocker env give ENV dan");
        assertThat(call(dan, "GET", "/v2/environments/dan", "").statusCode()).isEqualTo(404);
        HttpResponse<String> secrets =
                call(dan, "POST", "/v2/environments/production/branches", "{\"names\":[\"d\"],\"secrets\":true}");
        assertThat(problem(secrets).detail()).contains("may not have the secrets of production, which is boss's");
        // Nor get others' containers to start from an image of theirs.
        HttpResponse<String> image =
                call(dan, "POST", "/v2/environments/dan/images", "{\"image\":\"docker.io/library/web:1\"}\n");
        assertThat(image.statusCode()).isEqualTo(403);
        assertThat(problem(image).detail())
                .contains("dan (developer) may not build docker.io/library/web:1: environment ", "--no-build");
    }

    @Test
    void aDeveloperDoesNotGoBackToWhatReachedOutBeforeTheyWereGivenIt() throws Exception {
        String fay = add("fay", "developer");
        String boss = add("chief", "admin");
        String privileged = WEB.replace("\"scale\":1", "\"scale\":1,\"sandbox\":{\"privileged\":true}");
        assertThat(call(boss, "PUT", "/v2/environments/tamed", privileged).statusCode())
                .isEqualTo(200);
        finish("tamed");
        assertThat(put("tamed", boss).statusCode()).isEqualTo(200);
        finish("tamed");
        call(boss, "POST", "/v2/environments/tamed/owner", "{\"owner\":\"fay\"}");

        HttpResponse<String> back =
                call(fay, "POST", "/v2/environments/tamed/release?dryRun=true", "{\"releases\":{\"web\":1}}");
        assertThat(back.statusCode()).as(back.body()).isEqualTo(403);
        assertThat(problem(back).detail()).contains("fay (developer) may not run service web: privileged");
        assertThat(call(boss, "POST", "/v2/environments/tamed/release?dryRun=true", "{\"releases\":{\"web\":1}}")
                        .statusCode())
                .isEqualTo(200);
    }

    private static void finish(String environment) throws Exception {
        for (Operation operation : node.plane.log().state().operations().values()) {
            if (operation.environment().equals(environment) && operation.running()) {
                node.plane
                        .log()
                        .submit(new Command.Advance(
                                System.currentTimeMillis(), operation.id(), Operation.Phase.PREPARE));
                node.plane
                        .log()
                        .submit(new Command.Finish(
                                System.currentTimeMillis(), operation.id(), Operation.State.DONE, ""));
            }
        }
    }

    @Test
    void anEnvironmentIsGivenAwayByWhoeverOwnsIt() throws Exception {
        String gina = add("gina", "developer");
        String hans = add("hans", "developer");
        put("gift", gina);
        finish("gift");
        assertThat(call(hans, "POST", "/v2/environments/gift/owner", "{\"owner\":\"hans\"}")
                        .statusCode())
                .isEqualTo(403);
        assertThat(call(gina, "POST", "/v2/environments/gift/owner", "{\"owner\":\"hans\"}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(put("gift", gina).statusCode()).isEqualTo(403);
        assertThat(call(hans, "POST", "/v2/environments/gift/life", "{}").statusCode())
                .isEqualTo(200);
        assertThat(call(hans, "GET", "/v2/whoami", "").body())
                .isEqualTo("{\"name\":\"hans\",\"role\":\"developer\",\"environments\":[\"gift\"]}");
    }

    @Test
    void writesDownWhoDidWhatAndWhatWasRefusedButNotWhatWasRead() throws Exception {
        String ida = add("ida", "developer");
        put("ida-1", ida);
        call(ida, "GET", "/v2/environments", "");
        call(ida, "PUT", "/v2/environments/ida-1?dryRun=true", WEB);
        call(ida, "POST", "/v2/environments/ida-1/services/web/instances", "{}");
        call(ida, "DELETE", "/v2/environments/production", "");
        call(ida, "DELETE", "/v2/environments/production", "");
        // Only who says that it rehearses, and does, is not written down.
        call(ida, "POST", "/v2/environments/ida-1/instances/web/exec?dryRun=true", "{}");

        List<AuditEntry> entries = audit("user=ida");
        assertThat(entries)
                .extracting(
                        AuditEntry::action,
                        AuditEntry::environment,
                        entry -> entry.refused().isEmpty())
                .containsExactly(
                        tuple("PUT /v2/environments/ida-1", "ida-1", true),
                        tuple("DELETE /v2/environments/production", "production", false),
                        tuple("POST /v2/environments/ida-1/instances/web/exec", "ida-1", true));
        assertThat(entries.get(1).times()).isEqualTo(2);
        assertThat(entries.getFirst().from()).isEqualTo("127.0.0.1");
        assertThat(entries.getFirst().role()).isEqualTo("developer");
        assertThat(audit("user=admin&since=1")).anySatisfy(entry -> {
            assertThat(entry.action()).isEqualTo("POST /v2/users");
            assertThat(entry.role()).isEqualTo("admin");
        });
        assertThat(audit("environment=ida-1")).hasSize(2);
    }

    @Test
    void aTokenIsOnlyShownToItsOwnCluster(@TempDir Path other) throws Exception {
        Login here = Login.parse(add("jo", "viewer"));
        var foreign = new Login(
                here.id(),
                here.secret(),
                Credentials.hash(Authority.create(other).certificate()),
                here.apis());
        try (FlockerClient lost = FlockerClient.of(foreign, List.of(node.base))) {
            assertThatThrownBy(() -> lost.get("/v2/nodes", Answers.Nodes.class))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("another cluster");
        }
        assertThat(here.apis()).containsExactly(node.base);
    }

    private static String add(String name, String role) throws Exception {
        return admin.post("/v2/users", new Requests.AddUser(name, role, 600), Answers.NewUserToken.class)
                .text();
    }

    private static HttpResponse<String> put(String environment, String token) throws Exception {
        return call(token, "PUT", "/v2/environments/" + environment, WEB);
    }

    private static HttpResponse<String> call(String token, String method, String path, String body) throws Exception {
        return node.send(curl, method, path, body, "Authorization", "Bearer " + token);
    }

    private static HttpResponse<String> curl(String method, String path) throws Exception {
        return node.send(curl, method, path, "{}");
    }

    private static List<AuditEntry> audit(String query) throws Exception {
        return admin.get("/v2/audit?" + query, Answers.Audit.class).entries();
    }

    private static String state() {
        return Json.text(node.plane.log().state());
    }

    private static ProblemDetail problem(HttpResponse<String> answer) throws IOException {
        return Json.read(answer.body().getBytes(StandardCharsets.UTF_8), ProblemDetail.class);
    }
}
