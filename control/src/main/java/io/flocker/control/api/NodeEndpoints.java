package io.flocker.control.api;

import io.flocker.client.api.Answers;
import io.flocker.client.api.Report;
import io.flocker.client.api.Requests;
import io.flocker.client.api.Status;
import io.flocker.core.access.Right;
import io.flocker.core.cluster.Command;
import io.flocker.core.delta.AssignmentDelta;
import io.flocker.core.delta.OffersDelta;
import io.flocker.core.model.Node;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Nodes, as users see them and as their agents talk to the leader.
final class NodeEndpoints {
    private final Decisions decisions;

    NodeEndpoints(Decisions decisions) {
        this.decisions = decisions;
    }

    List<Endpoint> list() {
        return Stream.concat(ofUsers().stream(), ofAgents().stream()).toList();
    }

    private List<Endpoint> ofUsers() {
        return List.of(
                new Endpoint(
                        "GET",
                        "/v2/nodes",
                        Right.READ,
                        "All nodes.",
                        List.of(),
                        Void.class,
                        Answers.Nodes.class,
                        this::all),
                new Endpoint(
                        "GET",
                        "/v2/nodes/{node}",
                        Right.READ,
                        "One node.",
                        List.of(),
                        Void.class,
                        Status.Node.class,
                        this::one),
                new Endpoint(
                        "PATCH",
                        "/v2/nodes/{node}",
                        Right.OPERATE,
                        "Changes a node's labels, availability or part in the control plane.",
                        List.of(),
                        Requests.ChangeNode.class,
                        Status.Node.class,
                        this::change),
                new Endpoint(
                        "DELETE",
                        "/v2/nodes/{node}",
                        Right.ADMINISTER,
                        "Removes a node that has nothing left.",
                        List.of(),
                        Void.class,
                        Answers.Change.class,
                        this::remove));
    }

    private List<Endpoint> ofAgents() {
        return List.of(
                new Endpoint(
                        "POST",
                        "/v2/agent/here",
                        Right.NODE,
                        "A node's agent says where it is.",
                        List.of(),
                        Requests.Here.class,
                        Answers.Change.class,
                        this::here),
                new Endpoint(
                        "POST",
                        "/v2/agent/report",
                        Right.NODE,
                        "What a node observed.",
                        List.of(),
                        Report.class,
                        Report.Answer.class,
                        this::report),
                new Endpoint(
                        "GET",
                        "/v2/agent/assignment",
                        Right.NODE,
                        "How what a node should have differs from what it has, or all of it.",
                        List.of(
                                "since: the revision it has; answer only when there is another one",
                                "wait: milliseconds to wait for that"),
                        Void.class,
                        AssignmentDelta.class,
                        this::assignment),
                new Endpoint(
                        "GET",
                        "/v2/agent/offers",
                        Right.NODE,
                        "How what nodes offer each other's proxies differs from what this one knows, or all of it.",
                        List.of(
                                "since: the revision it knows; answer only when there is another one",
                                "wait: milliseconds to wait for that"),
                        Void.class,
                        OffersDelta.class,
                        this::offers),
                new Endpoint(
                        "POST",
                        "/v2/agent/cuts",
                        Right.NODE,
                        "A node meets the others for a checkpoint of volumes on several.",
                        List.of("wait: milliseconds to wait for them to be ready"),
                        Requests.Meet.class,
                        Answers.Met.class,
                        this::meet));
    }

    private Object all(Call call) {
        Views views = decisions.views();
        return new Answers.Nodes(
                decisions.state().nodes().values().stream().map(views::node).toList());
    }

    private Object one(Call call) throws Refusal {
        return decisions.views().node(node(call));
    }

    private Node node(Call call) throws Refusal {
        Node node = decisions.state().nodes().get(call.path("node"));
        if (node == null) {
            throw Refusal.notFound("There is no node \"" + call.path("node") + "\"; there is "
                    + String.join(", ", decisions.state().nodes().keySet()));
        }
        return node;
    }

    private Object change(Call call) throws Exception {
        Requests.ChangeNode request = call.body(Requests.ChangeNode.class);
        String name = node(call).name();
        if (!request.control().isEmpty()) {
            decisions.allow(call, Right.ADMINISTER, "");
        }
        long now = System.currentTimeMillis();
        if (!request.labels().isEmpty() || !request.removeLabels().isEmpty()) {
            decisions.require(
                    call,
                    "labels",
                    "",
                    new Command.LabelNode(call.by(), now, name, request.labels(), request.removeLabels()));
        }
        if (!request.availability().isEmpty()) {
            decisions.require(
                    call, new Command.SetAvailability(call.by(), now, name, availability(request.availability())));
        }
        if (!request.control().isEmpty()) {
            changePart(call, name, request.control());
        }
        return decisions.views().node(node(call));
    }

    private void changePart(Call call, String name, String control) throws Exception {
        boolean voter = switch (control) {
            case "voter" -> true;
            case "agent" -> false;
            default -> throw Refusal.invalid("A node is a voter or an agent, not \"" + control + "\"");
        };
        if (!voter && node(call).voter()) {
            Optional<String> reason = decisions.here().voters().refuseWithout(name);
            if (reason.isPresent() && decisions.state().voters().size() > 1) {
                throw Refusal.of(
                        409, "conflict", "Not as things are", "Node " + name + " cannot be demoted: " + reason.get());
            }
        }
        decisions.require(call, new Command.SetVoter(call.by(), System.currentTimeMillis(), name, voter));
    }

    private static Node.Availability availability(String word) throws Refusal {
        return switch (word) {
            case "active" -> Node.Availability.ACTIVE;
            case "drained" -> Node.Availability.DRAINED;
            default -> throw Refusal.invalid("A node is active or drained, not \"" + word + "\"");
        };
    }

    private Object remove(Call call) throws Exception {
        String name = call.path("node");
        decisions.require(call, new Command.RemoveNode(call.by(), System.currentTimeMillis(), name));
        return new Answers.Change("", List.of("- node " + name));
    }

    private Object here(Call call) throws Exception {
        Requests.Here here = call.body(Requests.Here.class);
        decisions.require(
                call,
                new Command.AddNode(
                        call.by(),
                        System.currentTimeMillis(),
                        call.by(),
                        here.address(),
                        here.labels(),
                        call.caller().certificate(),
                        here.capacity()));
        return new Answers.Change("", List.of("+ node " + call.by()));
    }

    private Object report(Call call) throws Exception {
        return decisions.leader().hear(call.by(), call.body(Report.class));
    }

    private Object assignment(Call call) throws Exception {
        return decisions
                .leader()
                .assignment(call.by(), call.number("since", 0, 0, Long.MAX_VALUE), call.number("wait", 0, 0, 30_000));
    }

    private Object meet(Call call) throws Exception {
        return decisions
                .here()
                .meetings()
                .come(call.by(), call.body(Requests.Meet.class), call.number("wait", 0, 0, 30_000));
    }

    private Object offers(Call call) throws Exception {
        return decisions.leader().offers(call.number("since", 0, 0, Long.MAX_VALUE), call.number("wait", 0, 0, 30_000));
    }
}
