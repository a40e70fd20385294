package io.flocker.control.api.job;

import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests;
import io.flocker.client.api.Status;
import io.flocker.control.api.Call;
import io.flocker.control.api.Decisions;
import io.flocker.control.api.Endpoint;
import io.flocker.control.api.NodeCalls;
import io.flocker.control.api.Refusal;
import io.flocker.core.access.Right;
import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Operation;
import io.flocker.core.plan.Found;
import io.flocker.core.plan.Sighting;
import io.flocker.core.spec.JobSpec;
import io.flocker.core.spec.ServiceSpec;
import java.io.InputStream;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Runs of jobs: begun, listed, and what they print.
public final class RunEndpoints {
    private static final String RUN = "/v2/runs/{run}";

    private final Decisions decisions;
    private final NodeCalls nodes;

    public RunEndpoints(Decisions decisions, NodeCalls nodes) {
        this.decisions = decisions;
        this.nodes = nodes;
    }

    public List<Endpoint> list() {
        return List.of(
                new Endpoint(
                        "POST",
                        "/v2/environments/{environment}/services/{service}/runs",
                        Right.CHANGE,
                        "Run a job once. The operation's id is the run's.",
                        List.of("dryRun: true to only tell what would be done"),
                        Requests.Run.class,
                        Answers.Change.class,
                        this::run),
                new Endpoint(
                        "GET",
                        "/v2/runs",
                        Right.READ,
                        "Runs of jobs that are remembered, newest first, without their logs.",
                        List.of("environment: only this one's", "service: only this job's"),
                        Void.class,
                        Answers.Runs.class,
                        this::all),
                new Endpoint(
                        "GET",
                        RUN,
                        Right.READ,
                        "One run, with the end of its log once it has ended.",
                        List.of("wait: seconds to wait until it has started or ended, 0 if not said"),
                        Void.class,
                        Status.Run.class,
                        this::one),
                new Endpoint(
                        "GET",
                        RUN + "/log",
                        Right.READ,
                        "What a run printed, as it comes, in frames: which stream (1 output, 2 errors), three zeros,"
                                + " the length in four bytes, then so many bytes.",
                        List.of("follow: true to go on until it ends"),
                        Void.class,
                        Void.class,
                        this::log));
    }

    private Object run(Call call) throws Exception {
        Requests.Run request = call.body(Requests.Run.class);
        Environment environment = decisions.environment(call.path("environment"));
        String service = call.path("service");
        ServiceSpec spec = environment.application().services().get(service);
        long usual = spec == null ? 0 : spec.job().map(JobSpec::timeoutMillis).orElse(0L);
        long now = System.currentTimeMillis();
        long timeout = request.timeoutSeconds() == 0
                ? usual
                : Math.clamp(request.timeoutSeconds(), 1, JobSpec.MAX_TIMEOUT_MILLIS / 1_000) * 1_000;
        var command = new Command.Run(
                call.by(),
                now,
                decisions.newId(),
                now + timeout,
                environment.name(),
                service,
                request.command(),
                request.variables());
        return decisions.change(call, command, changes(decisions.state(), command));
    }

    /// What a run would do; nothing if it is refused.
    private static List<String> changes(ClusterState state, Command.Run command) {
        if (!(state.after(command) instanceof Outcome.Accepted accepted)) {
            return List.of();
        }
        return accepted.state().operation(command.operation()).stream()
                .filter(operation -> operation.kind() instanceof Operation.Kind.Run)
                .map(operation ->
                        "~ " + command.service() + " runs once on " + ((Operation.Kind.Run) operation.kind()).node())
                .toList();
    }

    private Object all(Call call) {
        String environment = call.query("environment", "");
        String service = call.query("service", "");
        return new Answers.Runs(decisions.state().operations().values().stream()
                .filter(operation ->
                        environment.isEmpty() || operation.environment().equals(environment))
                .sorted(Comparator.comparingLong(Operation::startedAtMillis).reversed())
                .flatMap(operation -> shown(operation, "").stream())
                .filter(run -> service.isEmpty() || run.service().equals(service))
                .toList());
    }

    private Object one(Call call) throws Exception {
        String id = call.path("run");
        Operation before = find(id);
        decisions.await(
                call.number("wait", 0, 0, 60) * 1_000,
                () -> decisions
                        .state()
                        .operation(id)
                        .filter(operation -> operation.running() && isStarted(operation) == isStarted(before))
                        .isEmpty());
        Operation operation = find(id);
        return shown(operation, ((Operation.Kind.Run) operation.kind()).result().log())
                .orElseThrow();
    }

    private static boolean isStarted(Operation operation) {
        return operation.kind() instanceof Operation.Kind.Run run
                && run.result().started();
    }

    private Operation find(String id) throws Refusal {
        return decisions
                .state()
                .operation(id)
                .filter(operation -> operation.kind() instanceof Operation.Kind.Run)
                .orElseThrow(() -> Refusal.notFound("There is no run \"" + id + "\"; flocker job ls shows them"));
    }

    private static Optional<Status.Run> shown(Operation operation, String log) {
        if (!(operation.kind() instanceof Operation.Kind.Run run)) {
            return Optional.empty();
        }
        return Optional.of(new Status.Run(
                operation.id(),
                operation.environment(),
                run.service(),
                run.command(),
                operation.startedBy(),
                run.node(),
                state(operation, run),
                operation.startedAtMillis(),
                run.result().startedAtMillis(),
                run.result().endedAtMillis(),
                run.result().ended() ? Optional.of(run.result().exitCode()) : Optional.empty(),
                operation.error(),
                log));
    }

    private static String state(Operation operation, Operation.Kind.Run run) {
        return switch (operation.state()) {
            case RUNNING -> run.result().started() ? Status.Run.RUNNING : Status.Run.STARTING;
            case CANCELLING -> "stopping";
            case DONE -> "done";
            case FAILED -> "failed";
            case CANCELLED -> "cancelled";
        };
    }

    private Object log(Call call) throws Exception {
        Operation operation = find(call.path("run"));
        var run = (Operation.Kind.Run) operation.kind();
        Sighting sighting = decisions.leader().sightings().get(run.node());
        Optional<String> container = Optional.ofNullable(sighting)
                .map(seen -> seen.observed().containers().get(run.key(operation.environment())))
                .filter(found -> found.restarts() == run.number())
                .map(Found::id);
        String path = "/agent/containers/"
                + container.orElseThrow(() -> Refusal.of(
                        409,
                        "conflict",
                        "Not as things are",
                        "Run " + operation.id() + " has no container " + (operation.running() ? "yet" : "any more")
                                + "; flocker job show " + operation.id() + " tells how it is, and the end of its log"))
                + "/logs?frames=true&follow=" + call.flag("follow");
        return nodes.pass(call, run.node(), "GET", path, InputStream.nullInputStream());
    }
}
