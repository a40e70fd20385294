package io.flocker.control.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flocker.client.Credentials;
import io.flocker.client.api.Answers;
import io.flocker.client.api.ProblemDetail;
import io.flocker.client.api.Status;
import io.flocker.control.ca.Authority;
import io.flocker.core.cluster.Command;
import io.flocker.core.lease.LeaseTerms;
import io.flocker.core.model.Operation;
import io.flocker.core.wire.Json;
import java.io.IOException;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApiTest {
    private static final String WEB =
            "{\"application\":{\"services\":{\"web\":{\"image\":\"web:1\",\"scale\":1}}},\"timeoutSeconds\":60}";

    @TempDir
    private static Path folder;

    private static OneNode plane;
    private static HttpClient admin;

    @BeforeAll
    static void start() throws Exception {
        plane = new OneNode(folder);
        admin = plane.client(plane.authority.user("admin").context());
    }

    @AfterAll
    static void stop() throws IOException {
        admin.close();
        plane.close();
    }

    @Test
    void tellsMonitoringInNumbers() throws Exception {
        var deployed = change(put("measured", WEB));
        assertThat(plane.send(admin, "POST", "/v2/operations/" + deployed.operation() + "/cancel", "")
                        .statusCode())
                .isEqualTo(200);
        HttpResponse<String> page = plane.send(admin, "GET", "/metrics", "");

        assertThat(page.headers().firstValue("content-type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain; version=0.0.4"));
        assertThat(page.body())
                .contains(
                        "# TYPE flocker_operations_total counter",
                        "flocker_operations_total{kind=\"deploy\",result=\"cancelled\"}",
                        "flocker_node_ready{node=\"n1\",state=\"silent\"} 0.0",
                        "flocker_leader{node=\"n1\"} 1.0")
                .containsPattern("flocker_log_index [1-9]");
    }

    @Test
    void waitsForTheEndOfWhatItStarts() throws Exception {
        assertThat(problem(put("waited?wait=soon", WEB)).detail())
                .isEqualTo("wait is a time such as 60s or 2m, not \"soon\"");
        assertThat(problem(put("waited?wait=11m", WEB)).detail()).contains("at most 4m");
        assertThat(plane.send(admin, "GET", "/v2/environments/waited", "").statusCode())
                .as("nothing was started")
                .isEqualTo(404);
        var going = put("waited?wait=1s", WEB, "Idempotency-Key", "waits");
        assertThat(going.statusCode()).isEqualTo(202);
        var begun = Json.read(going.body().getBytes(StandardCharsets.UTF_8), Answers.Change.class);
        assertThat(begun.waited().map(Answers.Waited::state)).contains("running");

        String operation = begun.operation();
        Thread canceller = Thread.startVirtualThread(() -> {
            try {
                plane.plane.leader().await(500, () -> false);
                plane.send(admin, "POST", "/v2/operations/" + operation + "/cancel", "");
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        // The same request again is the same operation, whose end is waited for.
        var failed = put("waited?wait=20s", WEB, "Idempotency-Key", "waits");
        canceller.join();
        assertThat(problem(failed).detail())
                .contains("Operation " + operation + " (deploy, environment waited) cancelled");
    }

    @Test
    void honoursIfMatch() throws Exception {
        assertThat(put("conditional", WEB, "If-Match", "\"0\"").statusCode()).isEqualTo(200);
        HttpResponse<String> shown = plane.send(admin, "GET", "/v2/environments/conditional", "");
        String tag = shown.headers().firstValue("ETag").orElseThrow();

        var stale = put("conditional", WEB, "If-Match", "\"0\"");
        assertThat(stale.statusCode()).isEqualTo(412);
        assertThat(problem(stale).detail()).contains("conditional");
        assertThat(problem(put("conditional", WEB, "If-Match", "\"x\"")).status())
                .isEqualTo(422);
        assertThat(tag).isNotEqualTo("\"0\"");
    }

    @Test
    void givesARepeatedRequestTheSameOperation() throws Exception {
        var first = put("repeated", WEB, "Idempotency-Key", "k1");
        var second = put("repeated", WEB, "Idempotency-Key", "k1");

        assertThat(change(first).operation())
                .isNotEmpty()
                .isEqualTo(change(second).operation());
        var removed = plane.send(admin, "DELETE", "/v2/environments/repeated", "", "Idempotency-Key", "k2");
        var again = plane.send(admin, "DELETE", "/v2/environments/repeated", "", "Idempotency-Key", "k2");
        assertThat(change(removed).operation())
                .isNotEmpty()
                .isEqualTo(change(again).operation());
    }

    @Test
    void aRepeatedRequestForABranchIsNotRefusedBecauseTheBranchIsThere() throws Exception {
        put("forked", WEB);
        for (Operation operation : plane.plane.log().state().operations().values()) {
            if (operation.environment().equals("forked")) {
                plane.plane.log().submit(new Command.Advance(1, operation.id(), Operation.Phase.PREPARE));
                plane.plane.log().submit(new Command.Finish(1, operation.id(), Operation.State.DONE, ""));
            }
        }
        String path = "/v2/environments/forked/branches";
        var first = plane.send(admin, "POST", path, "{\"names\":[\"fork\"]}", "Idempotency-Key", "k3");
        var second = plane.send(admin, "POST", path, "{\"names\":[\"fork\"]}", "Idempotency-Key", "k3");
        assertThat(first.statusCode()).as(first.body()).isEqualTo(200);
        assertThat(operation(second)).isNotEmpty().isEqualTo(operation(first));
        var other = plane.send(admin, "POST", path, "{\"names\":[\"fork\"]}", "Idempotency-Key", "k4");
        assertThat(other.statusCode()).isEqualTo(409);
    }

    private static String operation(HttpResponse<String> branched) throws Exception {
        return Json.read(branched.body().getBytes(StandardCharsets.UTF_8), Answers.Branches.class)
                .branches()
                .getFirst()
                .operation();
    }

    @Test
    void keepsOneUsersKeyFromAnother() throws Exception {
        try (HttpClient other = plane.client(plane.authority.user("other").context())) {
            var first = put("mine", WEB, "Idempotency-Key", "shared");
            var second = plane.send(other, "PUT", "/v2/environments/theirs", WEB, "Idempotency-Key", "shared");
            assertThat(change(first).operation()).isNotEqualTo(change(second).operation());
        }
    }

    @Test
    void refusesWhatItCannotRead() throws Exception {
        var malformed = put("x", "{\"application\": {\"services\": 7}}");
        assertThat(problem(malformed).status()).isEqualTo(400);
        assertThat(malformed.headers().firstValue("content-type")).contains("application/problem+json");
        assertThat(problem(put("x", "{\"aplication\":{}}")).detail()).contains("aplication");
        assertThat(problem(put("no spaces".replace(" ", "%20"), WEB)).detail()).contains("no spaces");
        assertThat(problem(plane.send(admin, "GET", "/v2/nothing", "")).status())
                .isEqualTo(404);
        assertThat(put("x", "x".repeat(Call.MAX_BODY_BYTES + 1)).statusCode()).isEqualTo(413);
        assertThat(plane.send(admin, "GET", "/v2/environments/x", "").statusCode())
                .isEqualTo(404);
    }

    @Test
    void describesEveryRoute() throws Exception {
        String document = plane.send(admin, "GET", "/v2/openapi.json", "").body();

        assertThat(document).contains("\"openapi\":\"3.1.0\"").contains("\"/v2/environments/{environment}\"");
        assertThat(document)
                .contains("\"security\":[{\"token\":[]},{\"certificate\":[]}]", "\"x-flocker-right\":\"administer\"")
                .contains("\"scheme\":\"bearer\"", "\"type\":\"mutualTLS\"");
        // Whatever a schema points to is there.
        var references = Pattern.compile("\"#/components/schemas/([A-Za-z0-9.]+)\"")
                .matcher(document)
                .results()
                .map(match -> match.group(1))
                .distinct()
                .toList();
        assertThat(references)
                .isNotEmpty()
                .allSatisfy(name -> assertThat(document).contains("\"" + name + "\":{"));
    }

    @Test
    void hearsWhatWasPushedAndFollowsLaterWhileNoRegistryAnswers() throws Exception {
        String follows = "{\"application\":{\"services\":{\"web\":{\"image\":\"registry:5000/web:1\",\"scale\":1,"
                + "\"upgrade\":{\"watchMillis\":60000}}}}}";
        assertThat(change(put("follows", follows)).changes())
                .anySatisfy(change -> assertThat(change).startsWith("! service web follows its image later: "));
        String pushed =
                "{\"events\":[{\"id\":\"1\",\"action\":\"push\",\"target\":{\"repository\":\"web\",\"tag\":\"1\"}}]}";
        String path = "/v2/webhooks/registry";
        String type = "application/vnd.docker.distribution.events.v1+json";

        assertThat(problem(plane.send(admin, "POST", path, "[]")).status()).isEqualTo(400);
        assertThat(plane.send(admin, "POST", path, " ".repeat(RegistryWebhook.MAX_BYTES + 1))
                        .statusCode())
                .isEqualTo(413);
        try (HttpClient nobody = plane.client(believing(null))) {
            assertThat(plane.send(nobody, "POST", path, pushed).statusCode()).isEqualTo(401);
        }
        var heard = plane.send(admin, "POST", path, pushed, "Content-Type", type);
        assertThat(heard.statusCode()).isEqualTo(200);
        assertThat(Json.read(heard.body().getBytes(StandardCharsets.UTF_8), Answers.Hinted.class)
                        .services())
                .isEmpty();
    }

    @Test
    void grantsALeaseToANodeThatHasNothingOfAnothers() throws Exception {
        var credentials = plane.authority.node("n1", List.of("127.0.0.1", "localhost"));
        try (HttpClient node = plane.client(credentials.context())) {
            assertThat(plane.lease(node, "{}")).isEqualTo(LeaseTerms.USUAL.leaseMillis());
            assertThat(plane.lease(node, "{\"held\":[{\"volume\":\"data\",\"epoch\":1}]}"))
                    .isZero();
        }
    }

    @Test
    void answersOnlyItsOwnCluster(@TempDir Path foreign) throws Exception {
        try (HttpClient stranger =
                plane.client(believing(Authority.create(foreign).user("admin")))) {
            assertThatThrownBy(() -> plane.send(stranger, "GET", "/v2/nodes", ""))
                    .isInstanceOf(IOException.class);
        }
        var expired = plane.authority.user("admin", Instant.now().minusSeconds(60));
        try (HttpClient late = plane.client(expired.context())) {
            assertThatThrownBy(() -> plane.send(late, "GET", "/v2/nodes", "")).isInstanceOf(IOException.class);
        }
        try (HttpClient nobody = plane.client(believing(null))) {
            assertThat(problem(plane.send(nobody, "GET", "/v2/nodes", "")).status())
                    .isEqualTo(401);
        }
        assertThat(problem(plane.send(admin, "POST", "/v2/agent/report", "{}")).status())
                .isEqualTo(403);
        assertThat(Json.read(
                                plane.send(admin, "GET", "/v2/nodes", "").body().getBytes(StandardCharsets.UTF_8),
                                Answers.Nodes.class)
                        .nodes())
                .extracting(Status.Node::name)
                .containsExactly("n1");
    }

    @Test
    void answersRootOnTheSocket() throws Exception {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(plane.socket)))
                .isEqualTo("rw-------");
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(plane.socket));
            channel.write(ByteBuffer.wrap(
                    "GET /v2/nodes HTTP/1.1\r\nHost: local\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
            var answer = ByteBuffer.allocate(100);
            channel.read(answer);
            assertThat(new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 200");
        }
    }

    private static HttpResponse<String> put(String environment, String body, String... headers) throws Exception {
        return plane.send(admin, "PUT", "/v2/environments/" + environment, body, headers);
    }

    private static Answers.Change change(HttpResponse<String> answer) throws IOException {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return Json.read(answer.body().getBytes(StandardCharsets.UTF_8), Answers.Change.class);
    }

    private static ProblemDetail problem(HttpResponse<String> answer) throws IOException {
        return Json.read(answer.body().getBytes(StandardCharsets.UTF_8), ProblemDetail.class);
    }

    /// Believes this cluster, so that it is the server that refuses.
    private static SSLContext believing(@Nullable Credentials own) throws Exception {
        var context = SSLContext.getInstance("TLSv1.3");
        var keys = own == null ? null : new KeyManager[] {showing(own.keyManager())};
        context.init(keys, new TrustManager[] {plane.authority.user("server").trustManager()}, new SecureRandom());
        return context;
    }

    /// Shows its certificate to everybody, whichever authorities they believe.
    private static X509ExtendedKeyManager showing(X509ExtendedKeyManager own) {
        return new X509ExtendedKeyManager() {
            @Override
            public String chooseEngineClientAlias(String[] types, Principal[] issuers, SSLEngine engine) {
                return own.getClientAliases("EC", null)[0];
            }

            @Override
            public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
                return own.getClientAliases("EC", null)[0];
            }

            @Override
            public X509Certificate[] getCertificateChain(String alias) {
                return own.getCertificateChain(alias);
            }

            @Override
            public PrivateKey getPrivateKey(String alias) {
                return own.getPrivateKey(alias);
            }

            @Override
            public String[] getClientAliases(String type, Principal[] issuers) {
                return own.getClientAliases(type, issuers);
            }

            @Override
            public String[] getServerAliases(String type, Principal[] issuers) {
                return own.getServerAliases(type, issuers);
            }

            @Override
            public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
                return own.chooseServerAlias(type, issuers, socket);
            }
        };
    }
}
