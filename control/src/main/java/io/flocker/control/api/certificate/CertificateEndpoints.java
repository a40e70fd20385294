package io.flocker.control.api.certificate;

import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests;
import io.flocker.client.api.Status;
import io.flocker.control.api.Call;
import io.flocker.control.api.Decisions;
import io.flocker.control.api.Endpoint;
import io.flocker.core.access.Right;
import io.flocker.core.certificate.Certificates;
import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.model.HostCertificate;
import java.util.List;

/// Certificates of host names, and the authority that signs the cluster's own.
public final class CertificateEndpoints {
    private final Decisions decisions;

    public CertificateEndpoints(Decisions decisions) {
        this.decisions = decisions;
    }

    public List<Endpoint> list() {
        return List.of(
                new Endpoint(
                        "GET",
                        "/v2/certificates",
                        Right.READ,
                        "All certificates of host names, without their keys.",
                        List.of(),
                        Void.class,
                        Answers.Certificates.class,
                        _ -> all()),
                new Endpoint(
                        "POST",
                        "/v2/certificates",
                        Right.OPERATE,
                        "Adds a certificate for host names, or replaces the one of the same name. Connections stay.",
                        List.of("dryRun: only check it, and tell what would change"),
                        Requests.AddCertificate.class,
                        Answers.Change.class,
                        this::add),
                new Endpoint(
                        "DELETE",
                        "/v2/certificates/{certificate}",
                        Right.OPERATE,
                        "Removes a certificate. The cluster's own takes its place.",
                        List.of("dryRun: only tell what would change"),
                        Void.class,
                        Answers.Change.class,
                        this::delete),
                new Endpoint(
                        "GET",
                        "/v2/authority",
                        Right.READ,
                        "The certificate of the cluster's authority, for those who are to believe what it signs.",
                        List.of(),
                        Void.class,
                        Answers.PublicAuthority.class,
                        _ -> authority()));
    }

    private Object all() {
        ClusterState state = decisions.state();
        return new Answers.Certificates(state.certificates().values().stream()
                .map(known -> shown(state, known))
                .toList());
    }

    private static Status.Certificate shown(ClusterState state, HostCertificate known) {
        List<String> serves = state.environments().values().stream()
                .flatMap(environment -> environment.application().services().entrySet().stream()
                        .filter(service -> service.getValue().http().hosts().stream()
                                .anyMatch(host -> Certificates.of(
                                                state.certificates().values(), host)
                                        .filter(known::equals)
                                        .isPresent()))
                        .map(service -> environment.name() + "/" + service.getKey()))
                .toList();
        return new Status.Certificate(
                known.name(),
                known.hosts(),
                known.ofCluster(),
                known.issuer(),
                known.hash(),
                known.beginMillis(),
                known.endMillis(),
                known.by(),
                known.atMillis(),
                serves);
    }

    private Object add(Call call) throws Exception {
        Requests.AddCertificate request = call.body(Requests.AddCertificate.class);
        long now = System.currentTimeMillis();
        var submitted = SubmittedCertificate.of(request.certificatePem(), request.keyPem(), now);
        String name = request.name().isEmpty() ? submitted.hosts().getFirst() : request.name();
        var certificate = new HostCertificate(
                name,
                submitted.hosts(),
                submitted.chainPem(),
                submitted.keyPem(),
                submitted.issuer(),
                submitted.hash(),
                submitted.chain().getFirst().getNotBefore().toInstant().toEpochMilli(),
                submitted.chain().getFirst().getNotAfter().toInstant().toEpochMilli(),
                call.by(),
                now);
        boolean known = decisions.state().certificates().containsKey(name);
        String change = (known ? "~" : "+") + " certificate " + name + " by " + certificate.issuer() + " for "
                + String.join(", ", certificate.hosts());
        return decisions.change(call, new Command.AddCertificate(call.by(), now, certificate), List.of(change));
    }

    private Object delete(Call call) throws Exception {
        String name = call.path("certificate");
        var command = new Command.DeleteCertificate(call.by(), System.currentTimeMillis(), name);
        return decisions.change(call, command, List.of("- certificate " + name));
    }

    private Object authority() throws Exception {
        return new Answers.PublicAuthority(
                Pem.chain(List.of(decisions.here().authority().certificate())));
    }
}
