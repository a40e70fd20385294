package io.flocker.cli.compose.spec;

import io.flocker.cli.compose.text.Nearest;
import io.flocker.cli.compose.text.Section;
import io.flocker.cli.compose.text.Shown;
import io.flocker.cli.compose.text.Value;
import io.flocker.cli.compose.unit.Names;
import io.flocker.core.spec.ServiceSpec.Condition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.pcollections.TreePMap;

/// What services need of each other: `depends_on`, `links` and `network_mode: service:…`. Read for all services before
/// any of them is, because they tell about the service at the other end too: further names for it, and whether it is a
/// task that others wait for.
final class Dependencies {
    private static final String SERVICE = "service:";

    private final Map<String, Section> services;
    private final Map<String, List<String>> inactive;
    private final Map<String, Map<String, Wait>> waits = new TreeMap<>();
    private final Map<String, SortedSet<String>> aliases = new HashMap<>();
    private final Map<String, String> networkModes = new HashMap<>();

    /// That one service waits for another, and where the file says so.
    private record Wait(Condition condition, Value at) {}

    /// @param services by name
    /// @param inactive the services left out, with the profiles they need
    Dependencies(Map<String, Section> services, Map<String, List<String>> inactive) {
        this.services = services;
        this.inactive = inactive;
        services.forEach((name, section) -> {
            waits.put(name, new TreeMap<>());
            section.items("links").forEach(link -> link(name, link));
            networkModes.put(name, networkMode(name, section));
            section.entries("depends_on").forEach((other, value) -> dependsOn(name, other, value));
        });
        complainOfCircle();
    }

    TreePMap<String, Condition> of(String service) {
        var conditions = new TreeMap<String, Condition>();
        waits.getOrDefault(service, Map.of()).forEach((other, wait) -> conditions.put(other, wait.condition));
        return TreePMap.from(conditions);
    }

    /// Complains of services that wait for the health of one that says it has no health check.
    void complainOfNoHealth(Predicate<String> withoutCheck) {
        waits.values()
                .forEach(others -> others.forEach((other, wait) -> {
                    if (wait.condition == Condition.HEALTHY && withoutCheck.test(other)) {
                        wait.at.complainAtKey("waits for " + Shown.word(other)
                                + " to become healthy, whose health check is" + " switched off; use service_started");
                    }
                }));
    }

    /// Complains of services that wait for what does not run by itself.
    void complainOfJobs(Predicate<String> isJob) {
        waits.values()
                .forEach(others -> others.forEach((other, wait) -> {
                    if (isJob.test(other)) {
                        wait.at.complainAtKey("waits for " + Shown.word(other)
                                + ", which is a job (x-flocker.job) that nothing runs by itself; take away one or the"
                                + " other");
                    }
                }));
    }

    /// Whether another service waits for this one to end.
    boolean isTask(String service) {
        return waits.values().stream()
                .map(it -> it.get(service))
                .anyMatch(wait -> wait != null && wait.condition == Condition.COMPLETED);
    }

    /// The further names that links give a service.
    SortedSet<String> aliases(String service) {
        return aliases.getOrDefault(service, new TreeSet<>());
    }

    /// As in [io.flocker.core.spec.Sandbox#networkMode].
    String networkMode(String service) {
        return networkModes.getOrDefault(service, "");
    }

    private void dependsOn(String name, String other, Value value) {
        if (!value.isMap()) {
            value.complain("must be a map such as {condition: service_healthy}");
            return;
        }
        Section dependency = value.section("a dependency");
        String condition =
                dependency.oneOf("condition", "service_started", "service_healthy", "service_completed_successfully");
        boolean required = dependency.get("required").map(Value::flag).orElse(true);
        dependency
                .get("restart")
                .filter(Value::flag)
                .ifPresent(it -> it.note("has no effect: an upgrade of " + Shown.word(other)
                        + " does not restart this service, which reconnects through HAProxy"));
        dependency.end();
        if (required || services.containsKey(other)) {
            add(name, other, conditionOf(condition), value);
        }
    }

    private static Condition conditionOf(String condition) {
        return switch (condition) {
            case "service_healthy" -> Condition.HEALTHY;
            case "service_completed_successfully" -> Condition.COMPLETED;
            default -> Condition.STARTED;
        };
    }

    private void link(String name, Value link) {
        Optional<String> text = link.word();
        if (text.isEmpty()) {
            return;
        }
        String[] parts = text.get().split(":", 2);
        add(name, parts[0], Condition.STARTED, link);
        if (parts.length == 2 && !parts[1].equals(parts[0])) {
            if (!Names.host(parts[1])) {
                link.complain("gives a name that is no host name: \"" + Shown.word(parts[1]) + "\"");
            } else if (services.containsKey(parts[1])) {
                link.complain("calls " + Shown.word(parts[0]) + " \"" + Shown.word(parts[1])
                        + "\", which is the name of another service");
            }
            aliases.computeIfAbsent(parts[0], _ -> new TreeSet<>()).add(parts[1]);
        }
    }

    private String networkMode(String name, Section section) {
        Optional<Value> value = section.get("network_mode");
        String mode = value.flatMap(Value::text).orElse("");
        if (mode.startsWith(SERVICE)) {
            value.ifPresent(it -> add(name, mode.substring(SERVICE.length()), Condition.STARTED, it));
            return mode;
        }
        return switch (mode) {
            case "host", "none" -> mode;
            case "", "bridge", "default" -> "";
            default -> {
                value.ifPresent(it -> it.complain("must be host, none or service:NAME, not \"" + Shown.word(mode)
                        + "\"; by default the services of an environment share its network"));
                yield "";
            }
        };
    }

    private void add(String name, String other, Condition condition, Value at) {
        if (other.equals(name)) {
            at.complain("makes the service depend on itself");
        } else if (inactive.containsKey(other)) {
            at.complain("needs the service \"" + Shown.word(other) + "\", which is not active; activate one of its"
                    + " profiles: " + Shown.line(String.join(", ", inactive.get(other))));
        } else if (services.containsKey(other)) {
            waits.getOrDefault(name, new HashMap<>()).put(other, new Wait(condition, at));
        } else {
            at.complain("needs the service \"" + Shown.word(other) + "\", which does not exist"
                    + Nearest.hint(other, services.keySet()));
        }
    }

    /// Takes away services that wait for none of those left until there are none such; then every one left waits for
    /// another one left, and following them leads into a circle.
    private void complainOfCircle() {
        Map<String, Map<String, Wait>> left = new TreeMap<>(waits);
        boolean smaller = true;
        while (smaller) {
            smaller = left.entrySet()
                    .removeIf(entry -> entry.getValue().keySet().stream().noneMatch(left::containsKey));
        }
        if (left.isEmpty()) {
            return;
        }
        var path = new ArrayList<String>();
        String at = left.keySet().iterator().next();
        while (!path.contains(at)) {
            path.add(at);
            at = next(left, at);
        }
        List<String> circle = new ArrayList<>(path.subList(path.indexOf(at), path.size()));
        circle.add(at);
        Wait wait = waits.getOrDefault(at, Map.of()).get(circle.get(1));
        if (wait != null) {
            String names = Shown.line(String.join(" -> ", circle));
            wait.at.complaints().add(wait.at.key(), "services depend on each other in a circle: " + names);
        }
    }

    private static String next(Map<String, Map<String, Wait>> left, String at) {
        return left.getOrDefault(at, Map.of()).keySet().stream()
                .filter(left::containsKey)
                .findFirst()
                .orElse(at);
    }
}
