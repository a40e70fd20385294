package io.flocker.control.api.user;

import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests;
import io.flocker.client.api.Status;
import io.flocker.control.api.Call;
import io.flocker.control.api.Decisions;
import io.flocker.control.api.Endpoint;
import io.flocker.control.api.Refusal;
import io.flocker.core.access.Quota;
import io.flocker.core.access.Quotas;
import io.flocker.core.access.Right;
import io.flocker.core.access.User;
import io.flocker.core.cluster.Command;
import io.flocker.core.model.Environment;
import java.util.ArrayList;
import java.util.List;

/// Quotas: how much somebody, or one environment, may have, and has.
public final class QuotaEndpoints {
    private final Decisions decisions;
    private final DataQuota data;

    public QuotaEndpoints(Decisions decisions, DataQuota data) {
        this.decisions = decisions;
        this.data = data;
    }

    public List<Endpoint> list() {
        return List.of(
                new Endpoint(
                        "GET",
                        "/v2/quotas",
                        Right.READ,
                        "How much each user and each environment with a quota may have, and has.",
                        List.of(),
                        Void.class,
                        Answers.Quotas.class,
                        _ -> all()),
                new Endpoint(
                        "PUT",
                        "/v2/users/{user}/quota",
                        Right.OPERATE,
                        "Says how much a user's environments may have together. What is left out stays as it is.",
                        List.of(),
                        Requests.SetQuota.class,
                        Status.Quota.class,
                        this::setOfUser),
                new Endpoint(
                        "PUT",
                        "/v2/environments/{environment}/quota",
                        Right.OPERATE,
                        "Says how much an environment may have. What is left out stays as it is.",
                        List.of(),
                        Requests.SetQuota.class,
                        Status.Quota.class,
                        this::setOfEnvironment));
    }

    private Object all() throws InterruptedException {
        List<Status.Quota> shown = new ArrayList<>();
        for (User user : decisions.state().access().users().values()) {
            shown.add(shown(user));
        }
        for (Environment environment : decisions.state().environments().values()) {
            if (!environment.quota().equals(Quota.NONE)) {
                shown.add(shown(environment));
            }
        }
        return new Answers.Quotas(List.copyOf(shown));
    }

    private Status.Quota shown(User user) throws InterruptedException {
        var quotas = new Quotas(decisions.state());
        List<Environment> owned = quotas.of(user.name());
        return new Status.Quota(
                user.name(), "", user.quota(), owned.size(), quotas.memory(user.name()), data.used(owned));
    }

    private Status.Quota shown(Environment environment) throws InterruptedException {
        return new Status.Quota(
                environment.owner(),
                environment.name(),
                environment.quota(),
                1,
                new Quotas(decisions.state()).memory(environment),
                data.used(List.of(environment)));
    }

    private Object setOfUser(Call call) throws Exception {
        User user = decisions.state().access().users().get(call.path("user"));
        if (user == null) {
            throw Refusal.notFound("There is no user \"" + call.path("user")
                    + "\"; flocker user ls shows them. Root and admins by certificate have no quota");
        }
        Quota quota = changed(user.quota(), call.body(Requests.SetQuota.class));
        decisions.require(call, new Command.SetQuota(call.by(), System.currentTimeMillis(), user.name(), "", quota));
        return shown(user.with(quota));
    }

    private Object setOfEnvironment(Call call) throws Exception {
        Environment environment = decisions.environment(call.path("environment"));
        Requests.SetQuota request = call.body(Requests.SetQuota.class);
        if (request.environments().isPresent()) {
            throw Refusal.invalid("A quota of so many environments is a user's, not an environment's");
        }
        Quota quota = changed(environment.quota(), request);
        decisions.require(
                call, new Command.SetQuota(call.by(), System.currentTimeMillis(), "", environment.name(), quota));
        return shown(environment.with(quota));
    }

    private static Quota changed(Quota before, Requests.SetQuota request) {
        return new Quota(
                request.environments().orElse(before.environments()),
                request.memoryBytes().orElse(before.memoryBytes()),
                request.dataBytes().orElse(before.dataBytes()));
    }
}
