package io.flocker.cli.compose.spec;

import io.flocker.cli.compose.text.Nearest;
import io.flocker.cli.compose.text.Section;
import io.flocker.cli.compose.text.Shown;
import io.flocker.cli.compose.text.Value;
import io.flocker.cli.compose.unit.Names;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Reads networks. All services of an environment share one network, so that of a service's networks only the aliases
/// count; where networks would have kept services apart, a note says that they do not.
final class NetworkReader {
    private static final String DEFAULT = "default";
    private static final String NO_ADDRESS =
            "services reach each other by name; use the service's name instead of an address";
    private static final Map<String, String> REFUSED = Map.of(
            "ipv4_address", NO_ADDRESS,
            "ipv6_address", NO_ADDRESS,
            "link_local_ips", NO_ADDRESS,
            "mac_address", "containers get theirs from the Docker Engine; remove it");
    private static final Set<String> OTHER_DRIVERS = Set.of("host", "none", "macvlan", "ipvlan");

    private final Optional<Value> networks;
    private final Set<String> declared = new TreeSet<>();
    private final Map<String, Set<String>> attached = new TreeMap<>();

    /// Reads `networks` of a document.
    NetworkReader(Section document) {
        this.networks = document.get("networks");
        declared.add(DEFAULT);
        networks.map(Value::entries).orElse(Map.of()).forEach(this::declare);
    }

    private void declare(String name, Value value) {
        if (!Names.valid(name)) {
            value.complainAtKey("cannot be the name of a network: " + Names.RULE);
        }
        declared.add(name);
        Section network = value.section("a network");
        String driver = network.text("driver");
        if (OTHER_DRIVERS.contains(driver)) {
            network.get("driver")
                    .ifPresent(it -> it.complain("cannot be " + driver
                            + ": services share their environment's network; or use network_mode: host"));
        }
        network.get("external")
                .filter(it -> it.isMap() || it.flag())
                .ifPresent(it -> it.note(
                        "has no effect: services share their environment's network; services of other environments are"
                                + " reached through their published ports or host names"));
        network.get("internal")
                .filter(Value::flag)
                .ifPresent(it -> it.note("has no effect: the network is not cut off" + " from the outside"));
        for (String key :
                new String[] {"driver_opts", "ipam", "enable_ipv6", "enable_ipv4", "labels", "attachable", "name"}) {
            network.note(key, "has no effect: services share their environment's network");
        }
        network.end();
    }

    /// The aliases that a service's networks give it.
    SortedSet<String> aliases(String name, Section service, String networkMode) {
        var aliases = new TreeSet<String>();
        Optional<Value> own = service.get("networks");
        if (own.isPresent() && service.get("network_mode").isPresent()) {
            own.get().complainAtKey("and network_mode exclude each other; remove one of them");
        }
        Map<String, Value> entries = own.map(Value::entries).orElse(Map.of());
        entries.forEach((network, value) -> {
            if (!declared.contains(network)) {
                value.complainAtKey(
                        "uses a network that is not declared under networks" + Nearest.hint(network, declared));
            }
            if (!value.isNull()) {
                aliases.addAll(attachment(value));
            }
        });
        if (networkMode.isEmpty()) {
            attached.put(name, entries.isEmpty() ? Set.of(DEFAULT) : Set.copyOf(entries.keySet()));
        }
        return aliases;
    }

    private static Set<String> attachment(Value value) {
        Section section = value.section("a service's network");
        section.refuse(REFUSED);
        var aliases = new TreeSet<String>();
        for (Value item : section.items("aliases")) {
            item.word().ifPresent(alias -> {
                if (!Names.host(alias)) {
                    item.complain("is not a host name: \"" + Shown.word(alias) + "\"");
                }
                aliases.add(alias);
            });
        }
        for (String key : new String[] {"priority", "gw_priority", "interface_name", "driver_opts"}) {
            section.note(key, "has no effect: services share their environment's network");
        }
        section.end();
        return aliases;
    }

    /// Says so if two services were meant not to reach each other.
    void noteSeparation() {
        Collection<Set<String>> different = Set.copyOf(attached.values());
        boolean apart = different.stream()
                .anyMatch(one -> different.stream().anyMatch(other -> Collections.disjoint(one, other)));
        if (apart) {
            networks.ifPresent(
                    it -> it.note("do not keep services apart: all services of an environment share one" + " network"));
        }
    }
}
