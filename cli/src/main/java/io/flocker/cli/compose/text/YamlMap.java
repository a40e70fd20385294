package io.flocker.cli.compose.text;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Makes a map of the keys and values of a YAML mapping: keys are text and stand once, and `<<` brings in the entries
/// of another map or of a list of them, of which the first wins; the map's own entries win over all.
final class YamlMap {
    private static final String MERGE = "<<";

    private final Place place;
    private final Yaml.Tag tag;
    private final Complaints complaints;
    private final Map<String, Yaml.Entry> entries = new LinkedHashMap<>();
    private Optional<Yaml.Scalar> mergeKey = Optional.empty();
    private Optional<Yaml> merged = Optional.empty();

    YamlMap(Place place, Yaml.Tag tag, Complaints complaints) {
        this.place = place;
        this.tag = tag;
        this.complaints = complaints;
    }

    /// @param keysAndValues alternating
    Yaml.Entries of(List<Yaml> keysAndValues) {
        for (int i = 0; i + 1 < keysAndValues.size(); i += 2) {
            Yaml key = keysAndValues.get(i);
            if (key instanceof Yaml.Scalar scalar && !scalar.isNull()) {
                put(scalar, keysAndValues.get(i + 1));
            } else {
                complaints.add(key.place(), "a key must be text");
            }
        }
        merged.ifPresent(value -> merge(value, true));
        return new Yaml.Entries(place, tag, entries);
    }

    private void put(Yaml.Scalar key, Yaml value) {
        if (key.text().equals(MERGE) && !key.quoted()) {
            mergeKey.ifPresent(first -> complain(key, first.place(), "; write <<: [*first, *second]"));
            mergeKey = mergeKey.or(() -> Optional.of(key));
            merged = merged.or(() -> Optional.of(value));
            return;
        }
        Yaml.Entry first = entries.putIfAbsent(key.text(), new Yaml.Entry(key.place(), value));
        if (first != null) {
            complain(key, first.place(), "; remove one of them");
        }
    }

    private void complain(Yaml.Scalar key, Place first, String hint) {
        complaints.add(
                key.place(),
                "\"" + Shown.word(key.text()) + "\" stands twice in this map, first at line " + first.line() + hint);
    }

    private void merge(Yaml value, boolean listAllowed) {
        switch (value) {
            case Yaml.Entries other -> other.entries().forEach(entries::putIfAbsent);
            case Yaml.Items list when listAllowed -> list.items().forEach(item -> merge(item, false));
            case Yaml.Items _ -> complainOfMerge();
            case Yaml.Scalar scalar -> {
                if (!scalar.isNull()) {
                    complainOfMerge();
                }
            }
        }
    }

    private void complainOfMerge() {
        complaints.add(mergeKey.map(Yaml.Scalar::place).orElse(place), "<< takes a map or a list of maps");
    }
}
