package io.flocker.control.api.certificate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/// Certificates and keys as text (RFC 7468).
final class Pem {
    private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

    private Pem() {}

    static String of(String kind, byte[] bytes) {
        return "-----BEGIN " + kind + "-----\n" + LINES.encodeToString(bytes) + "\n-----END " + kind + "-----\n";
    }

    static String chain(List<X509Certificate> chain) throws IOException {
        var text = new StringBuilder();
        for (X509Certificate certificate : chain) {
            try {
                text.append(of("CERTIFICATE", certificate.getEncoded()));
            } catch (CertificateEncodingException e) {
                throw new IOException("Cannot write a certificate: " + e.getMessage(), e);
            }
        }
        return text.toString();
    }

    /// Who signed a certificate: the organization if it says so, as with the big ones, and the common name.
    static String issuer(X509Certificate certificate) {
        String whole = certificate.getIssuerX500Principal().getName();
        try {
            List<Rdn> parts = new LdapName(whole).getRdns();
            String organization = part(parts, "O");
            String name = part(parts, "CN");
            String both = organization.isEmpty() || name.startsWith(organization) ? name : organization + " " + name;
            return both.isBlank() ? whole : both.strip();
        } catch (InvalidNameException e) {
            return whole;
        }
    }

    private static String part(List<Rdn> parts, String type) {
        return parts.stream()
                .filter(part -> part.getType().equalsIgnoreCase(type))
                .map(part -> String.valueOf(part.getValue()))
                .findFirst()
                .orElse("");
    }
}
