package io.flocker.cli.compose.spec;

import io.flocker.cli.compose.env.Variables;
import io.flocker.cli.compose.load.Profiles;
import io.flocker.cli.compose.mount.Contents;
import io.flocker.cli.compose.mount.MountReader;
import io.flocker.cli.compose.mount.Volumes;
import io.flocker.cli.compose.text.Complaints;
import io.flocker.cli.compose.text.Section;
import io.flocker.cli.compose.text.Shown;
import io.flocker.cli.compose.text.Value;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.HealthCheck;
import io.flocker.core.spec.ScheduleSpec;
import io.flocker.core.spec.ServiceSpec;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.pcollections.TreePMap;

/// Reads a whole project: its services and the volumes and files they use.
public final class ApplicationReader {
    static final int MAX_SERVICES = 1_000;

    private final Profiles.Active active;
    private final Variables variables;
    private final Section document;

    private ApplicationReader(Profiles.Active active, Variables variables, Complaints complaints) {
        this.active = active;
        this.variables = variables;
        this.document = Value.root(active.project(), complaints).section("a Compose file");
    }

    /// An application, and what to build for its services.
    public record Read(ApplicationSpec application, Map<String, ServiceBuild> builds) {}

    /// The application. Means something only if no complaint was made.
    public static Read read(Profiles.Active active, Variables variables, Complaints complaints) {
        return new ApplicationReader(active, variables, complaints).read();
    }

    private Read read() {
        document.present("name");
        document.note("version", "has no meaning any more and can be removed");
        document.refuse(Map.of("models", "run the model as a service"));
        document.refuse(oldServices());
        Optional<Section> own = document.get("x-flocker").map(it -> it.section("x-flocker"));
        var volumes = new Volumes(document, own);
        var contents = new Contents(document, variables);
        var networks = new NetworkReader(document);
        Map<String, Section> sections = sections();
        document.end();
        var dependencies = new Dependencies(sections, active.inactive());
        var mounts = new MountReader(volumes, contents, variables);
        var builds = new Builds(sections, variables);
        var reader = new ServiceReader(dependencies, networks, mounts, new ServiceReader.Given(builds, variables));
        Map<String, ServiceReader.Read> services = new TreeMap<>();
        sections.forEach((name, section) -> services.put(name, reader.read(name, section)));
        dependencies.complainOfNoHealth(name -> Optional.ofNullable(services.get(name))
                .flatMap(it -> it.spec().healthCheck())
                .filter(HealthCheck::disabled)
                .isPresent());
        dependencies.complainOfJobs(name -> Optional.ofNullable(services.get(name))
                .flatMap(it -> it.spec().job())
                .isPresent());
        networks.noteSeparation();
        new Clashes(services).complain();
        Map<String, ServiceSpec> specs = new TreeMap<>();
        services.forEach((name, read) -> specs.put(name, read.spec()));
        TreePMap<String, ScheduleSpec> schedules = ScheduleReader.read(own, specs);
        own.ifPresent(Section::end);
        return new Read(
                new ApplicationSpec(TreePMap.from(specs), volumes.used(), contents.used(), schedules), builds.all());
    }

    /// In the first version of Compose's format, services stood at the top.
    private Map<String, String> oldServices() {
        var services = new LinkedHashMap<String, String>();
        if (!document.has("services")) {
            document.value().entries().forEach((name, value) -> {
                if (value.isMap() && (value.has("image") || value.has("build"))) {
                    services.put(name, "services stand under the key services; indent it below \"services:\"");
                }
            });
        }
        return services;
    }

    private Map<String, Section> sections() {
        Optional<Value> services = document.get("services");
        Map<String, Value> entries = services.map(Value::entries).orElse(Map.of());
        if (entries.isEmpty()) {
            complainOfNone(services);
        }
        if (entries.size() > MAX_SERVICES) {
            services.ifPresent(it -> it.complain("are too many: an application may have at most " + MAX_SERVICES));
            return Map.of();
        }
        var sections = new LinkedHashMap<String, Section>();
        entries.forEach((name, value) -> {
            if (value.isMap()) {
                sections.put(name, value.section("a service"));
            } else {
                value.complain("must be a map with the key image");
            }
        });
        return sections;
    }

    private void complainOfNone(Optional<Value> services) {
        Value at = services.orElse(document.value());
        if (!active.inactive().isEmpty()) {
            var profiles = active.inactive().values().stream()
                    .flatMap(Collection::stream)
                    .distinct()
                    .sorted()
                    .toList();
            at.complain("has no active service; activate a profile: " + Shown.line(String.join(", ", profiles)));
        } else if (services.isEmpty() || services.get().isMap()) {
            at.complain("has no services; a Compose file names them under services");
        }
    }
}
