package io.flocker.control.api.user;

import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests;
import io.flocker.control.api.Call;
import io.flocker.control.api.Decisions;
import io.flocker.control.api.Endpoint;
import io.flocker.core.access.AuditEntry;
import io.flocker.core.access.Right;
import io.flocker.core.cluster.Command;
import io.flocker.core.model.Environment;
import java.util.List;

/// Whose environments are, and what was done to them by whom.
public final class AccountEndpoints {
    private final Decisions decisions;

    public AccountEndpoints(Decisions decisions) {
        this.decisions = decisions;
    }

    public List<Endpoint> list() {
        return List.of(
                new Endpoint(
                        "GET",
                        "/v2/audit",
                        Right.OPERATE,
                        "Who did what and was refused what, oldest first. Calls that only read are not in it.",
                        List.of(
                                "user: only this one's",
                                "environment: only about this one",
                                "since: only from this moment on, in milliseconds since 1970"),
                        Void.class,
                        Answers.Audit.class,
                        this::audit),
                new Endpoint(
                        "POST",
                        "/v2/environments/{environment}/owner",
                        Right.CHANGE,
                        "Give an environment to another user.",
                        List.of("dryRun: true to only tell what would be done"),
                        Requests.Give.class,
                        Answers.Change.class,
                        this::give));
    }

    private Object audit(Call call) throws Exception {
        String user = call.query("user", "");
        String environment = call.query("environment", "");
        long since = call.number("since", 0, 0, Long.MAX_VALUE);
        List<AuditEntry> entries = decisions.state().access().audit().values().stream()
                .filter(entry -> user.isEmpty() || entry.user().equals(user))
                .filter(entry -> environment.isEmpty() || entry.environment().equals(environment))
                .filter(entry -> entry.atMillis() >= since)
                .toList();
        return new Answers.Audit(entries);
    }

    private Object give(Call call) throws Exception {
        Environment environment = decisions.environment(call.path("environment"));
        String owner = call.body(Requests.Give.class).owner();
        return decisions.change(
                call,
                new Command.GiveEnvironment(call.by(), System.currentTimeMillis(), environment.name(), owner),
                List.of("~ environment " + environment.name() + " is " + owner + "'s; it was " + environment.owner()
                        + "'s"));
    }
}
