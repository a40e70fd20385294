package io.flocker.core.branch;

import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.Port;
import io.flocker.core.spec.ServiceSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.pcollections.TreePMap;

/// What only one environment can have, and a branch therefore has otherwise: host names by a template, and other
/// published ports. A branch keeps the ports it has once been given.
///
/// @param template for host names: `{service}`, `{environment}` and `{host}` stand for the service, the branch and the
///     origin's host name
/// @param ports the branch's published ports, by the origin's as [#key] names them
public record Doors(String template, TreePMap<String, Integer> ports) {
    /// Where ports are given out: as Kubernetes does for its node ports, below those the kernel takes for outgoing
    /// connections.
    public static final int FIRST_PORT = 30_000;

    public static final int LAST_PORT = 32_767;

    /// `alice.shop.example.com` for `shop.example.com`.
    public static final String BY_ENVIRONMENT = "{environment}.{host}";

    private static final String WILD = "*.";

    private static String key(Port port) {
        String address = port.hostAddress().isEmpty() ? "" : port.hostAddress() + ":";
        return address + port.published() + "/" + (port.protocol() == Port.Protocol.TCP ? "tcp" : "udp");
    }

    /// The same with a port for each that `application` publishes.
    ///
    /// @param taken published ports that are not free
    /// @throws IllegalArgumentException if there are not enough free ones
    public Doors given(ApplicationSpec application, Set<Integer> taken) {
        TreePMap<String, Integer> given = ports;
        int next = FIRST_PORT;
        for (ServiceSpec service : application.services().values()) {
            for (Port port : service.ports()) {
                if (given.containsKey(key(port))) {
                    continue;
                }
                while (taken.contains(next) || given.containsValue(next)) {
                    next++;
                }
                if (next > LAST_PORT) {
                    throw new IllegalArgumentException("There is no free port left for port " + port.published()
                            + ": all of " + FIRST_PORT + " to " + LAST_PORT + " are published");
                }
                given = given.plus(key(port), next);
            }
        }
        return new Doors(template, given);
    }

    /// The application of a branch.
    ///
    /// @param environment the branch's name
    public ApplicationSpec through(ApplicationSpec application, String environment) {
        ApplicationSpec next = application;
        for (var entry : application.services().entrySet()) {
            ServiceSpec service = entry.getValue();
            List<Port> published = new ArrayList<>();
            for (Port port : service.ports()) {
                published.add(port.publishedAt(ports.getOrDefault(key(port), port.published())));
            }
            List<String> hosts = service.http().hosts().stream()
                    .map(host -> host(host, entry.getKey(), environment))
                    .distinct()
                    .toList();
            next = next.with(
                    entry.getKey(),
                    service.with(List.copyOf(published), service.http().at(hosts)));
        }
        return next;
    }

    private String host(String host, String service, String environment) {
        boolean wild = host.startsWith(WILD);
        String named = template.replace("{service}", label(service))
                .replace("{environment}", label(environment))
                .replace("{host}", wild ? host.substring(WILD.length()) : host);
        return wild ? WILD + named : named;
    }

    /// A name as part of a host name: those have no underscores.
    private static String label(String name) {
        return name.replace('_', '-').toLowerCase(Locale.ROOT);
    }
}
