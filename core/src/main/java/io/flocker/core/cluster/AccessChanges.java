package io.flocker.core.cluster;

import io.flocker.core.access.AccessToken;
import io.flocker.core.access.Quota;
import io.flocker.core.access.Right;
import io.flocker.core.access.User;
import io.flocker.core.model.Environment;
import io.flocker.core.model.JoinToken;
import io.flocker.core.model.Operation;
import io.flocker.core.schedule.ScheduleChanges;
import io.flocker.core.spec.UpgradeSpec;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pcollections.TreePMap;

/// Commands about who may join, who may do what, and whose environments are.
final class AccessChanges {
    static final int MAX_TOKENS = 100;
    static final int MAX_USES = 10_000;
    static final int MAX_USERS = 500;

    /// Of one user.
    static final int MAX_USER_TOKENS = 20;

    /// An expired token is told from an unknown one for so long.
    private static final long REMEMBERED_MILLIS = 30L * 24 * 3_600_000;

    /// Who else asks for something or owns something.
    private static final Set<String> RESERVED =
            Set.of("root", "admin", "nobody", UpgradeSpec.WATCHER, "placement", "balance", "flocker");

    /// Who may own an environment without being a user: whoever has a node, or the first certificate.
    private static final Set<String> FOUNDERS = Set.of("root", "admin");

    private AccessChanges() {}

    static Outcome after(ClusterState state, Command.OfAccess command) {
        return switch (command) {
            case Command.CreateToken c -> create(state, c);
            case Command.DeleteToken c -> delete(state, c);
            case Command.AddUser c -> add(state, c);
            case Command.SetRole c -> setRole(state, c);
            case Command.RemoveUser c -> remove(state, c);
            case Command.IssueToken c -> issue(state, c);
            case Command.RevokeToken c -> revoke(state, c);
            case Command.GiveEnvironment c -> give(state, c);
            case Command.SetQuota c -> setQuota(state, c);
        };
    }

    private static Outcome create(ClusterState state, Command.CreateToken command) {
        JoinToken token = command.token();
        if (token.usesLeft() < 1 || token.usesLeft() > MAX_USES) {
            return new Outcome.Refused(
                    Outcome.Reason.INVALID, "A token lets 1 to " + MAX_USES + " nodes join, not " + token.usesLeft());
        }
        if (token.expiresAtMillis() <= command.atMillis()) {
            return new Outcome.Refused(Outcome.Reason.INVALID, "A token that has expired already is of no use");
        }
        TreePMap<String, JoinToken> living = TreePMap.empty();
        for (JoinToken known : state.tokens().values()) {
            if (known.usesLeft() > 0 && known.expiresAtMillis() > command.atMillis()) {
                living = living.plus(known.id(), known);
            }
        }
        if (living.size() >= MAX_TOKENS) {
            return new Outcome.Refused(
                    Outcome.Reason.CONFLICT,
                    "There are " + MAX_TOKENS + " tokens that still hold, which is the most; flocker token rm some");
        }
        return new Outcome.Accepted(state.withTokens(living.plus(token.id(), token))
                .telling(command.atMillis(), "", "token " + token.id(), "Made by " + command.by()));
    }

    private static Outcome delete(ClusterState state, Command.DeleteToken command) {
        if (!state.tokens().containsKey(command.token())) {
            return new Outcome.Refused(
                    Outcome.Reason.NOT_FOUND,
                    "There is no token \"" + command.token() + "\"; flocker token ls shows them");
        }
        return new Outcome.Accepted(state.withTokens(state.tokens().minus(command.token()))
                .telling(command.atMillis(), "", "token " + command.token(), "Revoked by " + command.by()));
    }

    /// Why a machine may not join with the token it has, if so.
    static Optional<Outcome.Refused> refuse(ClusterState state, Command.JoinNode command) {
        JoinToken token = state.tokens().get(command.token());
        if (token == null || !token.secretHash().equals(command.secretHash())) {
            return refused("is not known: it was revoked, is used up, or is of another cluster");
        }
        if (token.expiresAtMillis() <= command.atMillis()) {
            return refused("has expired");
        }
        return token.usesLeft() < 1 ? refused("is used up") : Optional.empty();
    }

    private static Optional<Outcome.Refused> refused(String why) {
        return Optional.of(new Outcome.Refused(
                Outcome.Reason.CONFLICT,
                "The token " + why + "; make a new one on a node of the cluster: flocker token create"));
    }

    static ClusterState use(ClusterState state, String id) {
        JoinToken token = state.tokens().get(id);
        return token == null ? state : state.withTokens(state.tokens().plus(id, token.used()));
    }

    private static Outcome add(ClusterState state, Command.AddUser command) {
        User user = command.user();
        if (!Names.valid(user.name())) {
            return Names.refuse("a user", user.name());
        }
        if (RESERVED.contains(user.name())) {
            return new Outcome.Refused(
                    Outcome.Reason.INVALID,
                    "A user cannot be called " + user.name() + ", which stands for something else; choose another"
                            + " name");
        }
        if (state.access().users().containsKey(user.name())) {
            return conflict("There is a user " + user.name() + " already; flocker user token " + user.name()
                    + " makes another token, flocker user role another role");
        }
        if (state.access().users().size() >= MAX_USERS) {
            return conflict("There are " + MAX_USERS + " users, which is the most; flocker user rm some");
        }
        return user.tokens().values().stream()
                .flatMap(token -> refuseToken(token, command.atMillis()).stream())
                .findFirst()
                .<Outcome>map(refused -> refused)
                .orElseGet(() -> new Outcome.Accepted(state.with(state.access().with(user))
                        .telling(
                                command.atMillis(),
                                "",
                                "user " + user.name(),
                                "Made by " + command.by() + ": " + user.role().word())));
    }

    private static Outcome setRole(ClusterState state, Command.SetRole command) {
        User user = state.access().users().get(command.user());
        if (user == null) {
            return missing(state, command.user());
        }
        return new Outcome.Accepted(state.with(state.access().with(user.with(command.role())))
                .telling(
                        command.atMillis(),
                        "",
                        "user " + user.name(),
                        "Is " + command.role().word() + " instead of "
                                + user.role().word() + " by " + command.by()));
    }

    private static Outcome remove(ClusterState state, Command.RemoveUser command) {
        if (!state.access().users().containsKey(command.user())) {
            return missing(state, command.user());
        }
        List<String> owned = state.environments().values().stream()
                .filter(environment -> environment.owner().equals(command.user()))
                .map(Environment::name)
                .toList();
        if (!owned.isEmpty()) {
            return conflict("User " + command.user() + " owns " + String.join(", ", owned)
                    + ": flocker env give ENV USER gives an environment to somebody else, flocker env rm removes it;"
                    + " flocker user revoke " + command.user() + " shuts them out at once");
        }
        return new Outcome.Accepted(
                state.with(state.access().withUsers(state.access().users().minus(command.user())))
                        .telling(command.atMillis(), "", "user " + command.user(), "Removed by " + command.by()));
    }

    private static Outcome issue(ClusterState state, Command.IssueToken command) {
        User user = state.access().users().get(command.user());
        if (user == null) {
            return missing(state, command.user());
        }
        Optional<Outcome.Refused> refused = refuseToken(command.token(), command.atMillis());
        if (refused.isPresent()) {
            return refused.get();
        }
        TreePMap<String, AccessToken> kept = user.tokens();
        for (AccessToken known : user.tokens().values()) {
            boolean forgotten = known.expiresAtMillis() + REMEMBERED_MILLIS < command.atMillis();
            kept = forgotten ? kept.minus(known.id()) : kept;
        }
        if (kept.size() >= MAX_USER_TOKENS) {
            return conflict("User " + user.name() + " has " + MAX_USER_TOKENS
                    + " tokens, which is the most; flocker user revoke " + user.name() + " takes them away");
        }
        return new Outcome.Accepted(state.with(state.access()
                        .with(user.withTokens(kept.plus(command.token().id(), command.token()))))
                .telling(
                        command.atMillis(),
                        "",
                        "user " + user.name(),
                        "Token " + command.token().id() + " made by " + command.by()));
    }

    private static Outcome revoke(ClusterState state, Command.RevokeToken command) {
        User user = state.access().users().get(command.user());
        if (user == null) {
            return missing(state, command.user());
        }
        boolean all = command.token().isEmpty();
        if (!all && !user.tokens().containsKey(command.token())) {
            return new Outcome.Refused(
                    Outcome.Reason.NOT_FOUND,
                    "User " + user.name() + " has no token \"" + command.token() + "\"; flocker user ls shows them");
        }
        TreePMap<String, AccessToken> kept =
                all ? TreePMap.empty() : user.tokens().minus(command.token());
        return new Outcome.Accepted(state.with(state.access().with(user.withTokens(kept)))
                .telling(
                        command.atMillis(),
                        "",
                        "user " + user.name(),
                        (all ? "All tokens" : "Token " + command.token()) + " revoked by " + command.by()));
    }

    private static Outcome give(ClusterState state, Command.GiveEnvironment command) {
        Environment environment = state.environments().get(command.environment());
        if (environment == null) {
            return EnvironmentChanges.missing(state, command.environment());
        }
        if (!FOUNDERS.contains(command.owner()) && !state.access().users().containsKey(command.owner())) {
            return missing(state, command.owner());
        }
        if (environment.owner().equals(command.owner())) {
            return new Outcome.Accepted(state);
        }
        // What an operation goes back to may have schedules that are not there now.
        boolean changes = state.operations().values().stream()
                .anyMatch(operation -> operation.running()
                        && operation.environment().equals(environment.name())
                        && !(operation.kind() instanceof Operation.Kind.Run));
        Optional<Outcome.Refused> busy = EnvironmentChanges.busy(state, environment.name(), "give");
        if (changes && busy.isPresent()) {
            return busy.get();
        }
        ClusterState given = state.with(environment.ownedBy(command.owner()))
                .telling(
                        command.atMillis(),
                        environment.name(),
                        environment.name(),
                        "Given to " + command.owner() + " by " + command.by() + "; it was " + environment.owner()
                                + "'s");
        User before = state.access().users().get(environment.owner());
        boolean free = before == null || before.role().may(Right.CHANGE, false);
        return new Outcome.Accepted(
                free ? given : ScheduleChanges.given(given, environment, command.owner(), command.atMillis()));
    }

    private static Outcome setQuota(ClusterState state, Command.SetQuota command) {
        Quota quota = command.quota();
        if (quota.environments() < 0 || quota.memoryBytes() < 0 || quota.dataBytes() < 0) {
            return new Outcome.Refused(Outcome.Reason.INVALID, "A quota is a number or size, or 0 for none");
        }
        if (!command.environment().isEmpty()) {
            Environment environment = state.environments().get(command.environment());
            return environment == null
                    ? EnvironmentChanges.missing(state, command.environment())
                    : new Outcome.Accepted(state.with(environment.with(quota)));
        }
        User user = state.access().users().get(command.owner());
        return user == null
                ? missing(state, command.owner())
                : new Outcome.Accepted(state.with(state.access().with(user.with(quota))));
    }

    private static Optional<Outcome.Refused> refuseToken(AccessToken token, long atMillis) {
        return token.expiresAtMillis() > atMillis
                ? Optional.empty()
                : Optional.of(
                        new Outcome.Refused(Outcome.Reason.INVALID, "A token that has expired already is of no use"));
    }

    private static Outcome.Refused missing(ClusterState state, String user) {
        return new Outcome.Refused(
                Outcome.Reason.NOT_FOUND,
                "There is no user \"" + user + "\"; "
                        + (state.access().users().isEmpty()
                                ? "there is none yet: flocker user add makes one"
                                : "there is "
                                        + String.join(
                                                ", ", state.access().users().keySet())));
    }

    private static Outcome.Refused conflict(String message) {
        return new Outcome.Refused(Outcome.Reason.CONFLICT, message);
    }
}
