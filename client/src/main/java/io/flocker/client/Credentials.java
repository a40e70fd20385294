package io.flocker.client;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// Who somebody is and whom they believe: a private key, its certificate and the cluster's authority, from three PEM
/// files in one folder (`NAME.key`, `NAME.crt`, `ca.crt`). Key and certificate may be renewed while they are in use.
public final class Credentials {
    private static final Pattern PEM = Pattern.compile("-----BEGIN ([A-Z ]+)-----([^-]+)-----END \\1-----");
    private static final char[] NO_PASSWORD = {};

    private final X509Certificate authority;
    private volatile Own own;
    private volatile @Nullable Shared shared;

    /// What is renewed, in one piece.
    private record Own(PrivateKey key, X509Certificate certificate, int generation) {}

    /// @param generation of the certificate that its sessions began with
    private record Shared(SSLContext context, int generation) {}

    public Credentials(PrivateKey key, X509Certificate certificate, X509Certificate authority) {
        this.authority = authority;
        own = new Own(key, certificate, 0);
    }

    /// The owner has a new key and certificate from now on. New connections of every listener and client made with
    /// these credentials use them.
    public synchronized void become(Credentials next) {
        Own before = own;
        own = new Own(next.key(), next.certificate(), before.generation + 1);
    }

    /// How often they were renewed.
    public int generation() {
        return own.generation;
    }

    /// Reads the files of `name` in `folder`.
    ///
    /// @throws IOException if one is missing or is not what it should be
    public static Credentials read(Path folder, String name) throws IOException {
        try {
            PrivateKey key = KeyFactory.getInstance("EC")
                    .generatePrivate(new PKCS8EncodedKeySpec(pem(folder.resolve(name + ".key"))));
            return new Credentials(
                    key, certificate(folder.resolve(name + ".crt")), certificate(folder.resolve("ca.crt")));
        } catch (GeneralSecurityException e) {
            throw new IOException(
                    "Cannot read the credentials of " + name + " in " + folder + ": " + e.getMessage(), e);
        }
    }

    private static X509Certificate certificate(Path file) throws IOException, GeneralSecurityException {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(pem(file)));
    }

    private static byte[] pem(Path file) throws IOException {
        Matcher matcher = PEM.matcher(Files.readString(file, StandardCharsets.US_ASCII));
        if (!matcher.find()) {
            throw new IOException(file + " holds no PEM block; make it anew with flocker init or flocker user");
        }
        return Base64.getMimeDecoder().decode(matcher.group(2));
    }

    public PrivateKey key() {
        return own.key;
    }

    public X509Certificate certificate() {
        return own.certificate;
    }

    public X509Certificate authority() {
        return authority;
    }

    /// The SHA-256 of a certificate, in hex.
    public static String hash(X509Certificate certificate) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IOException("Cannot read a certificate: " + e.getMessage(), e);
        }
    }

    /// The SHA-256 of a token's secret part, in hex.
    public static String hash(String secret) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            // Every JDK has it.
            throw new IllegalStateException(e);
        }
    }

    /// For both sides of a mutual TLS connection.
    public SSLContext context() throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(new X509ExtendedKeyManager[] {keyManager()}, new X509TrustManager[] {trustManager()}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("Cannot set up TLS: " + e.getMessage(), e);
        }
    }

    /// The same one until the certificate is renewed: a connection resumes the TLS session of one before it (RFC 8446,
    /// section 2.2), which costs less than a whole handshake.
    SSLContext sharedContext() throws IOException {
        Shared known = shared;
        int present = generation();
        if (known == null || known.generation() != present) {
            known = new Shared(context(), present);
            shared = known;
        }
        return known.context();
    }

    /// Shows the certificate that is current when a connection begins.
    public X509ExtendedKeyManager keyManager() throws IOException {
        var known = new AtomicReference<>(keys(own));
        return new CurrentKeys(() -> {
            Own present = own;
            return known.updateAndGet(keys -> keys.generation() == present.generation ? keys : renewed(keys, present));
        });
    }

    private CurrentKeys.Keys renewed(CurrentKeys.Keys former, Own present) {
        try {
            var only = new CurrentKeys.Keys(former.generation(), former.manager(), null);
            return new CurrentKeys.Keys(present.generation, keys(present).manager(), only);
        } catch (IOException e) {
            // The same kind of key worked when this was made.
            throw new UncheckedIOException(e);
        }
    }

    private CurrentKeys.Keys keys(Own shown) throws IOException {
        try {
            KeyStore store = empty();
            store.setKeyEntry("own", shown.key, NO_PASSWORD, new Certificate[] {shown.certificate, authority});
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, NO_PASSWORD);
            return new CurrentKeys.Keys(shown.generation, (X509ExtendedKeyManager) factory.getKeyManagers()[0], null);
        } catch (GeneralSecurityException e) {
            throw new IOException("Cannot use the private key: " + e.getMessage(), e);
        }
    }

    public X509TrustManager trustManager() throws IOException {
        try {
            KeyStore store = empty();
            store.setCertificateEntry("ca", authority);
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return (X509TrustManager) factory.getTrustManagers()[0];
        } catch (GeneralSecurityException e) {
            throw new IOException("Cannot use the authority's certificate: " + e.getMessage(), e);
        }
    }

    private static KeyStore empty() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        return store;
    }
}
