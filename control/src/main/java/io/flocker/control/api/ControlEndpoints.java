package io.flocker.control.api;

import io.flocker.client.Credentials;
import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests;
import io.flocker.control.ca.Authority;
import io.flocker.control.log.NotLeading;
import io.flocker.core.access.Right;
import io.flocker.core.cluster.Command;
import io.flocker.core.model.Node;
import java.util.Base64;
import java.util.List;

/// What nodes' daemons ask about their part in the control plane, and for certificates.
final class ControlEndpoints {
    private final Decisions decisions;
    private final int apiPort;

    /// @param apiPort where nodes' APIs listen
    ControlEndpoints(Decisions decisions, int apiPort) {
        this.decisions = decisions;
        this.apiPort = apiPort;
    }

    List<Endpoint> list() {
        return List.of(
                new Endpoint(
                        "POST",
                        "/v2/agent/control",
                        Right.NODE,
                        "A node's daemon says how it is, and learns its part in the control plane.",
                        List.of(),
                        Requests.Control.class,
                        Answers.Control.class,
                        this::control),
                new Endpoint(
                        "POST",
                        "/v2/agent/authority",
                        Right.NODE,
                        "Hands the cluster's authority over to a voter.",
                        List.of(),
                        Void.class,
                        Answers.Authority.class,
                        this::authority),
                new Endpoint(
                        "POST",
                        "/v2/agent/certificate",
                        Right.NODE,
                        "Gives a node a new certificate. The one it asks with holds until it asks with another.",
                        List.of(),
                        Requests.Renew.class,
                        Answers.Certificate.class,
                        this::renew));
    }

    private Object control(Call call) throws Exception {
        Requests.Control said = call.body(Requests.Control.class);
        var voters = decisions.here().voters();
        Answers.Standing standing = voters.hear(call.by(), said);
        return new Answers.Control(
                voters.addresses().stream()
                        .map(address -> "https://" + address + ":" + apiPort)
                        .toList(),
                standing,
                decisions.here().log().generation());
    }

    private Object authority(Call call) throws Exception {
        if (!node(call).voter()) {
            throw Refusal.of(403, "forbidden", "Not yours", "Node " + call.by() + " is not to be a voter");
        }
        Credentials own = decisions.here().authority().credentials();
        return new Answers.Authority(
                Base64.getEncoder().encodeToString(own.key().getEncoded()),
                Base64.getEncoder().encodeToString(own.certificate().getEncoded()));
    }

    private Object renew(Call call) throws Exception {
        Requests.Renew request = call.body(Requests.Renew.class);
        Node node = node(call);
        var certificate = decisions
                .here()
                .authority()
                .node(
                        JoinEndpoints.publicKey(request.publicKeyBase64()),
                        node.name(),
                        Authority.namesOf(node.name(), node.address()));
        // Without the request's key: a repeated one has another certificate, which is to be the one that counts.
        decisions.requireFirst(new Command.RenewCertificate(
                call.by(),
                System.currentTimeMillis(),
                node.name(),
                call.caller().certificate(),
                Credentials.hash(certificate)));
        return new Answers.Certificate(Base64.getEncoder().encodeToString(certificate.getEncoded()));
    }

    private Node node(Call call) throws Refusal, NotLeading {
        Node node = decisions.here().log().state().nodes().get(call.by());
        if (node == null) {
            throw Refusal.notFound("There is no node " + call.by());
        }
        return node;
    }
}
