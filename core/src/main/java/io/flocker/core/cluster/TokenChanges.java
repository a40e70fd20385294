package io.flocker.core.cluster;

import io.flocker.core.model.JoinToken;
import java.util.Optional;
import org.pcollections.TreePMap;

/// Commands about join tokens.
final class TokenChanges {
    static final int MAX_TOKENS = 100;
    static final int MAX_USES = 10_000;

    private TokenChanges() {}

    static Outcome create(ClusterState state, Command.CreateToken command) {
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

    static Outcome delete(ClusterState state, Command.DeleteToken command) {
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
}
