package io.flocker.core.cluster;

import io.flocker.core.model.Node;

/// Commands about nodes.
final class NodeChanges {
    private NodeChanges() {}

    static Outcome add(ClusterState state, Command.AddNode command) {
        if (!Names.valid(command.name())) {
            return Names.refuse("a node", command.name());
        }
        Node known = state.nodes().get(command.name());
        long joined = known == null ? command.atMillis() : known.joinedAtMillis();
        Node node = new Node(command.name(), command.address(), command.labels(), joined);
        if (node.equals(known)) {
            return new Outcome.Accepted(state);
        }
        return new Outcome.Accepted(state.with(node)
                .telling(command.atMillis(), "", "node " + node.name(), known == null ? "Joined" : "Changed"));
    }
}
