package io.flocker.client;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/// Believes a server whose certificate was signed by the one authority that is known by its hash, and that shows that
/// authority's certificate. For a machine that has no credentials yet; times are not checked, as its clock may be
/// wrong and it is to be told so.
final class PinnedTrust extends X509ExtendedTrustManager {
    private final String authority;
    private final boolean strict;

    private PinnedTrust(String authority, boolean strict) {
        this.authority = authority;
        this.strict = strict;
    }

    /// For a machine that joins.
    ///
    /// @param authority as in [Invitation#authority]
    static SSLContext context(String authority) throws IOException {
        return context(new PinnedTrust(authority, false));
    }

    /// For whoever shows a token to the server: it must be a node, by a certificate that has not expired.
    ///
    /// @param authority as in [Login#authority]
    static SSLContext nodes(String authority) throws IOException {
        return context(new PinnedTrust(authority, true));
    }

    private static SSLContext context(PinnedTrust trust) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(null, new TrustManager[] {trust}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("Cannot set up TLS: " + e.getMessage(), e);
        }
    }

    private void check(X509Certificate[] chain) throws CertificateException {
        try {
            if (chain.length < 2 || !Credentials.hash(chain[chain.length - 1]).equals(authority)) {
                throw new CertificateException("the server belongs to another cluster than the token; "
                        + (strict
                                ? "ask an admin of that one for a token: flocker user token NAME"
                                : "make one on a node of the cluster that this machine is to join: flocker"
                                        + " token create"));
            }
            chain[0].verify(chain[chain.length - 1].getPublicKey());
            if (strict) {
                chain[0].checkValidity();
                if (Identity.of(chain).filter(Identity::isNode).isEmpty()) {
                    throw new CertificateException("the server is not a node of the cluster");
                }
            }
        } catch (CertificateException e) {
            throw e;
        } catch (GeneralSecurityException | IOException e) {
            throw new CertificateException("the server's certificate was not signed by its cluster", e);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
        check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        throw new CertificateException("this side is no server");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        throw new CertificateException("this side is no server");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
        throw new CertificateException("this side is no server");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
