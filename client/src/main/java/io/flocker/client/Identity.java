package io.flocker.client;

import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/// Who a certificate of the cluster belongs to.
///
/// @param name the subject's CN
/// @param unit its OU: `node` or `user`
public record Identity(String name, String unit) {
    /// The owner of the first certificate of a chain; empty if there is none or its subject cannot be read.
    public static Optional<Identity> of(Certificate[] chain) {
        if (chain.length == 0 || !(chain[0] instanceof X509Certificate certificate)) {
            return Optional.empty();
        }
        try {
            LdapName subject =
                    new LdapName(certificate.getSubjectX500Principal().getName());
            return Optional.of(new Identity(part(subject, "CN"), part(subject, "OU")));
        } catch (InvalidNameException e) {
            return Optional.empty();
        }
    }

    private static String part(LdapName subject, String type) {
        return subject.getRdns().stream()
                .filter(rdn -> rdn.getType().equalsIgnoreCase(type))
                .map(Rdn::getValue)
                .map(String::valueOf)
                .findFirst()
                .orElse("");
    }

    public boolean isNode() {
        return unit.equals("node");
    }
}
