package io.flocker.control.api;

import io.flocker.client.Credentials;
import io.flocker.client.Invitation;
import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests;
import io.flocker.client.api.Status;
import io.flocker.control.ca.Authority;
import io.flocker.core.access.Right;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Names;
import io.flocker.core.model.JoinToken;
import io.flocker.core.model.Node;
import java.io.IOException;
import java.net.URI;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Join tokens, and the machines that come with one.
final class JoinEndpoints {
    /// How far a joining machine's clock may be off: certificates and leases would not work.
    static final long MAX_CLOCK_DIFFERENCE_MILLIS = 10_000;

    private static final long MAX_LIFE_SECONDS = TimeUnit.DAYS.toSeconds(365);

    private final Decisions decisions;
    private final int apiPort;

    /// @param apiPort where nodes' APIs listen
    JoinEndpoints(Decisions decisions, int apiPort) {
        this.decisions = decisions;
        this.apiPort = apiPort;
    }

    List<Endpoint> list() {
        return List.of(
                new Endpoint(
                        "GET",
                        "/v2/tokens",
                        Right.ADMINISTER,
                        "All join tokens, without their secrets.",
                        List.of(),
                        Void.class,
                        Answers.Tokens.class,
                        _ -> all()),
                new Endpoint(
                        "POST",
                        "/v2/tokens",
                        Right.ADMINISTER,
                        "Makes a join token. Its text is shown this once.",
                        List.of(),
                        Requests.CreateToken.class,
                        Answers.NewToken.class,
                        this::create),
                new Endpoint(
                        "DELETE",
                        "/v2/tokens/{token}",
                        Right.ADMINISTER,
                        "Revokes a join token. Nodes that joined with it stay.",
                        List.of(),
                        Void.class,
                        Answers.Change.class,
                        this::delete),
                new Endpoint(
                        "POST",
                        "/v2/join",
                        Right.ANYBODY,
                        "Makes the calling machine a node, if it has a join token.",
                        List.of(),
                        Requests.Join.class,
                        Answers.Joined.class,
                        this::join));
    }

    private Object all() {
        return new Answers.Tokens(decisions.state().tokens().values().stream()
                .map(JoinEndpoints::shown)
                .toList());
    }

    private static Status.Token shown(JoinToken token) {
        return new Status.Token(
                token.id(), token.usesLeft(), token.expiresAtMillis(), token.createdBy(), token.createdAtMillis());
    }

    private Object create(Call call) throws Exception {
        Requests.CreateToken request = call.body(Requests.CreateToken.class);
        if (request.lifeSeconds() < 1 || request.lifeSeconds() > MAX_LIFE_SECONDS) {
            throw Refusal.invalid("A token holds for 1 s to " + TimeUnit.SECONDS.toDays(MAX_LIFE_SECONDS)
                    + " days, not for " + request.lifeSeconds() + " s");
        }
        String secret = decisions.newSecret();
        long now = System.currentTimeMillis();
        var token = new JoinToken(
                decisions.newId(),
                Credentials.hash(secret),
                request.uses(),
                now + TimeUnit.SECONDS.toMillis(request.lifeSeconds()),
                call.by(),
                now);
        decisions.require(call, new Command.CreateToken(call.by(), now, token));
        var invitation = new Invitation(
                token.id(),
                secret,
                Credentials.hash(decisions.here().authority().certificate()),
                decisions.apis(apiPort));
        return new Answers.NewToken(shown(token), invitation.text());
    }

    private Object delete(Call call) throws Exception {
        String token = call.path("token");
        decisions.require(call, new Command.DeleteToken(call.by(), System.currentTimeMillis(), token));
        return new Answers.Change("", List.of("- token " + token));
    }

    private Object join(Call call) throws Exception {
        Requests.Join request = call.body(Requests.Join.class);
        refuseStrange(request);
        Authority authority = decisions.here().authority();
        var certificate = authority.node(
                publicKey(request.publicKeyBase64()),
                request.name(),
                Authority.namesOf(request.name(), request.address()));
        decisions.require(
                call,
                new Command.JoinNode(
                        "token " + request.token(),
                        System.currentTimeMillis(),
                        request.token(),
                        Credentials.hash(request.secret()),
                        request.name(),
                        request.address(),
                        request.labels(),
                        Credentials.hash(certificate),
                        request.voter()));
        bindAnew(request.name(), Credentials.hash(certificate));
        return new Answers.Joined(
                Base64.getEncoder().encodeToString(certificate.getEncoded()),
                Base64.getEncoder().encodeToString(authority.certificate().getEncoded()),
                decisions.apis(apiPort).stream().map(URI::toString).toList());
    }

    /// A repeated request, whose first answer was lost, was decided with the certificate of that answer.
    private void bindAnew(String name, String hash) throws Refusal, IOException, InterruptedException {
        Node node = decisions.state().nodes().get(name);
        if (node != null && !node.certificate().equals(hash)) {
            decisions.requireFirst(
                    new Command.RenewCertificate(name, System.currentTimeMillis(), name, node.certificate(), hash));
        }
    }

    private void refuseStrange(Requests.Join request) throws Refusal {
        long difference = request.clockMillis() - System.currentTimeMillis();
        if (Math.abs(difference) > MAX_CLOCK_DIFFERENCE_MILLIS) {
            throw Refusal.invalid("The clock of " + request.name() + " is " + Math.abs(difference) / 1_000 + " s "
                    + (difference > 0 ? "ahead of" : "behind") + " the cluster's; set it, for example with"
                    + " timedatectl set-ntp true, and join again");
        }
        if (!request.version().equals(Api.version())) {
            throw Refusal.invalid("This machine has Flocker " + request.version() + ", the cluster has " + Api.version()
                    + "; install that version and join again");
        }
        if (!Names.valid(request.name())) {
            throw Refusal.invalid("\"" + request.name() + "\" cannot be a node's name: use lower-case letters, digits"
                    + " and '-' (flocker join --name NAME)");
        }
        if (!request.address().matches("[0-9a-zA-Z.:-]{1,253}")) {
            throw Refusal.invalid("\"" + request.address() + "\" cannot be a node's address");
        }
    }

    static byte[] publicKey(String base64) throws Refusal {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw Refusal.invalid("publicKeyBase64 is not Base64: " + e.getMessage());
        }
    }
}
