package io.flocker.cli.compose.spec;

import io.flocker.cli.compose.env.Variables;
import io.flocker.cli.compose.text.Section;
import io.flocker.cli.compose.text.Shown;
import io.flocker.cli.compose.text.Value;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What is built for the services of a project, and under which names it is known to the others. Services that are
/// built alike share one image.
final class Builds {
    private final Map<String, ServiceBuild> byService = new LinkedHashMap<>();
    private final Map<String, ServiceBuild> byAlias = new HashMap<>();

    Builds(Map<String, Section> services, Variables variables) {
        var reader = new BuildReader(variables);
        Map<String, ServiceBuild> known = new HashMap<>();
        services.forEach((name, service) -> reader.read(name, service).ifPresent(build -> {
            ServiceBuild first = known.putIfAbsent(BuildReader.tag(build), build);
            byService.put(name, first == null || first.always() != build.always() ? build : first);
            String alias = build.request().alias();
            if (!alias.isEmpty()) {
                ServiceBuild other = byAlias.putIfAbsent(alias, byService.getOrDefault(name, build));
                if (other != null && !BuildReader.tag(other).equals(BuildReader.tag(build))) {
                    complain(service, alias);
                }
            }
        }));
    }

    private static void complain(Section service, String alias) {
        service.get("image")
                .ifPresent((Value at) -> at.complain("is \"" + Shown.word(alias)
                        + "\", which another service builds from something else; name one of them otherwise"));
    }

    Map<String, ServiceBuild> all() {
        return Collections.unmodifiableMap(byService);
    }

    /// The name of what is built for a service; empty if that cannot be read.
    String image(String service) {
        ServiceBuild build = byService.get(service);
        return build == null ? "" : build.request().image();
    }

    /// The image that one of the services builds and calls `alias`.
    Optional<String> named(String alias) {
        return Optional.ofNullable(byAlias.get(alias))
                .map(build -> build.request().image());
    }
}
