package io.flocker.cli.daemon;

import io.flocker.cli.Flocker;
import io.flocker.client.ApiException;
import io.flocker.client.Credentials;
import io.flocker.client.FlockerClient;
import io.flocker.client.Invitation;
import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests;
import io.flocker.control.ca.Authority;
import io.flocker.control.log.Generation;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.pcollections.TreePMap;

/// Makes this machine a node of a cluster that is there: asks for a certificate with a token, writes it down. Nothing
/// runs yet.
final class Join {
    private Join() {}

    /// @param voter whether it is to be a member of the log
    static void join(
            Installation installation,
            NodeSettings settings,
            TreePMap<String, String> labels,
            Invitation invitation,
            boolean voter)
            throws IOException, InterruptedException {
        Init.refuseUnlessNew(installation, settings.name());
        KeyPair pair = Authority.pair();
        var request = new Requests.Join(
                invitation.id(),
                invitation.secret(),
                settings.name(),
                settings.address(),
                labels,
                Flocker.version(),
                Base64.getEncoder().encodeToString(pair.getPublic().getEncoded()),
                System.currentTimeMillis(),
                voter);
        Answers.Joined joined = ask(invitation, request);
        Authority.write(
                installation.nodeCredentials(),
                "node",
                new Credentials(
                        pair.getPrivate(),
                        certificate(joined.certificateBase64()),
                        certificate(joined.authorityBase64())));
        Init.settle(
                installation,
                settings.controlledBy(joined.apis().stream().map(URI::create).toList(), Generation.FIRST),
                labels);
    }

    /// Asks the nodes that the token names, one after the other, until one answers.
    private static Answers.Joined ask(Invitation invitation, Requests.Join request)
            throws IOException, InterruptedException {
        List<String> failures = new ArrayList<>();
        for (URI api : invitation.apis()) {
            try (FlockerClient client = FlockerClient.stranger(api, invitation.authority())) {
                return client.post("/v2/join", request, Answers.Joined.class);
            } catch (ApiException e) {
                throw e;
            } catch (IOException e) {
                failures.add(String.valueOf(e.getMessage()));
            }
        }
        throw new IOException("No node of the cluster let this machine in: " + String.join("; ", failures));
    }

    static X509Certificate certificate(String base64) throws IOException {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(
                            new ByteArrayInputStream(Base64.getDecoder().decode(base64)));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException("The cluster's answer holds no certificate: " + e.getMessage(), e);
        }
    }
}
