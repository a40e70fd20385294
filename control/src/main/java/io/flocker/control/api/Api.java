package io.flocker.control.api;

import io.flocker.client.Credentials;
import io.flocker.client.api.Answers;
import io.flocker.client.api.ProblemDetail;
import io.flocker.control.api.backup.BackupEndpoints;
import io.flocker.control.api.backup.BackupNotices;
import io.flocker.control.api.backup.ErrandEndpoints;
import io.flocker.control.api.balance.BalanceEndpoints;
import io.flocker.control.api.balance.ExplanationEndpoints;
import io.flocker.control.api.balance.SimulationEndpoints;
import io.flocker.control.api.certificate.CertificateEndpoints;
import io.flocker.control.api.certificate.Issuer;
import io.flocker.control.api.job.Notifier;
import io.flocker.control.api.job.RunEndpoints;
import io.flocker.control.api.job.ScheduleEndpoints;
import io.flocker.control.api.load.LoadEndpoints;
import io.flocker.control.api.metric.Metrics;
import io.flocker.control.api.recover.LogKeeper;
import io.flocker.control.api.recover.RecoverEndpoints;
import io.flocker.control.api.replica.FailoverEndpoints;
import io.flocker.control.api.user.AccountEndpoints;
import io.flocker.control.api.user.DataQuota;
import io.flocker.control.api.user.QuotaEndpoints;
import io.flocker.control.api.user.UserEndpoints;
import io.flocker.control.api.wait.Waiting;
import io.flocker.control.lead.ControlPlane;
import io.flocker.control.log.ClusterLog;
import io.flocker.control.log.NotLeading;
import io.flocker.core.access.Right;
import io.flocker.core.wire.Json;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The REST API: HTTPS with tokens or client certificates for everybody, and a Unix socket for
/// root on the same machine. Every node has it; only the leader answers itself, the others pass
/// requests on to it.
public final class Api implements AutoCloseable {
    /// Where a node says who leads. Answered by the node itself.
    static final String LEADER_PATH = "/v2/leader";

    private static final Logger log = LoggerFactory.getLogger(Api.class);

    private static final ProblemDetail STOPPING =
            problem(503, "unavailable", "Shutting down", "The daemon is stopping; try again");
    private static final ProblemDetail MISDIRECTED =
            problem(Forwarder.MISDIRECTED, "misdirected", "Not here", "Another node leads");

    /// What every node answers itself.
    private static final Set<String> OWN = Set.of(LEADER_PATH, "/v2/version", "/v2/openapi.json");

    private final Listeners listeners;
    private final Decisions decisions;
    private final Waiting waiting;
    private final Watching watching;
    private final Notifier notifier;
    private final Issuer issuer;
    private final Metrics metrics;
    private final RecoverEndpoints recovery = new RecoverEndpoints();
    private final List<Endpoint> endpoints = new ArrayList<>();
    private final Forwarder forwarder;
    private final int port;

    /// @param forwarder the way to the leader; owned by the caller
    public Api(Listeners.Places places, Credentials credentials, Forwarder forwarder) throws IOException {
        this.forwarder = forwarder;
        port = places.address().getPort();
        decisions = new Decisions();
        waiting = new Waiting(decisions);
        NodeCalls nodes = new NodeCalls(credentials, decisions, places.agentPort());
        Upgrades upgrades = new Upgrades(decisions, nodes);
        watching = new Watching(decisions, upgrades);
        DataQuota data = new DataQuota(decisions, nodes);
        endpoints.addAll(new EnvironmentEndpoints(decisions, upgrades, watching.watcher(), data).list());
        endpoints.addAll(new VolumeEndpoints(decisions, nodes).list());
        endpoints.addAll(new FailoverEndpoints(decisions).list());
        endpoints.addAll(new OperationEndpoints(decisions).list());
        endpoints.addAll(new NodeEndpoints(decisions).list());
        endpoints.addAll(new JoinEndpoints(decisions, port).list());
        endpoints.addAll(new ControlEndpoints(decisions, port).list());
        endpoints.addAll(new InstanceEndpoints(decisions, nodes).list());
        endpoints.addAll(new ImageEndpoints(decisions, nodes).list());
        endpoints.addAll(new ReleaseEndpoints(decisions, upgrades).list());
        endpoints.addAll(new BranchEndpoints(decisions, upgrades, nodes).list());
        endpoints.addAll(new RunEndpoints(decisions, nodes).list());
        endpoints.addAll(new ScheduleEndpoints(decisions).list());
        endpoints.addAll(new UserEndpoints(decisions, port).list());
        endpoints.addAll(new AccountEndpoints(decisions).list());
        endpoints.addAll(new QuotaEndpoints(decisions, data).list());
        endpoints.addAll(new BalanceEndpoints(decisions).list());
        endpoints.addAll(new ExplanationEndpoints(decisions).list());
        endpoints.addAll(new SimulationEndpoints(decisions).list());
        endpoints.addAll(new CertificateEndpoints(decisions).list());
        endpoints.addAll(new BackupEndpoints(decisions, nodes, data).list());
        endpoints.addAll(new ErrandEndpoints(decisions, nodes).list());
        endpoints.addAll(new BackupNotices(decisions).list());
        endpoints.addAll(new LoadEndpoints(decisions).list());
        endpoints.addAll(recovery.list());
        metrics = new Metrics(decisions, nodes);
        endpoints.add(metrics.endpoint());
        endpoints.add(RegistryWebhook.endpoint(watching.watcher()));
        endpoints.add(new Endpoint(
                "GET",
                "/v2/version",
                Right.ANYBODY,
                "Which Flocker this is.",
                List.of(),
                Void.class,
                Answers.Version.class,
                _ -> new Answers.Version(version(), "v2")));
        listeners = new Listeners(places, credentials, this::routes);
        watching.start();
        notifier = new Notifier(decisions);
        issuer = new Issuer(decisions);
    }

    /// The version this was built as.
    public static String version() {
        String version = Api.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    /// The way to the leader.
    public Forwarder forwarder() {
        return forwarder;
    }

    /// From now on requests are answered with this control plane while it leads; with none, elsewhere.
    public void use(Optional<ControlPlane> plane) {
        decisions.use(plane);
    }

    /// From now on this one is asked about the log that this node keeps.
    public void use(LogKeeper keeper) {
        recovery.use(keeper);
    }

    private void routes(HttpRouting.Builder routing, boolean root) {
        routing.any((request, response) -> {
            if (!isPassedOn(request, response, root)) {
                response.next();
            }
        });
        routing.get(
                LEADER_PATH,
                (_, response) -> send(
                        response,
                        200,
                        "application/json",
                        new Answers.Leader(leader().map(URI::toString).orElse(""))));
        for (Endpoint endpoint : endpoints) {
            routing.route(
                    Method.create(endpoint.method()),
                    endpoint.path(),
                    (request, response) -> serve(endpoint, request, response, root));
        }
        routing.get("/v2/openapi.json", (_, response) -> send(response, 200, "application/json", openApi()));
        routing.any((request, response) -> refuse(
                response,
                Refusal.notFound("There is nothing at " + request.path().path()
                                + "; /v2/openapi.json lists what there is")
                        .problem()));
    }

    /// Whether the request was dealt with, because this node does not lead.
    private boolean isPassedOn(ServerRequest request, ServerResponse response, boolean root) {
        try {
            String path = request.path().path();
            if (OWN.contains(path) || RecoverEndpoints.OWN.contains(path) || confirmed()) {
                return false;
            }
            if (request.headers().contains(Caller.FOR)) {
                refuse(response, MISDIRECTED);
            } else {
                forwarder.pass(request, response, root, this::leader);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            refuse(response, STOPPING);
        } catch (IOException e) {
            refuse(response, notNow(e));
        }
        return true;
    }

    private boolean confirmed() throws InterruptedException {
        Optional<ControlPlane> plane = decisions.plane();
        return plane.isPresent() && plane.get().log().confirmed() != ClusterLog.NOT;
    }

    /// The API of the leader, which may be this one.
    private Optional<URI> leader() {
        return decisions
                .plane()
                .flatMap(plane -> plane.log().leader())
                .flatMap(name -> Optional.ofNullable(decisions.state().nodes().get(name)))
                .map(node -> URI.create("https://" + node.address() + ":" + port));
    }

    /// All it can do.
    List<Endpoint> endpoints() {
        return List.copyOf(endpoints);
    }

    /// The API's description, OpenAPI 3.1.
    public Object openApi() {
        return OpenApi.document(endpoints, version());
    }

    private void serve(Endpoint endpoint, ServerRequest request, ServerResponse response, boolean root) {
        long term = term();
        try {
            Caller caller = Caller.of(request, decisions.state(), root, endpoint.right());
            Call call = new Call(request, response, caller, endpoint);
            long waitMillis = Waiting.concerns(endpoint) ? Waiting.millis(call) : 0;
            Object answer = answer(endpoint, call);
            if (waitMillis > 0) {
                answer = waiting.end(answer, waitMillis);
            }
            if (endpoint.method().equals("GET") && term() != term) {
                throw new NotLeading("Another node leads by now");
            }
            if (!endpoint.answer().equals(Void.class) && !response.isSent()) {
                send(response, Waiting.goesOn(answer) ? 202 : 200, "application/json", answer);
            }
        } catch (Refusal refusal) {
            refuse(response, refusal.problem());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            refuse(response, STOPPING);
        } catch (NotLeading e) {
            refuse(response, request.headers().contains(Caller.FOR) ? MISDIRECTED : notNow(e));
        } catch (UncheckedIOException e) {
            boolean moved =
                    e.getCause() instanceof NotLeading && request.headers().contains(Caller.FOR);
            refuse(response, moved ? MISDIRECTED : notNow(e));
        } catch (IOException e) {
            refuse(response, notNow(e));
        } catch (CloseConnectionException e) {
            // Whoever asked is gone, or what was passed on broke off.
            throw e;
        } catch (Exception e) {
            log.atError().setCause(e).addKeyValue("path", request.path().path()).log("Request failed");
            refuse(response, problem(500, "internal", "A bug", "The daemon failed: " + e + "; its log tells more"));
        }
    }

    private long term() {
        return decisions.plane().map(plane -> plane.log().leads()).orElse(ClusterLog.NOT);
    }

    private static ProblemDetail notNow(Exception e) {
        return problem(503, "unavailable", "Not now", String.valueOf(e.getMessage()));
    }

    private Object answer(Endpoint endpoint, Call call) throws Exception {
        refuseStrangers(endpoint, call.caller());
        try {
            if (endpoint.right() != Right.NODE || !call.caller().isNode()) {
                decisions.allow(call, endpoint.right(), decisions.whereabouts(call));
            }
            decisions.admit(call);
            if (endpoint.answer().equals(Void.class)) {
                decisions.audit(call, "");
            }
            Object answer = handle(endpoint, call);
            audit(call, "");
            return answer;
        } catch (Refusal refusal) {
            // Who is refused because too much is written down is not written down.
            if (refusal.problem().status() != ProblemDetail.BUSY) {
                audit(call, refusal.problem().detail());
            }
            throw refusal;
        }
    }

    private Object handle(Endpoint endpoint, Call call) throws Exception {
        try {
            return endpoint.handler().handle(call);
        } catch (Refusal refusal) {
            Optional<Answers.Change> before =
                    endpoint.answer().equals(Answers.Change.class) ? decisions.repeated(call) : Optional.empty();
            return before.orElseThrow(() -> refusal);
        }
    }

    /// What is done is done, whether or not it can be written down.
    private void audit(Call call, String refused) throws InterruptedException {
        try {
            decisions.audit(call, refused);
        } catch (IOException e) {
            log.atWarn()
                    .addKeyValue("user", call.by())
                    .addKeyValue("action", call.action())
                    .addKeyValue("reason", e.getMessage())
                    .log("Not in the audit log");
        }
    }

    private static ProblemDetail problem(int status, String type, String title, String detail) {
        return new ProblemDetail(type, title, status, detail);
    }

    private static void refuseStrangers(Endpoint endpoint, Caller caller) throws Refusal {
        if (caller.unit().equals("nobody") && endpoint.right() != Right.ANYBODY) {
            throw Caller.unauthorized("Every call needs a token (flocker user add NAME makes one; send it as"
                    + " Authorization: Bearer TOKEN) or a certificate of this cluster");
        }
    }

    private static void send(ServerResponse response, int status, String type, Object body) {
        response.status(Status.create(status))
                .header(HeaderNames.CONTENT_TYPE, type)
                .send(Json.bytes(body));
    }

    private static void refuse(ServerResponse response, ProblemDetail problem) {
        if (!response.isSent()) {
            if (problem.status() == 401) {
                response.header(HeaderNames.WWW_AUTHENTICATE, "Bearer");
            }
            if (problem.status() == 503 || problem.status() == ProblemDetail.BUSY) {
                response.header(HeaderNames.RETRY_AFTER, "1");
            }
            send(response, problem.status(), "application/problem+json", problem);
        }
    }

    @Override
    public void close() {
        metrics.close();
        issuer.close();
        notifier.close();
        watching.close();
        listeners.close();
    }
}
