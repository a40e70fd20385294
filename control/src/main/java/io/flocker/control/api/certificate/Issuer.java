package io.flocker.control.api.certificate;

import io.flocker.client.Credentials;
import io.flocker.control.api.Decisions;
import io.flocker.control.api.Refusal;
import io.flocker.control.ca.Authority;
import io.flocker.control.lead.ControlPlane;
import io.flocker.control.log.ClusterLog;
import io.flocker.core.certificate.CertificatePlanner;
import io.flocker.core.certificate.CertificatePlanner.Due;
import io.flocker.core.cluster.Command;
import io.flocker.core.model.HostCertificate;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes certificates for the host names that the cluster serves, while this node leads: as soon as a deployment is
/// decided, so that they are there before its instances are. One thread.
public final class Issuer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Issuer.class);

    /// At the latest so long after a decision.
    private static final long PERIOD_MILLIS = 100;

    /// Those that expire are looked for this often.
    private static final long RENEWAL_MILLIS = 60_000;

    /// After a failure.
    private static final long PAUSE_MILLIS = 5_000;

    private final Decisions decisions;
    private final Thread thread;
    private long seenVersion = -1;
    private long lookedNanos;
    private volatile boolean closed;

    public Issuer(Decisions decisions) {
        this.decisions = decisions;
        thread = Thread.ofVirtual().name("issuer").start(this::run);
    }

    private void run() {
        while (!closed) {
            try {
                Thread.sleep(PERIOD_MILLIS);
                look(System.currentTimeMillis());
            } catch (InterruptedException e) {
                return;
            } catch (IOException | Refusal | RuntimeException e) {
                log.atWarn().addKeyValue("reason", e.getMessage()).log("Making certificates goes on later");
                seenVersion = -1;
                pause();
            }
        }
    }

    private void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            closed = true;
        }
    }

    private void look(long nowMillis) throws IOException, InterruptedException, Refusal {
        Optional<ControlPlane> plane =
                decisions.plane().filter(here -> here.log().leads() != ClusterLog.NOT);
        if (plane.isEmpty()) {
            seenVersion = -1;
            return;
        }
        var state = decisions.state();
        long sinceMillis = (System.nanoTime() - lookedNanos) / 1_000_000;
        if (state.version() == seenVersion && sinceMillis < RENEWAL_MILLIS) {
            return;
        }
        seenVersion = state.version();
        lookedNanos = System.nanoTime();
        Due due = CertificatePlanner.due(state, nowMillis);
        if (due.nothing()) {
            return;
        }
        List<HostCertificate> made = new ArrayList<>();
        for (String host : due.make()) {
            made.add(made(plane.get().authority(), host, nowMillis));
        }
        decisions.decide(new Command.KeepCertificates(nowMillis, made, due.forget()));
        log.atInfo()
                .addKeyValue("made", due.make())
                .addKeyValue("forgotten", due.forget())
                .log("The cluster's certificates follow its host names");
    }

    private static HostCertificate made(Authority authority, String host, long nowMillis) throws IOException {
        Credentials credentials = authority.host(host);
        var certificate = credentials.certificate();
        return new HostCertificate(
                HostCertificate.ownFor(host),
                List.of(host),
                Pem.chain(List.of(certificate)),
                Pem.of("PRIVATE KEY", credentials.key().getEncoded()),
                Pem.issuer(certificate),
                Credentials.hash(certificate),
                certificate.getNotBefore().toInstant().toEpochMilli(),
                certificate.getNotAfter().toInstant().toEpochMilli(),
                "cluster",
                nowMillis);
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
