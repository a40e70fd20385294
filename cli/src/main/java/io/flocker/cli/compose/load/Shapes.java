package io.flocker.cli.compose.load;

import io.flocker.cli.compose.text.Yaml;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Brings keys that have a list form and a map form (`environment`, `labels`, `depends_on`, …) into the one that can
/// be merged, so that merging and reading know one form only. What does not fit is left for the reader to refuse.
final class Shapes {
    private static final Set<String> PAIRS = Set.of("environment", "labels", "annotations", "sysctls");
    private static final Set<String> LISTS = Set.of("dns", "dns_search", "tmpfs", "env_file", "label_file");

    private Shapes() {}

    /// A whole document.
    static Yaml.Entries document(Yaml.Entries document) {
        Yaml.Entries shaped = each(document, "services", Shapes::service);
        shaped = each(shaped, "networks", Shapes::labels);
        return each(shaped, "volumes", Shapes::labels);
    }

    private static Yaml.Entries service(Yaml.Entries service) {
        Yaml.Entries shaped = service;
        for (String key : service.entries().keySet()) {
            if (PAIRS.contains(key)) {
                shaped = change(shaped, key, Shapes::pairs);
            } else if (LISTS.contains(key)) {
                shaped = change(shaped, key, Shapes::list);
            }
        }
        shaped = change(shaped, "depends_on", Shapes::dependencies);
        shaped = change(shaped, "networks", Shapes::names);
        shaped = change(shaped, "extra_hosts", Shapes::hosts);
        shaped = change(shaped, "build", Shapes::build);
        return change(shaped, "deploy", deploy -> deploy instanceof Yaml.Entries map ? labels(map) : deploy);
    }

    private static Yaml.Entries labels(Yaml.Entries map) {
        return change(map, "labels", Shapes::pairs);
    }

    private static Yaml list(Yaml value) {
        return value instanceof Yaml.Scalar scalar && !scalar.isNull()
                ? new Yaml.Items(scalar.place(), scalar.tag(), List.of(scalar.tagged(Yaml.Tag.NONE)))
                : value;
    }

    /// `[A=1, B]` becomes `{A: 1, B: }`.
    private static Yaml pairs(Yaml value) {
        return keyed(value, text -> {
            int equals = text.text().indexOf('=');
            return equals < 0
                    ? Map.entry(text.text(), Yaml.Scalar.nothing(text.place()))
                    : Map.entry(
                            text.text().substring(0, equals),
                            Yaml.Scalar.of(text.place(), text.text().substring(equals + 1)));
        });
    }

    private static Yaml names(Yaml value) {
        return keyed(value, text -> Map.entry(text.text(), Yaml.Scalar.nothing(text.place())));
    }

    private static Yaml dependencies(Yaml value) {
        return keyed(value, text -> {
            var condition = new Yaml.Entry(text.place(), Yaml.Scalar.of(text.place(), "service_started"));
            return Map.entry(text.text(), Yaml.Entries.of(text.place(), Map.of("condition", condition)));
        });
    }

    /// `{db: 10.0.0.1}` becomes `[db:10.0.0.1]`; a name may have several addresses.
    private static Yaml hosts(Yaml value) {
        if (!(value instanceof Yaml.Entries map)) {
            return value;
        }
        var items = new ArrayList<Yaml>();
        for (var host : map.entries().entrySet()) {
            Yaml addresses = host.getValue().value();
            var each = addresses instanceof Yaml.Items list ? list.items() : List.of(addresses);
            for (Yaml address : each) {
                items.add(
                        address instanceof Yaml.Scalar text
                                ? Yaml.Scalar.of(host.getValue().place(), host.getKey() + "=" + text.text())
                                : address);
            }
        }
        return new Yaml.Items(map.place(), map.tag(), List.copyOf(items));
    }

    private static Yaml build(Yaml value) {
        if (value instanceof Yaml.Entries map) {
            return change(labels(map), "args", Shapes::pairs);
        }
        if (!(value instanceof Yaml.Scalar context) || context.isNull()) {
            return value;
        }
        var entry = new Yaml.Entry(context.place(), context.tagged(Yaml.Tag.NONE));
        return new Yaml.Entries(context.place(), context.tag(), Map.of("context", entry));
    }

    private interface Pair {
        Map.Entry<String, Yaml> of(Yaml.Scalar text);
    }

    /// A list of texts as a map; anything else as it is.
    private static Yaml keyed(Yaml value, Pair pair) {
        if (!(value instanceof Yaml.Items list)) {
            return value;
        }
        var entries = new LinkedHashMap<String, Yaml.Entry>();
        for (Yaml item : list.items()) {
            if (!(item instanceof Yaml.Scalar text) || text.isNull()) {
                return value;
            }
            if (text.tag() != Yaml.Tag.RESET) {
                Map.Entry<String, Yaml> made = pair.of(text);
                entries.put(made.getKey(), new Yaml.Entry(text.place(), made.getValue()));
            }
        }
        return new Yaml.Entries(list.place(), list.tag(), entries);
    }

    private interface Change {
        Yaml of(Yaml value);
    }

    private interface MapChange {
        Yaml.Entries of(Yaml.Entries map);
    }

    private static Yaml.Entries change(Yaml.Entries map, String key, Change change) {
        Optional<Yaml.Entry> found = Optional.ofNullable(map.entries().get(key));
        if (found.isEmpty()) {
            return map;
        }
        return map.with(
                key, new Yaml.Entry(found.get().place(), change.of(found.get().value())));
    }

    private static Yaml.Entries each(Yaml.Entries document, String key, MapChange change) {
        return change(document, key, value -> {
            if (!(value instanceof Yaml.Entries map)) {
                return value;
            }
            var entries = new LinkedHashMap<String, Yaml.Entry>();
            map.entries().forEach((name, entry) -> {
                Yaml changed = entry.value() instanceof Yaml.Entries inner ? change.of(inner) : entry.value();
                entries.put(name, new Yaml.Entry(entry.place(), changed));
            });
            return new Yaml.Entries(map.place(), map.tag(), entries);
        });
    }
}
