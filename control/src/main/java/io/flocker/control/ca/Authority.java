package io.flocker.control.ca;

import io.flocker.client.Credentials;
import io.flocker.client.api.Answers;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// The cluster's own certificate authority (ECDSA P-256): signs nodes, users and host names. Its key is
/// only on voters.
///
/// A certificate's subject is `CN=name,OU=node` or `CN=name,OU=user`; a node's also names the addresses it answers at.
public final class Authority {
    private static final Duration CA_LIFE = Duration.ofDays(3_650);

    /// How long certificates of nodes and users are good for. Tests cannot wait.
    private static final Duration LIFE = Duration.ofSeconds(
            Long.getLong("flocker.certificate.seconds", Duration.ofDays(825).toSeconds()));

    /// How long those of host names are good for: browsers believe none that is good for more than 398 days.
    public static final Duration HOST_LIFE = Duration.ofDays(90);

    private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(10);
    private static final String SIGNATURE = "SHA256withECDSA";
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Credentials own;

    private Authority(Credentials own) {
        this.own = own;
    }

    /// Makes a new authority in `folder` (`ca.key`, `ca.crt`).
    ///
    /// @throws IOException also if there is one already
    public static Authority create(Path folder) throws IOException {
        if (Files.exists(folder.resolve("ca.key"))) {
            throw new IOException("There is a certificate authority in " + folder
                    + " already; another one would lock everybody out. Remove the folder to begin again");
        }
        try {
            KeyPair pair = pair();
            X500Name name = new X500Name("CN=Flocker cluster CA " + serial().toString(36));
            X509v3CertificateBuilder builder = builder(name, name, pair.getPublic(), CA_LIFE);
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            X509Certificate certificate = sign(builder, pair.getPrivate());
            Authority authority = new Authority(new Credentials(pair.getPrivate(), certificate, certificate));
            write(folder, "ca", authority.own);
            return authority;
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IOException("Cannot make the certificate authority: " + e.getMessage(), e);
        }
    }

    /// The authority that [#create] made in `folder`.
    public static Authority open(Path folder) throws IOException {
        return new Authority(Credentials.read(folder, "ca"));
    }

    /// Credentials of a node that answers at `addresses` (IP addresses or host names).
    public Credentials node(String name, List<String> addresses) throws IOException {
        return issue(name, "node", addresses, Instant.now().plus(LIFE));
    }

    /// A certificate for a node that keeps its private key to itself.
    ///
    /// @param publicKey X.509 SubjectPublicKeyInfo
    public X509Certificate node(byte[] publicKey, String name, List<String> addresses) throws IOException {
        try {
            PublicKey key = KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(publicKey));
            return certificate(key, name, "node", addresses, Instant.now().plus(LIFE));
        } catch (GeneralSecurityException e) {
            throw new IOException("The public key of " + name + " cannot be read: " + e.getMessage(), e);
        }
    }

    /// What a node's certificate is for: the addresses it answers at, and every service on it in the mesh.
    public static List<String> namesOf(String node, String address) {
        return List.of(address, "127.0.0.1", "localhost", node, "*." + node + ".mesh");
    }

    /// Its key and certificate, for another voter: whoever has them can sign anything.
    public Credentials credentials() {
        return own;
    }

    public X509Certificate certificate() {
        return own.certificate();
    }

    public Credentials user(String name) throws IOException {
        return user(name, Instant.now().plus(LIFE));
    }

    /// Credentials of a user that are good until `end`.
    public Credentials user(String name, Instant end) throws IOException {
        return issue(name, "user", List.of(), end);
    }

    /// Credentials for a host name, or one with an asterisk, good for [#HOST_LIFE]. They are for servers only: nobody
    /// can call the API or another node with them.
    public Credentials host(String host) throws IOException {
        KeyPair pair = pair();
        X509Certificate certificate = certificate(
                pair.getPublic(),
                new X500Name("OU=host"),
                List.of(host),
                Instant.now().plus(HOST_LIFE),
                KeyPurposeId.id_kp_serverAuth);
        return new Credentials(pair.getPrivate(), certificate, own.certificate());
    }

    private Credentials issue(String name, String unit, List<String> addresses, Instant end) throws IOException {
        KeyPair pair = pair();
        return new Credentials(
                pair.getPrivate(), certificate(pair.getPublic(), name, unit, addresses, end), own.certificate());
    }

    private X509Certificate certificate(PublicKey key, String name, String unit, List<String> addresses, Instant end)
            throws IOException {
        var purposes = new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth};
        return certificate(key, new X500Name("OU=" + unit + ",CN=" + name), addresses, end, purposes);
    }

    private X509Certificate certificate(
            PublicKey key, X500Name subject, List<String> addresses, Instant end, KeyPurposeId... purposes)
            throws IOException {
        try {
            X500Name issuer = X500Name.getInstance(
                    own.certificate().getSubjectX500Principal().getEncoded());
            X509v3CertificateBuilder builder = builder(issuer, subject, key, Duration.between(Instant.now(), end));
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes));
            if (!addresses.isEmpty()) {
                GeneralName[] names = addresses.stream().map(Authority::name).toArray(GeneralName[]::new);
                builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
            }
            return sign(builder, own.key());
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IOException("Cannot sign the certificate of " + subject + ": " + e.getMessage(), e);
        }
    }

    private static GeneralName name(String address) {
        boolean numeric = address.matches("[0-9.]+|.*:.*");
        return new GeneralName(numeric ? GeneralName.iPAddress : GeneralName.dNSName, address);
    }

    /// A new key pair, as all certificates of a cluster are for.
    public static KeyPair pair() throws IOException {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IOException("Cannot make a key: " + e.getMessage(), e);
        }
    }

    private static BigInteger serial() {
        return new BigInteger(120, RANDOM);
    }

    private static X509v3CertificateBuilder builder(X500Name issuer, X500Name subject, PublicKey key, Duration life) {
        Instant now = Instant.now();
        Instant begin = life.isNegative() ? now.plus(life).minus(CLOCK_TOLERANCE) : now.minus(CLOCK_TOLERANCE);
        return new JcaX509v3CertificateBuilder(
                issuer, serial(), Date.from(begin), Date.from(now.plus(life)), subject, key);
    }

    private static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey signer)
            throws GeneralSecurityException, OperatorCreationException {
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder(SIGNATURE).build(signer)));
    }

    /// Writes `NAME.key` (readable by its owner only), `NAME.crt` and `ca.crt`.
    public static void write(Path folder, String name, Credentials credentials) throws IOException {
        new CredentialFiles(folder, name).write(credentials);
    }

    /// When to renew a certificate that an authority signed: at two thirds of its life.
    public static long renewAtMillis(X509Certificate certificate) {
        Instant begin = certificate.getNotBefore().toInstant().plus(CLOCK_TOLERANCE);
        Duration life = Duration.between(begin, certificate.getNotAfter().toInstant());
        return begin.plus(life.multipliedBy(2).dividedBy(3)).toEpochMilli();
    }

    /// Takes the authority over from another voter. It is refused unless it is the one that this node believes.
    public static void take(Path folder, Answers.Authority handed, X509Certificate believed) throws IOException {
        try {
            byte[] encoded = Base64.getDecoder().decode(handed.certificateBase64());
            if (!Arrays.equals(encoded, believed.getEncoded())) {
                throw new IOException("The authority that was handed over is not this cluster's");
            }
            PrivateKey key = KeyFactory.getInstance("EC")
                    .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(handed.keyBase64())));
            write(folder, "ca", new Credentials(key, believed, believed));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException("The authority that was handed over cannot be read: " + e.getMessage(), e);
        }
    }

    /// Deletes the authority's key: this node may not sign any more.
    public static void forget(Path folder) throws IOException {
        Files.deleteIfExists(folder.resolve("ca.key"));
    }
}
