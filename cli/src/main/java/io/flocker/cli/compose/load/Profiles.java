package io.flocker.cli.compose.load;

import io.flocker.cli.compose.text.Complaints;
import io.flocker.cli.compose.text.Nearest;
import io.flocker.cli.compose.text.Shown;
import io.flocker.cli.compose.text.Value;
import io.flocker.cli.compose.text.Yaml;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Leaves out the services whose `profiles` are not active. A service without profiles is always in; one that was
/// asked for by name activates its own profiles.
public final class Profiles {
    private static final String ALL = "*";

    private Profiles() {}

    /// What remains of a project.
    ///
    /// @param project its tree, of active services only
    /// @param inactive for each service left out, its profiles
    public record Active(Yaml.Entries project, Map<String, List<String>> inactive) {}

    public static Active of(Yaml.Entries project, Set<String> active, Set<String> services, Complaints complaints) {
        Yaml.Entry entry = project.entries().get("services");
        if (entry == null || !(entry.value() instanceof Yaml.Entries all)) {
            return new Active(project, Map.of());
        }
        for (String service : services) {
            if (!all.entries().containsKey(service)) {
                complaints.add(
                        entry.place(),
                        "there is no service \"" + Shown.word(service) + "\""
                                + Nearest.hint(service, all.entries().keySet()));
            }
        }
        Map<String, List<String>> profiles = profiles(all, complaints);
        Set<String> wanted = new HashSet<>(active);
        services.forEach(service -> wanted.addAll(profiles.getOrDefault(service, List.of())));
        var kept = new LinkedHashMap<String, Yaml.Entry>();
        var inactive = new HashMap<String, List<String>>();
        all.entries().forEach((name, service) -> {
            List<String> own = profiles.getOrDefault(name, List.of());
            if (own.isEmpty() || wanted.contains(ALL) || own.stream().anyMatch(wanted::contains)) {
                kept.put(name, service);
            } else {
                inactive.put(name, own);
            }
        });
        var remaining = new Yaml.Entries(all.place(), all.tag(), kept);
        return new Active(project.with("services", new Yaml.Entry(entry.place(), remaining)), inactive);
    }

    private static Map<String, List<String>> profiles(Yaml.Entries services, Complaints complaints) {
        var profiles = new HashMap<String, List<String>>();
        services.entries().forEach((name, entry) -> {
            Yaml.Entry found = entry.value() instanceof Yaml.Entries service
                    ? service.entries().get("profiles")
                    : null;
            if (found != null) {
                String path = "services." + Shown.word(name) + ".profiles";
                profiles.put(name, new Value(found.value(), path, found.place(), complaints).texts());
            }
        });
        return profiles;
    }
}
