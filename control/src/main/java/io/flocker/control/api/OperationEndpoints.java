package io.flocker.control.api;

import io.flocker.client.api.Answers;
import io.flocker.client.api.Status;
import io.flocker.core.access.Right;
import io.flocker.core.cluster.Command;
import io.flocker.core.model.Event;
import io.flocker.core.model.Operation;
import io.flocker.core.wire.Json;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/// Operations and events.
final class OperationEndpoints {
    private static final long HEARTBEAT_MILLIS = 15_000;

    private final Decisions decisions;

    OperationEndpoints(Decisions decisions) {
        this.decisions = decisions;
    }

    List<Endpoint> list() {
        return List.of(
                new Endpoint(
                        "GET",
                        "/v2/operations",
                        Right.READ,
                        "Operations, newest first.",
                        List.of(),
                        Void.class,
                        Answers.Operations.class,
                        this::all),
                new Endpoint(
                        "GET",
                        "/v2/operations/{operation}",
                        Right.READ,
                        "One operation.",
                        List.of("wait: seconds to wait for its end, 0 if not said"),
                        Void.class,
                        Status.Operation.class,
                        this::one),
                new Endpoint(
                        "POST",
                        "/v2/operations/{operation}/cancel",
                        Right.CHANGE,
                        "Give up an operation where it is.",
                        List.of(),
                        Void.class,
                        Status.Operation.class,
                        call -> changed(call, id -> new Command.Cancel(call.by(), System.currentTimeMillis(), id))),
                new Endpoint(
                        "POST",
                        "/v2/operations/{operation}/pause",
                        Right.CHANGE,
                        "Have an operation wait: none of its steps begins until it is resumed.",
                        List.of(),
                        Void.class,
                        Status.Operation.class,
                        call -> changed(call, id -> new Command.Pause(call.by(), System.currentTimeMillis(), id))),
                new Endpoint(
                        "POST",
                        "/v2/operations/{operation}/resume",
                        Right.CHANGE,
                        "Have a paused operation go on.",
                        List.of(),
                        Void.class,
                        Status.Operation.class,
                        call -> changed(call, id -> new Command.Resume(call.by(), System.currentTimeMillis(), id))),
                new Endpoint(
                        "GET",
                        "/v2/events",
                        Right.READ,
                        "What happened, oldest first; as server-sent events if asked for text/event-stream.",
                        List.of(
                                "since: only events after this sequence",
                                "environment: only this one's",
                                "wait: seconds to wait for a new one, 0 if not said"),
                        Void.class,
                        Answers.Events.class,
                        this::events));
    }

    private Object all(Call call) {
        Views views = decisions.views();
        return new Answers.Operations(decisions.state().operations().values().stream()
                .sorted(Comparator.comparingLong(Operation::startedAtMillis).reversed())
                .map(views::operation)
                .toList());
    }

    private Operation find(String id) throws Refusal {
        return decisions
                .state()
                .operation(id)
                .orElseThrow(() -> Refusal.notFound("There is no operation \"" + id + "\"; flocker op ls shows them"));
    }

    private Object one(Call call) throws Exception {
        String id = call.path("operation");
        find(id);
        decisions.await(
                call.number("wait", 0, 0, 60) * 1_000,
                () -> decisions.state().operation(id).filter(Operation::running).isEmpty());
        return decisions.views().operation(find(id));
    }

    private Object changed(Call call, Function<String, Command> change) throws Exception {
        String id = call.path("operation");
        decisions.require(call, change.apply(id));
        return decisions.views().operation(find(id));
    }

    private Object events(Call call) throws Exception {
        long since = call.number("since", 0, 0, Long.MAX_VALUE);
        String environment = call.query("environment", "");
        boolean stream = call.request().headers().acceptedTypes().stream()
                .anyMatch(type -> type.text().startsWith("text/event-stream"));
        if (stream) {
            return stream(call, since, environment);
        }
        decisions.await(
                call.number("wait", 0, 0, 60) * 1_000,
                () -> !after(since, environment).isEmpty());
        return new Answers.Events(after(since, environment));
    }

    private List<Event> after(long since, String environment) {
        return decisions.state().events().tailMap(since, false).values().stream()
                .filter(event -> environment.isEmpty() || event.environment().equals(environment))
                .toList();
    }

    private Object stream(Call call, long since, String environment) throws Exception {
        call.response().header("Content-Type", "text/event-stream");
        long last = since;
        try (OutputStream out = call.response().outputStream()) {
            while (true) {
                for (Event event : after(last, environment)) {
                    last = event.sequence();
                    out.write(
                            ("id: " + last + "\ndata: " + Json.text(event) + "\n\n").getBytes(StandardCharsets.UTF_8));
                }
                out.flush();
                long seen = last;
                boolean news = decisions.await(
                        HEARTBEAT_MILLIS, () -> !after(seen, environment).isEmpty());
                if (!news) {
                    out.write(":\n\n".getBytes(StandardCharsets.UTF_8));
                }
            }
        }
    }
}
