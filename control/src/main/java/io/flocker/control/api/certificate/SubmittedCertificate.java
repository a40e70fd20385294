package io.flocker.control.api.certificate;

import io.flocker.client.Credentials;
import io.flocker.control.api.Refusal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;

/// A certificate as a user brings it: PEM files that must fit together. What is refused here would keep every node's
/// proxy from beginning anew.
///
/// @param chain it, and those that signed it, each signed by the next
/// @param hosts host names it is for
record SubmittedCertificate(List<X509Certificate> chain, PrivateKey key, List<String> hosts) {
    /// Longer chains than this exist nowhere.
    private static final int MAX_CHAIN = 10;

    private static final int MIN_RSA_BITS = 2_048;
    private static final int DNS_NAME = 2;
    private static final Pattern HOST = Pattern.compile("(\\*\\.)?[a-z0-9_-]+(\\.[a-z0-9_-]+)*");
    private static final List<String> SIGNATURES = List.of("RSA", "EC");

    SubmittedCertificate {
        chain = List.copyOf(chain);
    }

    /// Reads and checks both.
    ///
    /// @throws Refusal saying which part does not fit, and what to do
    static SubmittedCertificate of(String chainPem, String keyPem, long nowMillis) throws Refusal {
        List<X509Certificate> chain = chain(chainPem);
        X509Certificate own = chain.getFirst();
        if (own.getBasicConstraints() >= 0) {
            throw Refusal.invalid("The first certificate is an authority's (" + name(own)
                    + "); the one for your host names comes first, then the one that signed it, and so on");
        }
        refuseStrength(chain);
        refuseOrder(chain);
        refuseTimes(chain, nowMillis);
        List<String> hosts = hosts(own);
        PrivateKey key = key(keyPem);
        if (!fit(key, own.getPublicKey())) {
            throw Refusal.invalid("The key is not this certificate's (" + name(own)
                    + "); each certificate has one of its own: --key must be what it was asked for with");
        }
        return new SubmittedCertificate(chain, key, hosts);
    }

    private static List<X509Certificate> chain(String pem) throws Refusal {
        try {
            List<X509Certificate> chain = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8)))
                    .stream()
                    .map(X509Certificate.class::cast)
                    .toList();
            if (chain.isEmpty() || chain.size() > MAX_CHAIN) {
                throw Refusal.invalid("A certificate file has 1 to " + MAX_CHAIN + " certificates in PEM form"
                        + " (-----BEGIN CERTIFICATE-----), not " + chain.size());
            }
            return chain;
        } catch (CertificateException e) {
            throw Refusal.invalid("The certificate cannot be read: " + e.getMessage()
                    + "; it must be in PEM form (-----BEGIN CERTIFICATE-----)");
        }
    }

    private static void refuseStrength(List<X509Certificate> chain) throws Refusal {
        for (X509Certificate certificate : chain) {
            boolean root = certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
            String signed = certificate.getSigAlgName().toUpperCase(Locale.ROOT);
            if (!root && (signed.startsWith("SHA1") || signed.startsWith("MD"))) {
                throw Refusal.invalid("Certificate " + name(certificate) + " is signed by " + signed
                        + ", which nobody accepts any more; get a new one");
            }
            PublicKey key = certificate.getPublicKey();
            if (!SIGNATURES.contains(key.getAlgorithm())) {
                throw Refusal.invalid("Certificate " + name(certificate) + " has a key of kind " + key.getAlgorithm()
                        + "; use RSA or ECDSA");
            }
            if (key instanceof RSAPublicKey rsa && rsa.getModulus().bitLength() < MIN_RSA_BITS) {
                throw Refusal.invalid("Certificate " + name(certificate) + " has a key of "
                        + rsa.getModulus().bitLength() + " bits; RSA needs at least " + MIN_RSA_BITS);
            }
        }
    }

    private static void refuseOrder(List<X509Certificate> chain) throws Refusal {
        for (int i = 0; i + 1 < chain.size(); i++) {
            X509Certificate signed = chain.get(i);
            X509Certificate signer = chain.get(i + 1);
            try {
                signed.verify(signer.getPublicKey());
            } catch (GeneralSecurityException e) {
                throw Refusal.invalid("The chain is not in order: " + name(signed) + " is signed by "
                        + signed.getIssuerX500Principal() + ", but " + name(signer)
                        + " comes next; each certificate is followed by the one that signed it");
            }
        }
    }

    private static void refuseTimes(List<X509Certificate> chain, long nowMillis) throws Refusal {
        for (X509Certificate certificate : chain) {
            Instant begin = certificate.getNotBefore().toInstant();
            Instant end = certificate.getNotAfter().toInstant();
            if (end.toEpochMilli() <= nowMillis) {
                throw Refusal.invalid(
                        "Certificate " + name(certificate) + " has expired on " + end + "; get a new one");
            }
            if (begin.toEpochMilli() > nowMillis) {
                throw Refusal.invalid("Certificate " + name(certificate) + " is not good before " + begin
                        + "; add it then, or look at the cluster's clocks");
            }
        }
    }

    /// The common name does not count: browsers have ignored it since 2017.
    private static List<String> hosts(X509Certificate own) throws Refusal {
        var hosts = new TreeSet<String>();
        try {
            var names = own.getSubjectAlternativeNames();
            for (List<?> name : names == null ? List.<List<?>>of() : names) {
                String host = String.valueOf(name.get(1)).toLowerCase(Locale.ROOT);
                if (name.get(0).equals(DNS_NAME) && HOST.matcher(host).matches()) {
                    hosts.add(host);
                }
            }
        } catch (CertificateException e) {
            throw Refusal.invalid("The host names of certificate " + name(own) + " cannot be read: " + e.getMessage());
        }
        if (hosts.isEmpty()) {
            throw Refusal.invalid("Certificate " + name(own)
                    + " is for no host name (it has no DNS name in subjectAltName); get one that is");
        }
        return List.copyOf(hosts);
    }

    private static PrivateKey key(String pem) throws Refusal {
        try (var parser = new PEMParser(new StringReader(pem))) {
            var converter = new JcaPEMKeyConverter();
            for (Object read = parser.readObject(); read != null; read = parser.readObject()) {
                if (read instanceof PEMKeyPair pair) {
                    return converter.getKeyPair(pair).getPrivate();
                }
                if (read instanceof PrivateKeyInfo plain) {
                    return converter.getPrivateKey(plain);
                }
                if (read instanceof PEMEncryptedKeyPair || read instanceof PKCS8EncryptedPrivateKeyInfo) {
                    throw Refusal.invalid("The key is locked with a password; take it off: openssl pkey -in KEY");
                }
                // Files of elliptic curve keys begin with the curve's parameters.
            }
        } catch (IOException e) {
            throw Refusal.invalid("The key cannot be read: " + e.getMessage());
        }
        throw Refusal.invalid("There is no key in PEM form (-----BEGIN PRIVATE KEY-----) in what --key names");
    }

    private static boolean fit(PrivateKey key, PublicKey other) {
        try {
            byte[] something = "fit".getBytes(StandardCharsets.US_ASCII);
            String algorithm = "SHA256with" + (other.getAlgorithm().equals("EC") ? "ECDSA" : other.getAlgorithm());
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(something);
            byte[] signed = signature.sign();
            signature.initVerify(other);
            signature.update(something);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            // A key of another kind cannot even sign.
            return false;
        }
    }

    /// Who it belongs to.
    private static String name(X509Certificate certificate) {
        String subject = certificate.getSubjectX500Principal().getName();
        return subject.isEmpty() ? "number " + certificate.getSerialNumber().toString(16) : subject;
    }

    String issuer() {
        return Pem.issuer(chain.getFirst());
    }

    String hash() throws IOException {
        return Credentials.hash(chain.getFirst());
    }

    /// In one form, whatever form it came in.
    String chainPem() throws IOException {
        return Pem.chain(chain);
    }

    String keyPem() {
        return Pem.of("PRIVATE KEY", key.getEncoded());
    }
}
