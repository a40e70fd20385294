package io.flocker.control.api;

import io.flocker.client.Credentials;
import io.flocker.client.Identity;
import io.flocker.client.Login;
import io.flocker.core.access.Access;
import io.flocker.core.access.Asker;
import io.flocker.core.access.Right;
import io.flocker.core.access.Role;
import io.flocker.core.cluster.ClusterState;
import io.flocker.core.model.Node;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Optional;

/// Who makes a request: the owner of its token, or else of its certificate. A node may pass on the requests of users
/// that it has recognised, and its own agent's; a token it passes on as it is.
///
/// @param name of the user or node
/// @param unit `user`, `node` or `root`; `nobody` for a machine without a certificate
/// @param certificate the hash of the certificate that the request came with; empty for none
/// @param role what a user may do; root and users with a certificate may do everything
/// @param from where the request came from first
record Caller(String name, String unit, String certificate, Role role, String from) {
    /// Who a node passes a request on for: unit, space, name.
    static final HeaderName FOR = HeaderNames.create("Flocker-For");

    /// Where a request came from that a node passes on.
    static final HeaderName FROM = HeaderNames.create("Flocker-From");

    /// What [#FROM] says of the Unix socket.
    static final String SOCKET = "socket";

    private static final String BEARER = "Bearer ";

    boolean isNode() {
        return unit.equals("node");
    }

    boolean isUser() {
        return unit.equals("user") || unit.equals("root");
    }

    Asker asker() {
        return new Asker(name, role);
    }

    /// The owner of the request's token; else that of its certificate, or whom it says it speaks for.
    ///
    /// @param root whether it came by the Unix socket
    /// @param right what it takes: if nothing, a token does not matter, which a node by itself may not know
    /// @throws Refusal if its token does not hold, or it is of a node that is not in the cluster
    static Caller of(ServerRequest request, ClusterState state, boolean root, Right right) throws Refusal, IOException {
        Caller direct = root ? new Caller("root", "root", "", Role.ADMIN, SOCKET) : direct(request);
        if (direct.isNode()) {
            refuseRemoved(direct, state);
        }
        String from = direct.isNode()
                ? request.headers()
                        .first(FROM)
                        .map(first -> first + ", by " + direct.name())
                        .orElse(direct.from())
                : direct.from();
        Optional<String> authorization = request.headers().first(HeaderNames.AUTHORIZATION);
        if (authorization.isPresent() && right != Right.ANYBODY) {
            Access.Holder holder = holder(authorization.get(), state.access(), System.currentTimeMillis());
            return new Caller(holder.user().name(), "user", "", holder.user().role(), from);
        }
        Optional<String> stated = direct.isNode() ? request.headers().first(FOR) : Optional.empty();
        return stated.isPresent() ? passedOn(direct, stated.get(), from) : direct;
    }

    private static Caller direct(ServerRequest request) throws IOException {
        String from = address(request);
        Certificate[] chain = request.remotePeer().tlsCertificates().orElse(new Certificate[0]);
        Optional<Identity> identity = Identity.of(chain);
        if (identity.isEmpty()) {
            return nobody(from);
        }
        String unit = identity.get().unit();
        Role role = unit.equals("user") ? Role.ADMIN : Role.VIEWER;
        return new Caller(identity.get().name(), unit, Credentials.hash((X509Certificate) chain[0]), role, from);
    }

    /// Where a request comes from, as a number: a name is whatever somebody says it is.
    static String address(ServerRequest request) {
        return request.remotePeer().address() instanceof InetSocketAddress inet && inet.getAddress() != null
                ? inet.getAddress().getHostAddress()
                : SOCKET;
    }

    private static Caller nobody(String from) {
        return new Caller("", "nobody", "", Role.VIEWER, from);
    }

    private static Access.Holder holder(String authorization, Access access, long nowMillis)
            throws Refusal, IOException {
        if (!authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            throw unauthorized("The Authorization header is \"Bearer TOKEN\", with a token of flocker user add");
        }
        Login login;
        try {
            login = Login.parse(authorization.substring(BEARER.length()));
        } catch (IOException e) {
            throw unauthorized(String.valueOf(e.getMessage()));
        }
        Access.Holder holder = access.holder(login.id())
                .filter(found -> isEqual(found.token().secretHash(), Credentials.hash(login.secret())))
                .orElseThrow(
                        () -> unauthorized(
                                "The token " + login.id() + " is not known: it was revoked, its user was"
                                        + " removed, or it is of another cluster; ask an admin for a new one (flocker user token NAME)"));
        if (holder.token().expiresAtMillis() <= nowMillis) {
            String name = holder.user().name();
            throw unauthorized("The token " + login.id() + " of " + name + " has expired; ask an admin for a new one"
                    + " (flocker user token " + name + ")");
        }
        return holder;
    }

    /// In a time that tells nothing.
    private static boolean isEqual(String one, String other) {
        return MessageDigest.isEqual(
                one.getBytes(StandardCharsets.US_ASCII), other.getBytes(StandardCharsets.US_ASCII));
    }

    static Refusal unauthorized(String detail) {
        return Refusal.of(401, "unauthorized", "Who are you", detail);
    }

    private static void refuseRemoved(Caller node, ClusterState state) throws Refusal {
        Node known = state.nodes().get(node.name());
        boolean removed = known == null && !state.nodes().isEmpty();
        boolean other = known != null && !known.mayUse(node.certificate());
        if (removed || other) {
            throw Refusal.of(
                    403,
                    "forbidden",
                    "Not a node any more",
                    "Node " + node.name() + " was removed from the cluster, or another machine has its name now;"
                            + " flocker join makes it a node again");
        }
    }

    private static Caller passedOn(Caller node, String stated, String from) throws Refusal {
        int space = stated.indexOf(' ');
        String unit = stated.substring(0, Math.max(space, 0));
        String name = stated.substring(space + 1);
        return switch (unit) {
            case "user", "root" -> new Caller(name, unit, node.certificate(), Role.ADMIN, from);
            case "nobody" -> nobody(from);
            case "node" -> {
                if (!name.equals(node.name())) {
                    throw Refusal.of(403, "forbidden", "Not yours", "Node " + node.name() + " is not " + name);
                }
                yield node;
            }
            default -> throw Refusal.invalid(FOR.defaultCase() + " is \"UNIT NAME\", not \"" + stated + "\"");
        };
    }
}
