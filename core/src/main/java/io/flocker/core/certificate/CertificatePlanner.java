package io.flocker.core.certificate;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.model.Environment;
import io.flocker.core.model.HostCertificate;
import io.flocker.core.spec.ServiceSpec;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Which certificates the cluster is to make by itself: one for each host name that it serves and that no user's
/// certificate holds for. Pure; whoever has the authority's key signs.
public final class CertificatePlanner {
    /// Made at once at most; the next look makes the next ones.
    public static final int AT_ONCE = 50;

    /// Below this, names are for nodes, who would believe a certificate with one of them.
    private static final String MESH = ".mesh";

    private CertificatePlanner() {}

    /// What is due.
    ///
    /// @param make host names that need a certificate by the cluster now
    /// @param forget names of the cluster's certificates that nobody needs
    public record Due(List<String> make, List<String> forget) {
        public boolean nothing() {
            return make.isEmpty() && forget.isEmpty();
        }
    }

    public static Due due(ClusterState state, long nowMillis) {
        var needed = new TreeSet<String>();
        Set<String> hosts = served(state);
        // One that has expired would be shown for a name of its own below one that is served with an asterisk.
        state.certificates().values().stream()
                .filter(known -> !known.ofCluster() && !known.holds(nowMillis))
                .flatMap(known -> known.hosts().stream())
                .filter(host -> hosts.contains(HostCertificate.above(host)))
                .toList()
                .forEach(hosts::add);
        for (String host : hosts) {
            List<HostCertificate> users = state.certificates().values().stream()
                    .filter(known -> !known.ofCluster() && known.covers(host))
                    .toList();
            // Where one has expired, one of the cluster's tells all nodes so, although another of the user's holds.
            if (users.isEmpty() || users.stream().anyMatch(known -> !known.holds(nowMillis))) {
                needed.add(host);
            }
        }
        List<String> make = needed.stream()
                .filter(host -> Optional.ofNullable(state.certificates().get(HostCertificate.ownFor(host)))
                        .filter(own -> nowMillis < own.renewAtMillis())
                        .isEmpty())
                .limit(AT_ONCE)
                .toList();
        List<String> forget = state.certificates().values().stream()
                .filter(known -> known.ofCluster() && known.hosts().stream().noneMatch(needed::contains))
                .map(HostCertificate::name)
                .toList();
        return new Due(make, forget);
    }

    /// The host names of everything that runs or is about to, but for those that nodes have among themselves.
    private static Set<String> served(ClusterState state) {
        var served = new TreeSet<String>();
        for (Environment environment : state.environments().values()) {
            Stream<ServiceSpec> running =
                    environment.services().values().stream().map(service -> service.spec());
            Stream.concat(environment.application().services().values().stream(), running)
                    .forEach(spec -> served.addAll(spec.http().hosts()));
        }
        served.removeIf(host -> host.endsWith(MESH)
                || host.equals("localhost")
                || state.nodes().values().stream()
                        .anyMatch(node ->
                                node.name().equals(host) || node.address().equals(host)));
        return served;
    }
}
