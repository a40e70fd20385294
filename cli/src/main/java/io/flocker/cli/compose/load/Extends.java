package io.flocker.cli.compose.load;

import io.flocker.cli.compose.env.Variables;
import io.flocker.cli.compose.text.Complaints;
import io.flocker.cli.compose.text.Nearest;
import io.flocker.cli.compose.text.Place;
import io.flocker.cli.compose.text.Shown;
import io.flocker.cli.compose.text.Yaml;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Replaces each service that `extends` another by the two laid over each other. The other may be in the same file,
/// or in another one, whose relative paths stay relative to it.
final class Extends {
    private static final int MAX_CHAIN = 32;

    private final Documents documents;
    private final Complaints complaints;
    private final Variables variables;
    private final Map<Path, In> others = new HashMap<>();
    private final Set<String> inCircles = new HashSet<>();

    Extends(Documents documents, Variables variables) {
        this.documents = documents;
        this.complaints = documents.complaints();
        this.variables = variables;
    }

    /// A document and the file it is in.
    private record In(Path file, Yaml.Entries services) {}

    /// @param below what earlier files say, for services that extend one of theirs
    Yaml.Entries resolved(Yaml.Entries document, Path file, Yaml.Entries below) {
        Yaml.Entries services = services(document);
        if (services.entries().isEmpty()) {
            return document;
        }
        var all = new LinkedHashMap<>(services(below).entries());
        all.putAll(services.entries());
        var in = new In(file, new Yaml.Entries(services.place(), services.tag(), all));
        var entries = new LinkedHashMap<String, Yaml.Entry>();
        services.entries().forEach((name, entry) -> {
            Yaml resolved = entry.value() instanceof Yaml.Entries service
                    ? service(service, name, in, new LinkedHashSet<>())
                    : entry.value();
            entries.put(name, new Yaml.Entry(entry.place(), resolved));
        });
        Yaml.Entry old = document.entries().get("services");
        Place place = old == null ? document.place() : old.place();
        return document.with(
                "services", new Yaml.Entry(place, new Yaml.Entries(services.place(), services.tag(), entries)));
    }

    private Yaml.Entries service(Yaml.Entries service, String name, In in, Set<String> chain) {
        Yaml.Entry wanted = service.entries().get("extends");
        if (wanted == null || wanted.value().tag() == Yaml.Tag.RESET) {
            return service.without("extends");
        }
        String link = in.file + " " + name;
        if (!chain.add(link) || chain.size() > MAX_CHAIN) {
            complainOfCircle(wanted.place(), chain, link);
            return service.without("extends");
        }
        return base(wanted.value(), in, chain)
                .map(base -> Merge.services(base, service.without("extends")))
                .orElse(service.without("extends"));
    }

    /// Says so once for each circle, whichever of its services is looked at.
    private void complainOfCircle(Place place, Set<String> chain, String link) {
        List<String> links = List.copyOf(chain);
        List<String> circle = links.subList(Math.max(0, links.indexOf(link)), links.size());
        if (!Collections.disjoint(inCircles, circle)) {
            return;
        }
        inCircles.addAll(circle);
        String names = Stream.concat(circle.stream(), Stream.of(link))
                .map(Extends::nameOf)
                .collect(Collectors.joining(" -> "));
        complaints.add(place, "services extend each other in a circle: " + names);
    }

    private static String nameOf(String link) {
        return Shown.word(link.substring(link.lastIndexOf(' ') + 1));
    }

    private Optional<Yaml.Entries> base(Yaml wanted, In in, Set<String> chain) {
        Optional<String> name;
        Optional<String> file = Optional.empty();
        if (wanted instanceof Yaml.Entries map) {
            name = UniqueItems.text(map, "service");
            file = UniqueItems.text(map, "file");
            map.entries().forEach((key, entry) -> {
                if (!Set.of("service", "file").contains(key)) {
                    complaints.add(
                            entry.place(),
                            "extends." + Shown.word(key) + " is not a key of extends"
                                    + Nearest.hint(key, Set.of("service", "file")));
                }
            });
        } else {
            name = wanted instanceof Yaml.Scalar scalar ? Optional.of(scalar.text()) : Optional.empty();
        }
        if (name.isEmpty()) {
            complaints.add(wanted.place(), "extends must name a service: {service: NAME, file: OTHER.yaml}");
            return Optional.empty();
        }
        In other = file.isEmpty() ? in : other(file.get(), wanted.place());
        return found(name.get(), other, wanted.place()).map(base -> service(base, name.get(), other, chain));
    }

    private Optional<Yaml.Entries> found(String name, In in, Place wanted) {
        Yaml.Entry entry = in.services.entries().get(name);
        if (entry != null && entry.value() instanceof Yaml.Entries service) {
            return Optional.of(service);
        }
        if (entry == null && !in.services.entries().isEmpty()) {
            complaints.add(
                    wanted,
                    "extends \"" + Shown.word(name) + "\", which is not a service of " + in.file.getFileName()
                            + Nearest.hint(name, in.services.entries().keySet()));
        }
        return Optional.empty();
    }

    private In other(String file, Place wanted) {
        Path path = wanted.resolve(file).orElse(wanted.source().folder());
        In known = others.get(path);
        if (known != null) {
            return known;
        }
        Path folder = Optional.ofNullable(path.getParent()).orElse(path);
        Yaml.Entries merged = Yaml.Entries.of(wanted, Map.of());
        List<Yaml> parsed = documents.parse(path, folder, Optional.of(wanted));
        for (Yaml document : parsed) {
            merged = Merge.documents(merged, documents.prepare(document, variables));
        }
        In read = new In(path, services(merged));
        others.put(path, read);
        return read;
    }

    private static Yaml.Entries services(Yaml.Entries document) {
        Yaml.Entry entry = document.entries().get("services");
        return entry != null && entry.value() instanceof Yaml.Entries services
                ? services
                : Yaml.Entries.of(document.place(), Map.of());
    }
}
