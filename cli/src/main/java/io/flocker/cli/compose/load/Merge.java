package io.flocker.cli.compose.load;

import io.flocker.cli.compose.text.Yaml;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Lays one Compose document over another, as the specification's chapter on merging says: maps merge, lists append,
/// an item of a list with unique items replaces the one with the same key, everything else replaces. `!reset` takes a
/// key away, `!override` replaces whatever was there.
final class Merge {
    private static final Set<String> REPLACED = Set.of("command", "entrypoint", "healthcheck.test");

    private Merge() {}

    /// Two documents in the form of [Shapes].
    static Yaml.Entries documents(Yaml.Entries base, Yaml.Entries over) {
        return maps(base, over, List.of());
    }

    /// Two services in the form of [Shapes].
    static Yaml.Entries services(Yaml.Entries base, Yaml.Entries over) {
        return maps(base, over, List.of("services", "*"));
    }

    /// The same tree without what was marked `!reset`, and without marks.
    static Yaml.Entries settled(Yaml.Entries map) {
        var entries = new LinkedHashMap<String, Yaml.Entry>();
        map.entries().forEach((key, entry) -> {
            if (entry.value().tag() != Yaml.Tag.RESET) {
                entries.put(key, new Yaml.Entry(entry.place(), settledValue(entry.value())));
            }
        });
        return new Yaml.Entries(map.place(), Yaml.Tag.NONE, entries);
    }

    private static Yaml settledValue(Yaml value) {
        return switch (value) {
            case Yaml.Scalar scalar -> scalar;
            case Yaml.Entries map -> settled(map);
            case Yaml.Items list -> {
                List<Yaml> items = new ArrayList<>();
                for (Yaml item : list.items()) {
                    if (item.tag() != Yaml.Tag.RESET) {
                        items.add(settledValue(item));
                    }
                }
                yield Yaml.Items.of(list.place(), items);
            }
        };
    }

    private static Yaml.Entries maps(Yaml.Entries base, Yaml.Entries over, List<String> path) {
        var entries = new LinkedHashMap<>(base.entries());
        over.entries().forEach((key, entry) -> {
            Yaml.Entry below = base.entries().get(key);
            Yaml merged = below == null ? entry.value() : values(below.value(), entry.value(), below(path, key));
            entries.put(key, new Yaml.Entry(entry.place(), merged));
        });
        return new Yaml.Entries(over.place(), base.tag(), entries);
    }

    private static List<String> below(List<String> path, String key) {
        var longer = new ArrayList<>(path);
        longer.add(path.size() == 1 ? "*" : key);
        return longer;
    }

    private static Yaml values(Yaml base, Yaml over, List<String> path) {
        if (over.tag() != Yaml.Tag.NONE || base.tag() == Yaml.Tag.RESET) {
            return over;
        }
        if (over instanceof Yaml.Scalar scalar && scalar.isNull()) {
            return base;
        }
        String key = path.getFirst().equals("services")
                ? String.join(".", path.subList(Math.min(2, path.size()), path.size()))
                : "";
        if (base instanceof Yaml.Entries below && over instanceof Yaml.Entries above) {
            return key.equals("logging") && otherDriver(below, above) ? above : maps(below, above, path);
        }
        if (base instanceof Yaml.Items below && over instanceof Yaml.Items above && !REPLACED.contains(key)) {
            return lists(below, above, key);
        }
        return over;
    }

    private static boolean otherDriver(Yaml.Entries base, Yaml.Entries over) {
        Optional<String> below = UniqueItems.text(base, "driver");
        Optional<String> above = UniqueItems.text(over, "driver");
        return below.isPresent() && above.isPresent() && !below.equals(above);
    }

    /// Appends, but an item whose key the base has already takes that one's place.
    private static Yaml.Items lists(Yaml.Items base, Yaml.Items over, String key) {
        List<Yaml> items = new ArrayList<>(base.items());
        Map<String, Integer> places = new HashMap<>();
        for (int i = 0; i < items.size(); i++) {
            int place = i;
            UniqueItems.key(key, items.get(i)).ifPresent(unique -> places.put(unique, place));
        }
        for (Yaml item : over.items()) {
            Optional<String> unique = UniqueItems.key(key, item);
            if (unique.isPresent() && places.containsKey(unique.get())) {
                items.set(places.get(unique.get()), item);
            } else {
                unique.ifPresent(it -> places.put(it, items.size()));
                items.add(item);
            }
        }
        return new Yaml.Items(over.place(), base.tag(), List.copyOf(items));
    }
}
