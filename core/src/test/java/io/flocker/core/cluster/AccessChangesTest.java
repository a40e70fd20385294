package io.flocker.core.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.access.AccessToken;
import io.flocker.core.access.Role;
import io.flocker.core.access.User;
import io.flocker.core.model.Environment;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

/// Users, their tokens, and whose environments are.
class AccessChangesTest {
    private static final long DAY = 24 * 3_600_000L;

    @Test
    void aUserWhoOwnsSomethingStaysUntilItIsGivenAway() {
        ClusterState state = after(after(ClusterState.EMPTY, add("alice")), add("bob"));
        state = state.with(Environment.named("staging", "alice", 1));
        assertThat(refusal(state, new Command.RemoveUser("root", 2, "alice")))
                .contains("owns staging", "flocker env give", "flocker user revoke alice");
        assertThat(refusal(state, new Command.GiveEnvironment("alice", 2, "staging", "carol")))
                .contains("no user \"carol\"", "alice, bob");

        state = after(state, new Command.GiveEnvironment("alice", 2, "staging", "bob"));
        assertThat(state.environment("staging").orElseThrow().owner()).isEqualTo("bob");
        state = after(state, new Command.RemoveUser("root", 3, "alice"));
        assertThat(state.access().users()).containsOnlyKeys("bob");
        assertThat(state.access().holder("alice-1")).isEmpty();
        // Root and the first admin can always have it.
        assertThat(after(state, new Command.GiveEnvironment("bob", 4, "staging", "root"))
                        .environment("staging")
                        .orElseThrow()
                        .owner())
                .isEqualTo("root");
    }

    @Test
    void namesThatStandForSomethingElseAreNoUsers() {
        for (String name : new String[] {"root", "admin", "watch", "placement", "nobody"}) {
            assertThat(refusal(ClusterState.EMPTY, add(name))).contains(name, "stands for something else");
        }
        assertThat(refusal(ClusterState.EMPTY, add("schedule x"))).contains("cannot be the name of a user");
        assertThat(refusal(after(ClusterState.EMPTY, add("alice")), add("alice")))
                .contains("a user alice already", "flocker user token alice");
    }

    @Test
    void tokensAreIssuedRevokedAndForgottenLongAfterTheyExpired() {
        ClusterState state = after(ClusterState.EMPTY, add("alice"));
        assertThat(refusal(state, issue(5 * DAY, "t2", 5 * DAY))).contains("expired already");
        state = after(state, issue(5 * DAY, "t2", 25 * DAY));
        state = after(state, issue(50 * DAY, "t3", 90 * DAY));
        assertThat(state.access().users().get("alice").tokens())
                .as("the first one expired over a month ago")
                .containsOnlyKeys("t2", "t3");

        state = after(state, new Command.RevokeToken("root", 50 * DAY, "alice", "t3"));
        assertThat(state.access().users().get("alice").tokens()).containsOnlyKeys("t2");
        assertThat(refusal(state, new Command.RevokeToken("root", 50 * DAY, "alice", "t3")))
                .contains("no token \"t3\"");
        state = after(state, new Command.RevokeToken("root", 50 * DAY, "alice", ""));
        assertThat(state.access().users().get("alice").tokens()).isEmpty();
        for (int i = 0; i < AccessChanges.MAX_USER_TOKENS; i++) {
            state = after(state, issue(50 * DAY, "more" + i, 90 * DAY));
        }
        assertThat(refusal(state, issue(50 * DAY, "last", 90 * DAY))).contains("which is the most");
    }

    private static Command add(String name) {
        var token = new AccessToken(name + "-1", "hash", 10 * DAY, "root", 1);
        return new Command.AddUser(
                "root", 1, new User(name, Role.DEVELOPER, TreePMap.singleton(token.id(), token), "root", 1));
    }

    private static Command issue(long atMillis, String id, long expiresAtMillis) {
        return new Command.IssueToken(
                "root", atMillis, "alice", new AccessToken(id, "hash", expiresAtMillis, "root", atMillis));
    }

    private static ClusterState after(ClusterState state, Command command) {
        assertThat(state.after(command)).isInstanceOf(Outcome.Accepted.class);
        return ((Outcome.Accepted) state.after(command)).state();
    }

    private static String refusal(ClusterState state, Command command) {
        assertThat(state.after(command)).isInstanceOf(Outcome.Refused.class);
        return ((Outcome.Refused) state.after(command)).message();
    }
}
