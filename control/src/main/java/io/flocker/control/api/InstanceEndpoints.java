package io.flocker.control.api;

import io.flocker.client.api.Status;
import io.flocker.core.access.Right;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Instance;
import java.io.InputStream;
import java.util.List;

/// What runs inside instances: their logs, and commands beside them. Passed on to the agent of the instance's node.
final class InstanceEndpoints {
    private static final String INSTANCE = "/v2/environments/{environment}/instances/{instance}";

    private final Decisions decisions;
    private final NodeCalls nodes;

    InstanceEndpoints(Decisions decisions, NodeCalls nodes) {
        this.decisions = decisions;
        this.nodes = nodes;
    }

    List<Endpoint> list() {
        return List.of(
                new Endpoint(
                        "GET",
                        INSTANCE + "/logs",
                        Right.READ,
                        "What an instance printed, as it comes.",
                        List.of(
                                "follow: true to go on until the caller hangs up",
                                "tail: how many of the last lines, all if not said",
                                "since: seconds since 1970",
                                "timestamps: true to begin lines with one"),
                        Void.class,
                        Void.class,
                        call -> pass(call, "GET", "/agent/containers/" + container(call) + "/logs?" + query(call))),
                new Endpoint(
                        "POST",
                        INSTANCE + "/exec",
                        Right.CHANGE,
                        "Prepare a command in an instance; answers with its id.",
                        List.of(),
                        Exec.class,
                        Void.class,
                        call -> pass(call, "POST", "/agent/containers/" + container(call) + "/exec")),
                new Endpoint(
                        "POST",
                        INSTANCE + "/exec/{exec}/output",
                        Right.CHANGE,
                        "Start a prepared command; answers with its output as it comes.",
                        List.of(),
                        Void.class,
                        Void.class,
                        call -> pass(call, "POST", "/agent/exec/" + NodeCalls.encode(call.path("exec")) + "/output")),
                new Endpoint(
                        "POST",
                        INSTANCE + "/exec/{exec}/input",
                        Right.CHANGE,
                        "The command's standard input, as it comes.",
                        List.of(),
                        Void.class,
                        Void.class,
                        call -> pass(call, "POST", "/agent/exec/" + NodeCalls.encode(call.path("exec")) + "/input")),
                new Endpoint(
                        "POST",
                        INSTANCE + "/exec/{exec}/size",
                        Right.CHANGE,
                        "The size of the caller's terminal.",
                        List.of("rows: lines", "columns: characters in a line"),
                        Void.class,
                        Void.class,
                        call -> pass(
                                call,
                                "POST",
                                "/agent/exec/" + NodeCalls.encode(call.path("exec")) + "/size?" + query(call))),
                new Endpoint(
                        "GET",
                        INSTANCE + "/exec/{exec}",
                        Right.READ,
                        "Whether the command still runs, and its exit status.",
                        List.of(),
                        Void.class,
                        Void.class,
                        call -> pass(call, "GET", "/agent/exec/" + NodeCalls.encode(call.path("exec")))));
    }

    /// A command to run in a container.
    record Exec(List<String> command, boolean tty, boolean stdin, String user, String workingDir) {}

    private static String query(Call call) {
        return call.request().query().rawValue();
    }

    private Instance instance(Call call) throws Refusal {
        Environment environment = decisions.environment(call.path("environment"));
        String name = call.path("instance");
        Instance instance = environment.instances().get(name.contains(".") ? name : name + ".1");
        if (instance == null) {
            throw Refusal.notFound("Environment " + environment.name() + " has no instance \"" + name + "\"; it has "
                    + environment.instances().keySet());
        }
        return instance;
    }

    private String container(Call call) throws Refusal {
        Instance instance = instance(call);
        Status.Environment shown =
                decisions.views().environment(decisions.environment(call.path("environment")), List.of());
        return shown.services().stream()
                .flatMap(service -> service.instances().stream())
                .filter(found -> found.name().equals(instance.name())
                        && !found.container().isEmpty())
                .map(Status.Instance::container)
                .findFirst()
                .orElseThrow(() -> Refusal.of(
                        409,
                        "conflict",
                        "Not as things are",
                        "Instance " + instance.name() + " has no container yet; flocker status tells why"));
    }

    private Object pass(Call call, String method, String path) throws Exception {
        String node = instance(call).node();
        InputStream body = method.equals("GET")
                ? InputStream.nullInputStream()
                : call.request().content().inputStream();
        return nodes.pass(call, node, method, path, body);
    }
}
