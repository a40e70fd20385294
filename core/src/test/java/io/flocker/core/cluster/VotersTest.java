package io.flocker.core.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.model.Node;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

class VotersTest {
    @Test
    void makesTheFirstNodeAVoterAndNoOther() {
        assertThat(nodes(3).voters()).containsOnlyKeys("n1");
    }

    @Test
    void refusesASixthVoterAndToDemoteTheLast() {
        ClusterState state = nodes(6);
        for (int i = 2; i <= NodeChanges.MAX_VOTERS; i++) {
            state = after(state, voter("n" + i, true));
        }
        assertThat(refusal(state, voter("n6", true))).contains("5 voters already", "n1, n2, n3, n4, n5");
        for (int i = 2; i <= NodeChanges.MAX_VOTERS; i++) {
            state = after(state, voter("n" + i, false));
        }
        assertThat(refusal(state, voter("n1", false))).contains("the last voter");
        assertThat(refusal(state, voter("n9", true))).contains("There is no node \"n9\"");
    }

    @Test
    void removesAVoterOnlyOnceItIsDemoted() {
        ClusterState state = after(nodes(2), voter("n2", true));
        assertThat(refusal(state, new Command.RemoveNode("test", 1, "n2"))).contains("flocker node demote n2");

        state = after(after(state, voter("n2", false)), new Command.RemoveNode("test", 1, "n2"));
        assertThat(state.nodes()).containsOnlyKeys("n1");
    }

    @Test
    void keepsTheCertificateThatAskedForANewOne() {
        ClusterState state = nodes(1);
        state = after(state, new Command.RenewCertificate("n1", 1, "n1", "hash1", "lost"));
        state = after(state, new Command.RenewCertificate("n1", 1, "n1", "hash1", "hash2"));
        assertThat(state.nodes().get("n1")).matches(node -> node.mayUse("hash1") && node.mayUse("hash2"));
        assertThat(state.nodes().get("n1")).matches(node -> !node.mayUse("lost"));

        // It says where it is, with either; neither pushes the other out.
        state = after(
                state, new Command.AddNode("n1", 1, "n1", "n1.example", TreePMap.empty(), "hash1", Node.Capacity.NONE));
        assertThat(state.nodes().get("n1")).matches(node -> node.mayUse("hash2"));

        state = after(state, new Command.RenewCertificate("n1", 1, "n1", "hash2", "hash3"));
        assertThat(state.nodes().get("n1")).matches(node -> !node.mayUse("hash1") && node.mayUse("hash2"));
        assertThat(refusal(state, new Command.RenewCertificate("n1", 1, "n1", "hash1", "hash4")))
                .contains("newer certificate");
    }

    private static ClusterState nodes(int count) {
        ClusterState state = ClusterState.EMPTY;
        for (int i = 1; i <= count; i++) {
            state = after(
                    state,
                    new Command.AddNode(
                            "test", 1, "n" + i, "10.0.0." + i, TreePMap.empty(), "hash" + i, Node.Capacity.NONE));
        }
        return state;
    }

    private static Command voter(String node, boolean voter) {
        return new Command.SetVoter("test", 1, node, voter);
    }

    private static ClusterState after(ClusterState state, Command command) {
        return switch (state.after(command)) {
            case Outcome.Accepted accepted -> accepted.state();
            case Outcome.Refused refused -> throw new AssertionError(refused.message());
        };
    }

    private static String refusal(ClusterState state, Command command) {
        return state.after(command) instanceof Outcome.Refused refused ? refused.message() : "";
    }
}
