package io.flocker.agent.engine;

import java.util.List;
import java.util.Locale;

/// What a user can do about what an engine says of a registry. The words are those of Docker
/// Engine 20.10 to 28 and of Go's `crypto/tls`.
final class RegistryAdvice {
    private static final List<String> UNTRUSTED = List.of("unknown authority", "certificate is not trusted");
    private static final List<String> PASSWORD =
            List.of("no basic auth credentials", "unauthorized", "authentication required");
    private static final List<String> AWAY = List.of(
            "connection refused",
            "no such host",
            "no route to host",
            "network is unreachable",
            "timeout",
            "timed out",
            "connection reset");

    private RegistryAdvice() {}

    /// In words; empty if there is none.
    ///
    /// @param reference the image's name
    /// @param reason what the engine said
    static String on(String reference, String reason) {
        String host = host(reference);
        String said = reason.toLowerCase(Locale.ROOT);
        if (contains(said, UNTRUSTED)) {
            return "the node's engine does not trust the certificate of " + host
                    + ": put the certificate of its authority into /etc/docker/certs.d/" + host
                    + "/ca.crt on the node, which needs no restart";
        }
        if (said.contains("x509")) {
            return "the certificate of " + host + " is not good for that name or time: give the registry another one";
        }
        if (said.contains("server gave http response to https client")) {
            return host + " has no TLS: add it to insecure-registries in /etc/docker/daemon.json on the node and"
                    + " restart its engine, or give the registry a certificate";
        }
        if (contains(said, PASSWORD)) {
            return host + " asks for a password: docker login " + host
                    + " on the node, as the user whom flocker daemon runs as (root)";
        }
        return contains(said, AWAY) ? "see whether the registry runs, and can be reached from the node" : "";
    }

    private static boolean contains(String said, List<String> words) {
        return words.stream().anyMatch(said::contains);
    }

    /// Where an image comes from: what precedes the first `/`, if that is an address (Docker's
    /// reference grammar).
    private static String host(String reference) {
        int slash = reference.indexOf('/');
        String first = slash < 0 ? "" : reference.substring(0, slash);
        boolean address = first.indexOf('.') >= 0 || first.indexOf(':') >= 0 || first.equals("localhost");
        return address ? first : "docker.io";
    }
}
