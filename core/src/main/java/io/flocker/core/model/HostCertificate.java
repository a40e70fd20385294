package io.flocker.core.model;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/// A certificate for host names, with its private key: a user's, or one by the cluster's own authority.
///
/// @param name what it is called; those of the cluster begin with [#CLUSTER]
/// @param hosts it is for, in lower case; `*.example.com` is for one label more than `example.com`
/// @param chainPem it, and those that signed it, each signed by the next
/// @param keyPem its private key, which nobody is shown
/// @param issuer who signed it, in words
/// @param hash SHA-256 of the certificate alone, in hexadecimal digits, as users compare it
/// @param by who added it
public record HostCertificate(
        String name,
        List<String> hosts,
        String chainPem,
        String keyPem,
        String issuer,
        String hash,
        long beginMillis,
        long endMillis,
        String by,
        long atMillis) {
    /// How the names of those begin that the cluster's authority signs.
    public static final String CLUSTER = "cluster/";

    private static final String WILD = "*.";

    /// What the cluster's own certificate for a host name is called.
    public static String ownFor(String host) {
        return CLUSTER + host;
    }

    /// Whether the cluster made it, and renews it.
    public boolean ofCluster() {
        return name.startsWith(CLUSTER);
    }

    /// Whether it is for `host`. One for `*.example.com` is for `a.example.com`, not for `a.b.example.com`; a host name
    /// with an asterisk needs one with the same.
    public boolean covers(String host) {
        return hosts.contains(host) || (!host.startsWith(WILD) && hosts.contains(above(host)));
    }

    /// The name with an asterisk that stands for `host`.
    public static String above(String host) {
        return "*" + host.substring(Math.max(host.indexOf('.'), 0));
    }

    /// Whether it can be shown at that time.
    public boolean holds(long nowMillis) {
        return beginMillis <= nowMillis && nowMillis < endMillis;
    }

    /// When the cluster makes the next one: at two thirds of its life.
    public long renewAtMillis() {
        return beginMillis + (endMillis - beginMillis) / 3 * 2;
    }

    /// A hash of all that the proxy is given, the key too. The same certificate may come again with those that signed
    /// it, if they were missing.
    public String content() {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest((chainPem + keyPem).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("Every Java platform has SHA-256", e);
        }
    }

    /// Without the key.
    @Override
    public String toString() {
        return "certificate " + name + " " + hash + " (" + content() + ") for " + hosts;
    }
}
