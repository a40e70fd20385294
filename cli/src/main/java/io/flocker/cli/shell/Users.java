package io.flocker.cli.shell;

import io.flocker.client.FlockerClient;
import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests;
import io.flocker.client.api.Status;
import io.flocker.core.access.AuditEntry;
import java.io.IOException;
import java.util.List;

/// The API's calls about users, by name.
public final class Users {
    private final FlockerClient client;

    Users(FlockerClient client) {
        this.client = client;
    }

    private static String path(String user) {
        return "/v2/users/" + Cluster.encode(user);
    }

    /// Who the caller is.
    public Answers.WhoAmI self() throws IOException, InterruptedException {
        return client.get("/v2/whoami", Answers.WhoAmI.class);
    }

    public List<Status.User> all() throws IOException, InterruptedException {
        return client.get("/v2/users", Answers.Users.class).users();
    }

    public Answers.NewUserToken add(Requests.AddUser request) throws IOException, InterruptedException {
        return client.post("/v2/users", request, Answers.NewUserToken.class);
    }

    /// Another token.
    public Answers.NewUserToken token(String user, long lifeSeconds) throws IOException, InterruptedException {
        return client.post(
                path(user) + "/tokens", new Requests.CreateUserToken(lifeSeconds), Answers.NewUserToken.class);
    }

    public Status.User role(String user, String role) throws IOException, InterruptedException {
        return client.patch(path(user), new Requests.ChangeUser(role), Status.User.class);
    }

    /// Takes tokens away.
    ///
    /// @param token empty for all
    public Answers.Change revoke(String user, String token) throws IOException, InterruptedException {
        String which = token.isEmpty() ? "" : "/" + Cluster.encode(token);
        return client.delete(path(user) + "/tokens" + which, Answers.Change.class);
    }

    public Answers.Change remove(String user) throws IOException, InterruptedException {
        return client.delete(path(user), Answers.Change.class);
    }

    public Answers.Change give(String environment, String owner, boolean dryRun)
            throws IOException, InterruptedException {
        return client.post(
                Cluster.path(environment) + "/owner?dryRun=" + dryRun, new Requests.Give(owner), Answers.Change.class);
    }

    public List<Status.Quota> quotas() throws IOException, InterruptedException {
        return client.get("/v2/quotas", Answers.Quotas.class).quotas();
    }

    /// Says how much there may be.
    ///
    /// @param environment empty for the user's
    public Status.Quota setQuota(String user, String environment, Requests.SetQuota request)
            throws IOException, InterruptedException {
        String path = environment.isEmpty() ? path(user) : Cluster.path(environment);
        return client.put(path + "/quota", request, Status.Quota.class);
    }

    /// Who did what.
    ///
    /// @param user empty for all
    /// @param environment empty for all
    public List<AuditEntry> audit(String user, String environment, long sinceMillis)
            throws IOException, InterruptedException {
        return client.get(
                        "/v2/audit?user=" + Cluster.encode(user) + "&environment=" + Cluster.encode(environment)
                                + "&since=" + sinceMillis,
                        Answers.Audit.class)
                .entries();
    }
}
