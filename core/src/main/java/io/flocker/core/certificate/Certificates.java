package io.flocker.core.certificate;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.model.HostCertificate;
import io.flocker.core.plan.RoutePlanner;
import io.flocker.core.plan.RoutingTable.Identity;
import io.flocker.core.spec.Port;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.pcollections.TreePMap;

/// Which certificate is shown for which host name. Users' go before the cluster's own, which only stand in; then one
/// that names the host goes before one with an asterisk, and one that lasts longer first.
///
/// What did not hold when the latest certificate was made goes last. The cluster makes one where no user's holds (any
/// more), so that this tells what has expired, and all nodes show the same without a look at their clocks.
public final class Certificates {
    private Certificates() {}

    /// The certificate to show for `host`; empty if there is none.
    public static Optional<HostCertificate> of(Collection<HostCertificate> certificates, String host) {
        long latest =
                certificates.stream().mapToLong(HostCertificate::atMillis).max().orElse(0);
        return certificates.stream()
                .filter(known -> known.covers(host))
                .max(Comparator.<HostCertificate, Boolean>comparing(known -> known.holds(latest))
                        .thenComparing(known -> !known.ofCluster())
                        .thenComparing(known -> known.hosts().contains(host))
                        .thenComparingLong(HostCertificate::endMillis)
                        .thenComparing(HostCertificate::name));
    }

    /// Where host names are reached: by TLS if there is a certificate, and no service publishes the port for it.
    public static List<String> urls(ClusterState state, List<String> hosts) {
        boolean taken = state.environments().values().stream()
                .flatMap(environment -> environment.application().services().values().stream())
                .flatMap(spec -> spec.ports().stream())
                .anyMatch(port -> port.published() == RoutePlanner.HTTPS_PORT
                        && port.protocol() == Port.Protocol.TCP
                        && port.hostAddress().isEmpty());
        return hosts.stream()
                .map(host -> {
                    boolean secure =
                            !taken && of(state.certificates().values(), host).isPresent();
                    return (secure ? "https://" : "http://") + host;
                })
                .toList();
    }

    /// What is shown for the host names that are served, by certificates' names. Where one with an asterisk is served,
    /// certificates may be for single names below it.
    public static List<Identity> shown(TreePMap<String, HostCertificate> certificates, Collection<String> served) {
        var hosts = new TreeSet<>(served);
        for (HostCertificate known : certificates.values()) {
            known.hosts().stream()
                    .filter(host -> served.contains(HostCertificate.above(host)))
                    .forEach(hosts::add);
        }
        var byName = new TreeMap<String, List<String>>();
        for (String host : hosts) {
            of(certificates.values(), host)
                    .ifPresent(shown -> byName.computeIfAbsent(shown.name(), _ -> new ArrayList<>())
                            .add(host));
        }
        return certificates.values().stream()
                .filter(known -> byName.containsKey(known.name()))
                .map(known -> new Identity(known, List.copyOf(byName.getOrDefault(known.name(), List.of()))))
                .toList();
    }
}
