package io.flocker.control.api.user;

import io.flocker.client.Credentials;
import io.flocker.client.Login;
import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests;
import io.flocker.client.api.Status;
import io.flocker.control.api.Call;
import io.flocker.control.api.Decisions;
import io.flocker.control.api.Endpoint;
import io.flocker.control.api.Refusal;
import io.flocker.core.access.AccessToken;
import io.flocker.core.access.Right;
import io.flocker.core.access.Role;
import io.flocker.core.access.User;
import io.flocker.core.cluster.Command;
import io.flocker.core.model.Environment;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.pcollections.TreePMap;

/// Users and their tokens.
public final class UserEndpoints {
    private static final String USER = "/v2/users/{user}";
    private static final long MAX_LIFE_SECONDS = TimeUnit.DAYS.toSeconds(3_650);

    private final Decisions decisions;
    private final int apiPort;

    /// @param apiPort where nodes' APIs listen
    public UserEndpoints(Decisions decisions, int apiPort) {
        this.decisions = decisions;
        this.apiPort = apiPort;
    }

    public List<Endpoint> list() {
        return Stream.concat(ofUsers().stream(), ofTokens().stream()).toList();
    }

    private List<Endpoint> ofUsers() {
        return List.of(
                new Endpoint(
                        "GET",
                        "/v2/whoami",
                        Right.READ,
                        "Who the caller is, and what they may do.",
                        List.of(),
                        Void.class,
                        Answers.WhoAmI.class,
                        this::whoAmI),
                new Endpoint(
                        "GET",
                        "/v2/users",
                        Right.OPERATE,
                        "All users with their tokens, without the tokens' secrets.",
                        List.of(),
                        Void.class,
                        Answers.Users.class,
                        _ -> all()),
                new Endpoint(
                        "POST",
                        "/v2/users",
                        Right.ADMINISTER,
                        "Makes a user with a token, whose text is shown this once.",
                        List.of(),
                        Requests.AddUser.class,
                        Answers.NewUserToken.class,
                        this::add),
                new Endpoint(
                        "PATCH",
                        USER,
                        Right.ADMINISTER,
                        "Gives a user another role.",
                        List.of(),
                        Requests.ChangeUser.class,
                        Status.User.class,
                        this::change),
                new Endpoint(
                        "DELETE",
                        USER,
                        Right.ADMINISTER,
                        "Removes a user who owns nothing. Their tokens are of no use from then on.",
                        List.of(),
                        Void.class,
                        Answers.Change.class,
                        this::remove));
    }

    private List<Endpoint> ofTokens() {
        return List.of(
                new Endpoint(
                        "POST",
                        USER + "/tokens",
                        Right.ADMINISTER,
                        "Makes another token for a user. Its text is shown this once.",
                        List.of(),
                        Requests.CreateUserToken.class,
                        Answers.NewUserToken.class,
                        this::issue),
                new Endpoint(
                        "DELETE",
                        USER + "/tokens",
                        Right.ADMINISTER,
                        "Revokes all of a user's tokens.",
                        List.of(),
                        Void.class,
                        Answers.Change.class,
                        this::revoke),
                new Endpoint(
                        "DELETE",
                        USER + "/tokens/{token}",
                        Right.ADMINISTER,
                        "Revokes one token.",
                        List.of(),
                        Void.class,
                        Answers.Change.class,
                        this::revoke));
    }

    private Object whoAmI(Call call) {
        return new Answers.WhoAmI(call.by(), call.asker().role().word(), owned(call.by()));
    }

    private Object all() {
        return new Answers.Users(decisions.state().access().users().values().stream()
                .map(this::shown)
                .toList());
    }

    private Object add(Call call) throws Exception {
        Requests.AddUser request = call.body(Requests.AddUser.class);
        Role role = role(request.role());
        String secret = decisions.newSecret();
        AccessToken token = token(call, secret, request.lifeSeconds());
        long now = token.createdAtMillis();
        var user = new User(request.name(), role, TreePMap.singleton(token.id(), token), call.by(), now);
        decisions.require(call, new Command.AddUser(call.by(), now, user));
        if (decisions.state().access().holder(token.id()).isEmpty()) {
            // The request is repeated because its answer was lost, and with it the token that was made.
            decisions.decide(new Command.IssueToken(call.by(), now, user.name(), token));
        }
        return made(user.name(), token, secret);
    }

    private Object issue(Call call) throws Exception {
        Requests.CreateUserToken request = call.body(Requests.CreateUserToken.class);
        String secret = decisions.newSecret();
        AccessToken token = token(call, secret, request.lifeSeconds());
        var command = new Command.IssueToken(call.by(), token.createdAtMillis(), call.path("user"), token);
        decisions.require(call, command);
        if (decisions.state().access().holder(token.id()).isEmpty()) {
            decisions.decide(command);
        }
        return made(call.path("user"), token, secret);
    }

    private AccessToken token(Call call, String secret, long lifeSeconds) throws Refusal {
        if (lifeSeconds < 1 || lifeSeconds > MAX_LIFE_SECONDS) {
            throw Refusal.invalid("A user's token holds for 1 s to " + TimeUnit.SECONDS.toDays(MAX_LIFE_SECONDS)
                    + " days, not for " + lifeSeconds + " s");
        }
        long now = System.currentTimeMillis();
        return new AccessToken(
                decisions.newId(),
                Credentials.hash(secret),
                now + TimeUnit.SECONDS.toMillis(lifeSeconds),
                call.by(),
                now);
    }

    private Object made(String user, AccessToken token, String secret) throws Refusal, IOException {
        var login = new Login(
                token.id(),
                secret,
                Credentials.hash(decisions.here().authority().certificate()),
                decisions.apis(apiPort));
        return new Answers.NewUserToken(shown(find(user)), token.id(), login.text());
    }

    private Object change(Call call) throws Exception {
        Role role = role(call.body(Requests.ChangeUser.class).role());
        String name = call.path("user");
        decisions.require(call, new Command.SetRole(call.by(), System.currentTimeMillis(), name, role));
        return shown(find(name));
    }

    private Object remove(Call call) throws Exception {
        String name = call.path("user");
        decisions.require(call, new Command.RemoveUser(call.by(), System.currentTimeMillis(), name));
        return new Answers.Change("", List.of("- user " + name));
    }

    private Object revoke(Call call) throws Exception {
        String name = call.path("user");
        String token = call.path("token");
        decisions.require(call, new Command.RevokeToken(call.by(), System.currentTimeMillis(), name, token));
        return new Answers.Change(
                "", List.of(token.isEmpty() ? "- tokens of user " + name : "- token " + token + " of user " + name));
    }

    private static Role role(String word) throws Refusal {
        return Role.of(word)
                .orElseThrow(
                        () -> Refusal.invalid("A role is viewer, developer, operator or admin, not \"" + word + "\""));
    }

    private User find(String name) throws Refusal {
        User user = decisions.state().access().users().get(name);
        if (user == null) {
            throw Refusal.notFound("User " + name + " was removed meanwhile");
        }
        return user;
    }

    private Status.User shown(User user) {
        return new Status.User(
                user.name(),
                user.role().word(),
                user.tokens().values().stream()
                        .map(token -> new Status.UserToken(
                                token.id(), token.expiresAtMillis(), token.createdBy(), token.createdAtMillis()))
                        .toList(),
                owned(user.name()),
                user.createdBy(),
                user.createdAtMillis());
    }

    private List<String> owned(String user) {
        return decisions.state().environments().values().stream()
                .filter(environment -> environment.owner().equals(user))
                .map(Environment::name)
                .toList();
    }
}
