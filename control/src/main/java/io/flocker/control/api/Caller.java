package io.flocker.control.api;

import io.flocker.client.Credentials;
import io.flocker.client.Identity;
import io.flocker.core.cluster.ClusterState;
import io.flocker.core.model.Node;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Optional;

/// Who makes a request. A node may pass on the requests of users that it has recognised, and its own agent's.
///
/// @param name of the user or node
/// @param unit `user`, `node` or `root`; `nobody` for a machine without a certificate
/// @param certificate the hash of the certificate that the request came with; empty for none
record Caller(String name, String unit, String certificate) {
    /// Who a node passes a request on for: unit, space, name.
    static final HeaderName FOR = HeaderNames.create("Flocker-For");

    static final Caller ROOT = new Caller("root", "root", "");
    private static final Caller NOBODY = new Caller("", "nobody", "");

    boolean isNode() {
        return unit.equals("node");
    }

    /// The owner of the request's certificate, or whom it says it speaks for.
    ///
    /// @throws Refusal if it is of a node that is not in the cluster
    static Caller of(ServerRequest request, ClusterState state) throws Refusal, IOException {
        Certificate[] chain = request.remotePeer().tlsCertificates().orElse(new Certificate[0]);
        Optional<Identity> identity = Identity.of(chain);
        if (identity.isEmpty()) {
            return NOBODY;
        }
        var direct =
                new Caller(identity.get().name(), identity.get().unit(), Credentials.hash((X509Certificate) chain[0]));
        if (!direct.isNode()) {
            return direct;
        }
        refuseRemoved(direct, state);
        Optional<String> stated = request.headers().first(FOR);
        return stated.isPresent() ? passedOn(direct, stated.get()) : direct;
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

    private static Caller passedOn(Caller node, String stated) throws Refusal {
        int space = stated.indexOf(' ');
        String unit = stated.substring(0, Math.max(space, 0));
        String name = stated.substring(space + 1);
        return switch (unit) {
            case "user", "root" -> new Caller(name, unit, node.certificate());
            case "nobody" -> NOBODY;
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
