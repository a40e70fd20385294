package io.flocker.cli.compose.spec;

import io.flocker.cli.compose.text.Shown;
import io.flocker.cli.compose.text.Value;
import io.flocker.core.spec.Port;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Finds what two services of one file cannot both have: a published port on the same address, a host name, a name
/// inside the environment.
final class Clashes {
    private final Map<String, ServiceReader.Read> services;
    private final Map<String, Map<String, Owner>> ports = new HashMap<>();
    private final Map<String, String> hosts = new HashMap<>();

    /// Who has a published port on one address.
    private record Owner(String service, Value at) {}

    Clashes(Map<String, ServiceReader.Read> services) {
        this.services = services;
    }

    void complain() {
        services.forEach((name, read) -> {
            read.ports().forEach(published -> port(name, published));
            read.spec().http().hosts().forEach(host -> host(name, host, read.http()));
        });
    }

    private void port(String service, PortReader.Published published) {
        Port port = published.port();
        String number = port.published() + "/" + port.protocol();
        Map<String, Owner> owners = ports.computeIfAbsent(number, _ -> new HashMap<>());
        Optional<Owner> other = owners.entrySet().stream()
                .filter(it -> overlap(it.getKey(), port.hostAddress()))
                .map(Map.Entry::getValue)
                .findFirst();
        if (other.isPresent()) {
            published
                    .at()
                    .complain("publishes port " + port.published() + ", which services."
                            + Shown.word(other.get().service) + " publishes at "
                            + other.get().at.place() + " already; publish one of them on another port");
        } else {
            owners.put(port.hostAddress(), new Owner(service, published.at()));
        }
    }

    private static boolean overlap(String one, String other) {
        List<String> all = List.of("", "::");
        return one.equals(other) || all.contains(one) || all.contains(other);
    }

    private void host(String service, String host, Optional<Value> at) {
        String other = hosts.putIfAbsent(host, service);
        if (other != null) {
            at.ifPresent(it -> it.complainAtKey(
                    "has the host " + host + ", which services." + Shown.word(other) + " has already"));
        }
    }
}
