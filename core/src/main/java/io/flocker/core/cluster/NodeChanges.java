package io.flocker.core.cluster;

import io.flocker.core.model.Environment;
import io.flocker.core.model.Instance;
import io.flocker.core.model.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pcollections.TreePMap;

/// Commands about nodes, and which of them are members of the cluster's log.
final class NodeChanges {
    static final int MAX_LABELS = 100;

    /// More would only make every change slower: five stand the loss of two.
    static final int MAX_VOTERS = 5;

    private NodeChanges() {}

    static Outcome add(ClusterState state, Command.AddNode command) {
        Optional<Outcome.Refused> refused = refuse(command.name(), command.labels());
        if (refused.isPresent()) {
            return refused.get();
        }
        Node known = state.nodes().get(command.name());
        if (known != null) {
            Node changed = known.at(command.address(), command.certificate(), command.capacity());
            return changed.equals(known)
                    ? new Outcome.Accepted(state)
                    : new Outcome.Accepted(state.with(changed)
                            .telling(
                                    command.atMillis(),
                                    "",
                                    subject(known),
                                    "Address, certificate or capacity changed"));
        }
        Node node = Node.joined(
                        command.name(), command.address(), command.labels(), command.certificate(), command.atMillis())
                .at(command.address(), command.certificate(), command.capacity())
                .voting(state.nodes().isEmpty());
        return new Outcome.Accepted(state.with(node).telling(command.atMillis(), "", subject(node), "Joined"));
    }

    static Outcome join(ClusterState state, Command.JoinNode command) {
        Optional<Outcome.Refused> refused = AccessChanges.refuse(state, command)
                .or(() -> refuse(command.name(), command.labels()))
                .or(() -> refuseTaken(state, command))
                .or(() -> command.voter() ? refuseAnother(state) : Optional.empty());
        if (refused.isPresent()) {
            return refused.get();
        }
        Node node = Node.joined(
                        command.name(), command.address(), command.labels(), command.certificate(), command.atMillis())
                .voting(command.voter());
        return new Outcome.Accepted(AccessChanges.use(state, command.token())
                .with(node)
                .telling(command.atMillis(), "", subject(node), "Joined with token " + command.token()));
    }

    private static Optional<Outcome.Refused> refuse(String name, TreePMap<String, String> labels) {
        return Names.valid(name) ? refuseLabels(labels) : Optional.of(Names.refuse("a node", name));
    }

    private static Optional<Outcome.Refused> refuseTaken(ClusterState state, Command.JoinNode command) {
        for (Node other : state.nodes().values()) {
            if (other.name().equals(command.name())) {
                return Optional.of(new Outcome.Refused(
                        Outcome.Reason.CONFLICT,
                        "There is a node " + other.name() + " already, at " + other.address()
                                + "; choose another name, or remove that one first: flocker node rm " + other.name()));
            }
            if (other.address().equals(command.address())) {
                return Optional.of(new Outcome.Refused(
                        Outcome.Reason.CONFLICT,
                        "Node " + other.name() + " has the address " + other.address()
                                + " already; say another one with --address"));
            }
        }
        return Optional.empty();
    }

    private static Optional<Outcome.Refused> refuseLabels(TreePMap<String, String> labels) {
        if (labels.size() > MAX_LABELS) {
            return Optional.of(new Outcome.Refused(
                    Outcome.Reason.INVALID, "A node has at most " + MAX_LABELS + " labels, not " + labels.size()));
        }
        for (String label : labels.keySet()) {
            if (label.isBlank() || label.length() > 200 || label.contains("=")) {
                return Optional.of(new Outcome.Refused(
                        Outcome.Reason.INVALID,
                        "\"" + label + "\" cannot be a label: 1 to 200 characters without \"=\""));
            }
        }
        return Optional.empty();
    }

    static Outcome renew(ClusterState state, Command.RenewCertificate command) {
        Node node = state.nodes().get(command.name());
        if (node == null) {
            return missing(state, command.name());
        }
        if (!node.mayUse(command.used())) {
            return new Outcome.Refused(
                    Outcome.Reason.CONFLICT,
                    "Node " + node.name() + " got a newer certificate already; flocker daemon uses it when it starts");
        }
        return new Outcome.Accepted(state.with(node.renewed(command.used(), command.certificate()))
                .telling(command.atMillis(), "", subject(node), "Certificate renewed"));
    }

    static Outcome label(ClusterState state, Command.LabelNode command) {
        Node node = state.nodes().get(command.name());
        if (node == null) {
            return missing(state, command.name());
        }
        TreePMap<String, String> labels = node.labels().plusAll(command.set());
        for (String label : command.remove()) {
            labels = labels.minus(label);
        }
        Optional<Outcome.Refused> refused = refuseLabels(labels);
        return refused.isPresent()
                ? refused.get()
                : new Outcome.Accepted(state.with(node.labelled(labels))
                        .telling(command.atMillis(), "", subject(node), "Labels set by " + command.by()));
    }

    static Outcome available(ClusterState state, Command.SetAvailability command) {
        Node node = state.nodes().get(command.name());
        if (node == null) {
            return missing(state, command.name());
        }
        if (node.availability() == command.availability()) {
            return new Outcome.Accepted(state);
        }
        String text = command.availability() == Node.Availability.DRAINED ? "Drained by " : "Activated by ";
        return new Outcome.Accepted(state.with(node.available(command.availability()))
                .telling(command.atMillis(), "", subject(node), text + command.by()));
    }

    static Outcome remove(ClusterState state, Command.RemoveNode command) {
        Node node = state.nodes().get(command.name());
        if (node == null) {
            return missing(state, command.name());
        }
        List<String> left = leftOn(state, node.name());
        if (!left.isEmpty()) {
            return new Outcome.Refused(
                    Outcome.Reason.CONFLICT,
                    "Node " + node.name() + " cannot be removed: it has " + String.join(", ", left)
                            + "; move them to other nodes or delete them first");
        }
        if (node.voter() && state.nodes().size() > 1) {
            return new Outcome.Refused(
                    Outcome.Reason.CONFLICT,
                    "Node " + node.name() + " cannot be removed: it is a voter; first flocker node demote "
                            + node.name());
        }
        if (state.nodes().size() == 1) {
            return new Outcome.Refused(
                    Outcome.Reason.CONFLICT,
                    "Node " + node.name() + " is the only one; a cluster without nodes keeps nothing");
        }
        return new Outcome.Accepted(withoutInstances(state, node.name())
                .withoutNode(node.name())
                .telling(command.atMillis(), "", subject(node), "Removed by " + command.by()));
    }

    /// Instances that were to stop there are gone with it.
    private static ClusterState withoutInstances(ClusterState state, String node) {
        ClusterState next = state;
        for (Environment environment : state.environments().values()) {
            TreePMap<String, Instance> left = environment.instances();
            for (Instance instance : environment.instances().values()) {
                left = instance.node().equals(node) ? left.minus(instance.name()) : left;
            }
            next = next.with(environment.withInstances(left));
        }
        return next;
    }

    /// What would be lost with a node: volumes it is the primary of, instances that are to run on it.
    private static List<String> leftOn(ClusterState state, String node) {
        List<String> left = new ArrayList<>();
        state.volumes().values().stream()
                .filter(volume -> volume.head().primary().equals(node))
                .forEach(volume -> left.add("volume " + volume.environment() + "/" + volume.name()));
        for (Environment environment : state.environments().values()) {
            environment.instances().values().stream()
                    .filter(instance -> instance.node().equals(node) && instance.desired() != Instance.Desired.STOP)
                    .forEach(instance -> left.add("instance " + environment.name() + "/" + instance.name()));
        }
        return left;
    }

    static Outcome setVoter(ClusterState state, Command.SetVoter command) {
        Node node = state.nodes().get(command.name());
        if (node == null) {
            return missing(state, command.name());
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
                .telling(command.atMillis(), "", subject(node), text + command.by()));
    }

    /// Why there cannot be one more voter, if so.
    private static Optional<Outcome.Refused> refuseAnother(ClusterState state) {
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

    static String subject(Node node) {
        return "node " + node.name();
    }

    static Outcome.Refused missing(ClusterState state, String name) {
        return new Outcome.Refused(
                Outcome.Reason.NOT_FOUND,
                "There is no node \"" + name + "\"; there is "
                        + String.join(", ", state.nodes().keySet()));
    }
}
