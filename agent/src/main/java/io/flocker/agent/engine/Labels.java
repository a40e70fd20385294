package io.flocker.agent.engine;

import io.flocker.core.lease.Tenure;
import io.flocker.core.plan.Assignment.WantedInstance;
import io.flocker.core.spec.Port;
import io.flocker.core.spec.ServiceSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// How our containers and networks are known again among others: by labels, which survive everything.
final class Labels {
    static final String ENVIRONMENT = "io.flocker.environment";
    static final String SERVICE = "io.flocker.service";
    static final String SLOT = "io.flocker.slot";
    static final String RELEASE = "io.flocker.release";
    static final String RESTARTS = "io.flocker.restarts";
    static final String PORTS = "io.flocker.ports";
    static final String HTTP = "io.flocker.http";
    static final String TENURES = "io.flocker.tenures";
    static final String SUBNET = "io.flocker.subnet";

    private Labels() {}

    /// Which instance a container is.
    ///
    /// @param ports TCP ports it should listen on, separated by commas; empty for none
    /// @param http one of them that is asked whether it is well; empty for none
    /// @param tenures that it was made under
    record Identity(
            String environment,
            String service,
            int slot,
            int release,
            long restarts,
            String ports,
            String http,
            List<Tenure> tenures) {
        /// Whose labels cannot be read.
        static Identity unknown(String container) {
            return new Identity("", container, 0, 0, 0, "", "", List.of());
        }

        String key() {
            return environment + "/" + service + "." + slot;
        }
    }

    /// The labels of an instance's container.
    ///
    /// @param ports to look at to see whether it listens
    static Map<String, String> of(WantedInstance instance, List<Integer> ports, List<Tenure> tenures) {
        Map<String, String> labels = new LinkedHashMap<>(instance.spec().labels());
        labels.put(ENVIRONMENT, instance.environment());
        labels.put(SERVICE, instance.service());
        labels.put(SLOT, Integer.toString(instance.slot()));
        labels.put(RELEASE, Integer.toString(instance.release()));
        labels.put(RESTARTS, Long.toString(instance.restarts()));
        if (!tenures.isEmpty()) {
            labels.put(TENURES, tenures.stream().map(Tenure::toString).collect(Collectors.joining(" ")));
        }
        httpPort(instance.spec()).ifPresent(port -> labels.put(HTTP, Integer.toString(port)));
        labels.put(PORTS, ports.stream().map(String::valueOf).collect(Collectors.joining(",")));
        return labels;
    }

    /// A service that says how its health is checked, or that it is not, is not asked.
    private static Optional<Integer> httpPort(ServiceSpec spec) {
        return spec.healthCheck().isPresent()
                ? Optional.empty()
                : spec.containerPorts().stream()
                        .filter(port -> spec.mode(port) == Port.Mode.HTTP)
                        .findFirst();
    }

    /// The tenures that a container was made under.
    static List<Tenure> tenures(@Nullable Map<String, String> labels) {
        String text = labels == null ? "" : labels.getOrDefault(TENURES, "");
        return text.isEmpty()
                ? List.of()
                : Stream.of(text.split(" ", -1)).map(Tenure::of).toList();
    }

    /// Empty if the labels are not ours, or not readable.
    static Optional<Identity> read(Map<String, String> labels) {
        String environment = labels.get(ENVIRONMENT);
        String service = labels.get(SERVICE);
        if (environment == null || service == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Identity(
                    environment,
                    service,
                    Integer.parseInt(labels.getOrDefault(SLOT, "")),
                    Integer.parseInt(labels.getOrDefault(RELEASE, "")),
                    Long.parseLong(labels.getOrDefault(RESTARTS, "")),
                    labels.getOrDefault(PORTS, ""),
                    labels.getOrDefault(HTTP, ""),
                    tenures(labels)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
