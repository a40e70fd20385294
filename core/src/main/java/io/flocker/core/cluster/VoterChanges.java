package io.flocker.core.cluster;

import io.flocker.core.model.Node;
import java.util.Optional;

/// Commands about who is a member of the cluster's log.
final class VoterChanges {
    /// More would only make every change slower: five stand the loss of two.
    static final int MAX_VOTERS = 5;

    private VoterChanges() {}

    static Outcome set(ClusterState state, Command.SetVoter command) {
        Node node = state.nodes().get(command.name());
        if (node == null) {
            return NodeChanges.missing(state, command.name());
        }
        if (node.voter() == command.voter()) {
            return new Outcome.Accepted(state);
        }
        Optional<Outcome.Refused> refused = command.voter() ? refuseAnother(state) : refuseLast(state, node);
        if (refused.isPresent()) {
            return refused.get();
        }
        String text = command.voter() ? "Promoted to voter by " : "Demoted by ";
        return new Outcome.Accepted(state.with(node.voting(command.voter()))
                .telling(command.atMillis(), "", NodeChanges.subject(node), text + command.by()));
    }

    /// Why there cannot be one more voter, if so.
    static Optional<Outcome.Refused> refuseAnother(ClusterState state) {
        return state.voters().size() < MAX_VOTERS
                ? Optional.empty()
                : Optional.of(new Outcome.Refused(
                        Outcome.Reason.CONFLICT,
                        "There are " + MAX_VOTERS + " voters already, which is the most: "
                                + String.join(", ", state.voters().keySet())
                                + "; first demote one: flocker node demote NODE"));
    }

    private static Optional<Outcome.Refused> refuseLast(ClusterState state, Node node) {
        return state.voters().size() > 1
                ? Optional.empty()
                : Optional.of(new Outcome.Refused(
                        Outcome.Reason.CONFLICT,
                        "Node " + node.name() + " is the last voter: without it nothing could be decided; first promote"
                                + " another: flocker node promote NODE"));
    }
}
