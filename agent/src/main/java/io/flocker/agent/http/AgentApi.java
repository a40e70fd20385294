package io.flocker.agent.http;

import io.flocker.agent.backup.Errands;
import io.flocker.agent.engine.DockerBuilder;
import io.flocker.agent.engine.DockerEngine;
import io.flocker.agent.engine.DockerTerminal;
import io.flocker.agent.transfer.Sender;
import io.flocker.agent.volume.VolumeDriver;
import io.flocker.client.Credentials;
import io.flocker.client.Identity;
import io.flocker.client.api.Answers;
import io.flocker.client.api.Backups;
import io.flocker.client.api.ProblemDetail;
import io.flocker.client.api.Requests;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.wire.Json;
import io.helidon.common.tls.Tls;
import io.helidon.common.tls.TlsClientAuth;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.security.cert.Certificate;
import java.util.List;
import java.util.stream.Stream;

/// The agent's own listener, over mutual TLS and for nodes only: the control plane passes users' requests on to it, and
/// other agents fetch snapshots and images.
public final class AgentApi implements AutoCloseable {
    /// So many changed files are told at most.
    private static final int MOST_FILES = 1_000;

    private static final int MAX_BODY_BYTES = 1024 * 1024;

    private final DockerTerminal terminal;
    private final DockerBuilder builder;
    private final VolumeDriver volumes;
    private final Sender sender;
    private final Errands errands;
    private final WebServer server;

    /// @param sender what it sends to other nodes
    /// @param errands what it does with backups
    public AgentApi(
            InetSocketAddress address,
            Credentials credentials,
            DockerEngine engine,
            VolumeDriver volumes,
            Sender sender,
            Errands errands)
            throws IOException {
        terminal = new DockerTerminal(engine);
        builder = new DockerBuilder(engine);
        this.volumes = volumes;
        this.sender = sender;
        this.errands = errands;
        server = WebServer.builder()
                .bindAddress(address)
                // Else the second half of an answer waits for the first to be acknowledged, 40 ms (RFC 896, RFC 1122).
                .connectionOptions(options -> options.tcpNoDelay(true))
                .shutdownHook(false)
                .tls(Tls.builder()
                        .sslContext(new BatchingContext(credentials.context()))
                        .clientAuth(TlsClientAuth.REQUIRED)
                        .build())
                .routing(this::routes)
                .build()
                .start();
    }

    private record Exec(List<String> command, boolean tty, boolean stdin, String user, String workingDir) {}

    private record Prepared(String id) {}

    private record Done(boolean done) {}

    /// Does it, or has sent a stream itself and returns an empty string.
    private interface Handler {
        Object handle(ServerRequest request, ServerResponse response) throws Exception;
    }

    private interface Streaming {
        void to(OutputStream out) throws IOException, InterruptedException;
    }

    private void routes(HttpRouting.Builder routing) {
        routing.get("/agent/volumes/{volume}/space", guarded((request, _) -> volumes.usage(path(request, "volume"))))
                .get("/agent/volumes/{volume}/changes", guarded((request, _) -> changes(request)))
                .get("/agent/volumes/{volume}/snapshots/{position}", guarded(this::snapshot))
                .get("/agent/images/archive", guarded(this::archive))
                .get("/agent/images", guarded((request, _) -> image(request)))
                .get("/agent/images/digest", guarded((request, _) -> digest(request)))
                .post("/agent/images", guarded(this::build))
                .get("/agent/containers/{container}/logs", guarded(this::logs))
                .post("/agent/containers/{container}/exec", guarded((request, _) -> prepare(request)))
                .post("/agent/exec/{exec}/output", guarded(this::output))
                .post("/agent/exec/{exec}/input", guarded((request, _) -> input(request)))
                .post("/agent/exec/{exec}/size", guarded((request, _) -> size(request)))
                .get("/agent/exec/{exec}", guarded((request, _) -> terminal.exit(path(request, "exec"))))
                .post("/agent/errands", guarded((request, _) -> begin(request)))
                .get("/agent/errands/{errand}", guarded((request, _) -> errand(request)))
                .post(
                        "/agent/errands/{errand}/cancel",
                        guarded((request, _) -> errands.cancel(path(request, "errand"))));
    }

    private static String path(ServerRequest request, String name) {
        return request.path().pathParameters().get(name);
    }

    private static int number(ServerRequest request, String name, int otherwise) throws IOException {
        String text = request.query().first(name).orElse(Integer.toString(otherwise));
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IOException("Query parameter " + name + " is a whole number, not \"" + text + "\"", e);
        }
    }

    private static boolean flag(ServerRequest request, String name) {
        return request.query().first(name).orElse("false").equals("true");
    }

    /// Answers with a stream. If it breaks off, so does the connection: whoever asked would take what came for all of
    /// it.
    ///
    /// @return an empty string, once the stream has been sent
    /// @throws IOException if nothing has been sent
    private static Object stream(ServerResponse response, Streaming streaming)
            throws IOException, InterruptedException {
        var out = new LateOutput(response);
        try {
            streaming.to(out);
            out.end();
        } catch (IOException | InterruptedException | RuntimeException e) {
            if (out.hasBegun()) {
                throw new CloseConnectionException("The answer broke off", e);
            }
            throw e;
        }
        return "";
    }

    private Object snapshot(ServerRequest request, ServerResponse response) throws IOException, InterruptedException {
        String volume = path(request, "volume");
        List<SnapshotId> shared = Stream.of(
                        request.query().first("base").orElse("").split(",", -1))
                .filter(position -> !position.isEmpty())
                .map(position -> SnapshotId.of(volume, position))
                .toList();
        try (var sending = sender.snapshot(SnapshotId.of(volume, path(request, "position")), shared)) {
            boolean compressed = request.query().first("compress").orElse("").equals("zstd");
            return stream(response, out -> sending.to(out, compressed));
        }
    }

    private Object changes(ServerRequest request) throws IOException {
        var since = SnapshotId.of(
                path(request, "volume"), request.query().first("since").orElse(""));
        return volumes.changes(since, Math.clamp(number(request, "most", 1), 1, MOST_FILES));
    }

    private Object archive(ServerRequest request, ServerResponse response) throws IOException, InterruptedException {
        try (var sending = sender.image(request.query().first("name").orElse(""))) {
            return stream(response, out -> sending.to(out, false));
        }
    }

    private Object logs(ServerRequest request, ServerResponse response) throws IOException, InterruptedException {
        DockerTerminal.LogRange range = new DockerTerminal.LogRange(
                flag(request, "follow"),
                number(request, "tail", -1),
                number(request, "since", 0),
                flag(request, "timestamps"),
                flag(request, "frames"));
        return stream(response, out -> terminal.logs(path(request, "container"), range, out));
    }

    private Object digest(ServerRequest request) throws IOException {
        return new Answers.Digest(builder.digest(request.query().first("name").orElse("")));
    }

    private Object image(ServerRequest request) throws IOException {
        String name = request.query().first("name").orElse("");
        return new Answers.Image(name, builder.id(name));
    }

    /// Whatever becomes of the build is said in its output.
    private Object build(ServerRequest request, ServerResponse response) throws IOException, InterruptedException {
        try (InputStream in = request.content().inputStream()) {
            Requests.Build build = Json.read(line(in), Requests.Build.class);
            return stream(
                    response,
                    out -> builder.build(build, in, told -> {
                        out.write(Json.bytes(told));
                        out.write('\n');
                        out.flush();
                    }));
        }
    }

    private static byte[] line(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0 || line.size() > Requests.Build.MAX_LINE_BYTES) {
                throw new IOException("A build begins with a line of JSON, then comes the context");
            }
            line.write(next);
        }
        return line.toByteArray();
    }

    private Object prepare(ServerRequest request) throws IOException {
        try (InputStream in = request.content().inputStream()) {
            Exec exec = Json.read(in.readNBytes(MAX_BODY_BYTES), Exec.class);
            return new Prepared(terminal.prepare(
                    path(request, "container"), exec.command(), exec.tty(), exec.user(), exec.workingDir()));
        }
    }

    private Object output(ServerRequest request, ServerResponse response) throws IOException, InterruptedException {
        return stream(response, out -> terminal.run(path(request, "exec"), out));
    }

    private Object input(ServerRequest request) throws IOException {
        try (InputStream in = request.content().inputStream()) {
            terminal.feed(path(request, "exec"), in);
        }
        return new Done(true);
    }

    private Object size(ServerRequest request) throws IOException {
        terminal.resize(path(request, "exec"), number(request, "rows", 24), number(request, "columns", 80));
        return new Done(true);
    }

    private Object begin(ServerRequest request) throws IOException {
        try (InputStream in = request.content().inputStream()) {
            return errands.begin(Json.read(in.readNBytes(MAX_BODY_BYTES), Backups.Order.class));
        }
    }

    private Object errand(ServerRequest request) throws IOException, InterruptedException {
        return errands.look(
                path(request, "errand"), Math.clamp(number(request, "wait", 0), 0, Errands.MOST_WAIT_SECONDS));
    }

    private static io.helidon.webserver.http.Handler guarded(Handler handler) {
        return (request, response) -> {
            boolean node = Identity.of(request.remotePeer().tlsCertificates().orElse(new Certificate[0]))
                    .filter(Identity::isNode)
                    .isPresent();
            if (!node) {
                send(response, 403, new ProblemDetail("forbidden", "Not yours", 403, "Only nodes may ask an agent"));
                return;
            }
            try {
                Object answer = handler.handle(request, response);
                if (!response.isSent() && !answer.equals("")) {
                    send(response, 200, answer);
                }
            } catch (Errands.Refused e) {
                fail(response, e.status(), String.valueOf(e.getMessage()));
            } catch (IllegalArgumentException e) {
                fail(response, 400, String.valueOf(e.getMessage()));
            } catch (IOException e) {
                fail(response, 502, String.valueOf(e.getMessage()));
            } catch (CloseConnectionException e) {
                throw e;
            } catch (Exception e) {
                fail(response, 500, "The agent failed: " + e);
            }
        };
    }

    private static void fail(ServerResponse response, int status, String detail) {
        if (!response.isSent()) {
            send(response, status, new ProblemDetail("agent", "The node could not", status, detail));
        }
    }

    private static void send(ServerResponse response, int status, Object body) {
        response.status(Status.create(status))
                .header(HeaderNames.CONTENT_TYPE, status == 200 ? "application/json" : "application/problem+json")
                .send(Json.bytes(body));
    }

    @Override
    public void close() {
        server.stop();
    }
}
