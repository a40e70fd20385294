package io.flocker.cli.daemon;

import io.flocker.client.Credentials;
import io.flocker.client.FlockerClient;
import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests;
import io.flocker.control.ca.Authority;
import io.flocker.control.ca.CredentialFiles;
import java.io.IOException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.Base64;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Renews the node's certificate at two thirds of its life, with a new key. The former one holds until the next time,
/// so that a crash or a lost answer in between shuts nobody out: the node asks again.
final class Renewal {
    private static final Logger log = LoggerFactory.getLogger(Renewal.class);

    /// After a failure, so many tries are left until it expires.
    private static final long TRIES_LEFT = 100;

    private final CredentialFiles files;
    private final Credentials credentials;
    private final FlockerClient client;
    private String trouble = "";
    private long notBeforeMillis;

    Renewal(Installation installation, Credentials credentials, FlockerClient client) {
        files = new CredentialFiles(installation.nodeCredentials(), "node");
        this.credentials = credentials;
        this.client = client;
    }

    /// When the certificate expires.
    long endMillis() {
        return credentials.certificate().getNotAfter().toInstant().toEpochMilli();
    }

    /// Why it could not be renewed when it was due; empty for no trouble.
    String trouble() {
        return trouble;
    }

    void renewIfDue() throws InterruptedException {
        long now = System.currentTimeMillis();
        if (now < Authority.renewAtMillis(credentials.certificate()) || now < notBeforeMillis) {
            return;
        }
        try {
            renew();
            trouble = "";
        } catch (IOException e) {
            trouble = String.valueOf(e.getMessage());
            notBeforeMillis = now + Math.max(1_000, (endMillis() - now) / TRIES_LEFT);
            log.atWarn().addKeyValue("reason", trouble).log("The node's certificate could not be renewed");
        }
    }

    private void renew() throws IOException, InterruptedException {
        KeyPair pair = Authority.pair();
        Answers.Certificate answer = client.post(
                "/v2/agent/certificate",
                new Requests.Renew(
                        Base64.getEncoder().encodeToString(pair.getPublic().getEncoded())),
                Answers.Certificate.class);
        X509Certificate certificate = Join.certificate(answer.certificateBase64());
        var next = new Credentials(pair.getPrivate(), certificate, credentials.authority());
        files.write(next);
        credentials.become(next);
        log.atInfo()
                .addKeyValue("until", certificate.getNotAfter().toInstant())
                .log("The node's certificate was renewed");
    }
}
