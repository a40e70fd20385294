package io.flocker.core.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.access.AccessToken;
import io.flocker.core.access.Quota;
import io.flocker.core.access.Role;
import io.flocker.core.access.User;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Node;
import io.flocker.core.model.Operation;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.wire.Json;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;
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
    void whatIsBeingChangedIsNotGivenAway() {
        ClusterState state = after(
                after(ClusterState.EMPTY, add("alice")),
                new Command.AddNode("n1", 1, "n1", "n1.example", TreePMap.empty(), "", Node.Capacity.NONE));
        state = after(state, deploy("alice", "staging", 1, 1));
        assertThat(refusal(state, new Command.GiveEnvironment("alice", 2, "staging", "root")))
                .contains("Cannot give staging", "is changing it");
        assertThat(after(ended(state), new Command.GiveEnvironment("alice", 2, "staging", "root"))
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
        assertThat(tokens(state)).as("the first one expired over a month ago").containsOnlyKeys("t2", "t3");

        state = after(state, new Command.RevokeToken("root", 50 * DAY, "alice", "t3"));
        assertThat(tokens(state)).containsOnlyKeys("t2");
        assertThat(refusal(state, new Command.RevokeToken("root", 50 * DAY, "alice", "t3")))
                .contains("no token \"t3\"");
        state = after(state, new Command.RevokeToken("root", 50 * DAY, "alice", ""));
        assertThat(tokens(state)).isEmpty();
        for (int i = 0; i < AccessChanges.MAX_USER_TOKENS; i++) {
            state = after(state, issue(50 * DAY, "more" + i, 90 * DAY));
        }
        assertThat(refusal(state, issue(50 * DAY, "last", 90 * DAY))).contains("which is the most");
    }

    @Test
    void refusesMoreThanAQuotaAllowsAndNothingElse() {
        ClusterState state = after(
                after(ClusterState.EMPTY, add("alice")),
                new Command.AddNode("n1", 1, "n1", "n1.example", TreePMap.empty(), "", Node.Capacity.NONE));
        state = after(state, quota("alice", "", new Quota(2, 1_000, 0)));
        assertThat(refusal(state, deploy("alice", "a", 0, 1))).contains("Service web of a says neither", "mem_limit");
        state = after(state, deploy("alice", "a", 400, 2));
        assertThat(refusal(state, deploy("alice", "b", 300, 1)))
                .contains("user alice would set aside too much memory: 1.1 KiB, and the quota is 1000 bytes")
                .contains("flocker quota set alice --memory");
        state = after(state, deploy("alice", "b", 100, 1));
        assertThat(refusal(state, deploy("alice", "c", 1, 1)))
                .contains("User alice would have so many environments: 3, and the quota is 2", "flocker env rm");

        // Another owner's and root's are not counted, and a quota that is lowered refuses only more.
        state = after(state, deploy("root", "production", 5_000, 3));
        state = ended(after(state, quota("alice", "", new Quota(1, 10, 0))));
        state = after(state, deploy("alice", "b", 50, 1));
        assertThat(refusal(ended(state), deploy("alice", "b", 60, 1))).contains("quota is 10 bytes");
        assertThat(refusal(state, new Command.GiveEnvironment("root", 1, "production", "alice")))
                .contains("so many environments: 3");

        state = ended(after(state, quota("", "production", new Quota(0, 15_000, 0))));
        assertThat(refusal(state, deploy("root", "production", 5_001, 3)))
                .contains("Environment production would set aside too much memory")
                .contains("flocker quota set --environment production");
    }

    private static Command quota(String owner, String environment, Quota quota) {
        return new Command.SetQuota("root", 1, owner, environment, quota);
    }

    private static Command deploy(String by, String environment, long memoryBytes, int scale) {
        String json = "{\"services\":{\"web\":{\"image\":\"web:1\",\"scale\":" + scale
                + ",\"resources\":{\"memoryBytes\":" + memoryBytes + "}}}}";
        try {
            var application = Json.read(json.getBytes(StandardCharsets.UTF_8), ApplicationSpec.class);
            return new Command.Deploy(
                    by,
                    1,
                    environment + memoryBytes,
                    9_000,
                    environment,
                    application,
                    TreePMap.empty(),
                    OptionalLong.empty());
        } catch (Json.MalformedJson e) {
            throw new AssertionError(e);
        }
    }

    private static ClusterState ended(ClusterState state) {
        ClusterState ended = state;
        for (Operation operation : state.operations().values()) {
            if (operation.running()) {
                ended = after(ended, new Command.Finish(1, operation.id(), Operation.State.DONE, ""));
            }
        }
        return ended;
    }

    private static TreePMap<String, AccessToken> tokens(ClusterState state) {
        return Optional.ofNullable(state.access().users().get("alice"))
                .orElseThrow()
                .tokens();
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
