package io.flocker.control.api.backup;

import io.flocker.client.api.Backups;
import io.flocker.control.api.Call;
import io.flocker.control.api.Decisions;
import io.flocker.control.api.Endpoint;
import io.flocker.control.api.NodeCalls;
import io.flocker.control.api.Refusal;
import io.flocker.core.access.Right;
import java.io.IOException;
import java.util.List;

/// What nodes do with destinations of backups, looked at and cancelled.
public final class ErrandEndpoints {
    private static final String ERRAND = "/v2/errands/{node}/{errand}";
    private static final int MOST_WAIT_SECONDS = 30;

    private final Decisions decisions;
    private final NodeCalls nodes;

    public ErrandEndpoints(Decisions decisions, NodeCalls nodes) {
        this.decisions = decisions;
        this.nodes = nodes;
    }

    public List<Endpoint> list() {
        return List.of(
                new Endpoint(
                        "GET",
                        ERRAND,
                        Right.READ,
                        "How a backup, a restore or the like is that a node does in the background.",
                        List.of("wait: seconds to wait for its end, 0 if not said"),
                        Void.class,
                        Backups.Errand.class,
                        call -> look(call, call.number("wait", 0, 0, MOST_WAIT_SECONDS))),
                new Endpoint(
                        "POST",
                        ERRAND + "/cancel",
                        Right.CREATE,
                        "End it. What it has done so far is deleted.",
                        List.of(),
                        Void.class,
                        Backups.Errand.class,
                        this::cancel));
    }

    private String path(Call call) throws Refusal {
        String node = call.path("node");
        if (!decisions.state().nodes().containsKey(node)) {
            throw Refusal.notFound("There is no node \"" + node + "\"; flocker node ls shows them");
        }
        return "/agent/errands/" + NodeCalls.encode(call.path("errand"));
    }

    private Backups.Errand look(Call call, long waitSeconds) throws Refusal, IOException, InterruptedException {
        return nodes.get(call.path("node"), path(call) + "?wait=" + waitSeconds, Backups.Errand.class);
    }

    private Object cancel(Call call) throws Exception {
        Backups.Errand errand = look(call, 0);
        if (!errand.by().equals(call.by()) && !call.asker().role().may(Right.OPERATE, false)) {
            throw Refusal.of(
                    403,
                    "forbidden",
                    "Not yours",
                    call.by() + " (" + call.asker().role().word() + ") may not cancel what " + errand.by()
                            + " began; ask them, or an operator");
        }
        return nodes.post(call.path("node"), path(call) + "/cancel", "", Backups.Errand.class);
    }
}
