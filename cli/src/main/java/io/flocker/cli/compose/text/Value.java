package io.flocker.cli.compose.text;

import io.flocker.cli.compose.unit.Durations;
import io.flocker.cli.compose.unit.Sizes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/// A value on its way into the model: where it is in the document (`services.web.ports[1]`), where it stands in the
/// file, and how to read it as the type that its key wants. What cannot be read is complained about and read as if
/// it were not there, so that one read finds every mistake.
///
/// @param path from the root of the document
/// @param key where its key stands; for an item of a list, where it stands itself
public record Value(Yaml node, String path, Place key, Complaints complaints) {
    public static Value root(Yaml node, Complaints complaints) {
        return new Value(node, "", node.place(), complaints);
    }

    public boolean isNull() {
        return node instanceof Yaml.Scalar scalar && scalar.isNull();
    }

    public boolean isScalar() {
        return node instanceof Yaml.Scalar;
    }

    public boolean isList() {
        return node instanceof Yaml.Items;
    }

    public boolean isMap() {
        return node instanceof Yaml.Entries;
    }

    /// Whether it is a map with this key.
    public boolean has(String key) {
        return node instanceof Yaml.Entries map && map.entries().containsKey(key);
    }

    public Place place() {
        return node.place();
    }

    /// Complains about the value: its path, then `message`.
    public void complain(String message) {
        complaints.add(node.place(), said(message));
    }

    /// Complains about the value at its key.
    public void complainAtKey(String message) {
        complaints.add(key, said(message));
    }

    public void note(String message) {
        complaints.note(key, said(message));
    }

    private String said(String message) {
        return path.isEmpty() ? message : path + " " + message;
    }

    /// The text of a scalar, `""` for null.
    public Optional<String> text() {
        if (node instanceof Yaml.Scalar scalar) {
            return Optional.of(scalar.isNull() ? "" : scalar.text());
        }
        complain("must be text, not " + kind());
        return Optional.empty();
    }

    /// The text of a scalar that must not be empty.
    public Optional<String> word() {
        Optional<String> text = text();
        if (text.isPresent() && text.get().isBlank()) {
            complain("must not be empty");
            return Optional.empty();
        }
        return text;
    }

    /// `true` or `false`, as YAML 1.1 and 1.2 write them.
    public boolean flag() {
        String text = text().orElse("false").toLowerCase(Locale.ROOT);
        return switch (text) {
            case "true", "yes", "on", "y" -> true;
            case "false", "no", "off", "n" -> false;
            default -> {
                complain("must be true or false, not \"" + Shown.word(text) + "\"");
                yield false;
            }
        };
    }

    /// A whole number between `least` and `most`.
    public OptionalLong number(long least, long most) {
        Optional<String> text = text();
        if (text.isEmpty()) {
            return OptionalLong.empty();
        }
        try {
            long number = Long.parseLong(text.get().strip());
            if (number >= least && number <= most) {
                return OptionalLong.of(number);
            }
        } catch (NumberFormatException e) {
            // Said below, as for a number out of range.
        }
        String range = most == Long.MAX_VALUE || most == Integer.MAX_VALUE
                ? "of at least " + least
                : "from " + least + " to " + most;
        complain("must be a whole number " + range + ", not \"" + Shown.word(text.get()) + "\"");
        return OptionalLong.empty();
    }

    /// A size in bytes: `64M`, `2.5G`, `1gb` or plain bytes.
    public long bytes() {
        Optional<String> text = text();
        OptionalLong bytes = text.isEmpty() ? OptionalLong.of(0) : Sizes.bytes(text.get());
        if (bytes.isEmpty()) {
            complain("must be a size such as 64M, 2.5G or 1gb, not \"" + Shown.word(text.orElse("")) + "\"");
        }
        return bytes.orElse(0);
    }

    /// A duration in milliseconds: `1m30s`, `10s`, `500ms`.
    public long millis() {
        Optional<String> text = text();
        OptionalLong millis = text.isEmpty() ? OptionalLong.of(0) : Durations.millis(text.get());
        if (millis.isEmpty()) {
            boolean bare = text.orElse("").matches("[0-9]{1,9}");
            complain("must be a duration such as 10s, 1m30s or 500ms, not \"" + Shown.word(text.orElse("")) + "\""
                    + (bare ? "; seconds are written \"" + text.orElse("") + "s\"" : ""));
        }
        return millis.orElse(0);
    }

    /// The items of a list; none for null.
    public List<Value> items() {
        if (isNull()) {
            return List.of();
        }
        if (node instanceof Yaml.Items list) {
            return IntStream.range(0, list.items().size())
                    .mapToObj(i -> new Value(
                            list.items().get(i),
                            path + "[" + i + "]",
                            list.items().get(i).place(),
                            complaints))
                    .toList();
        }
        complain("must be a list, not " + kind());
        return List.of();
    }

    /// The items of a list, or the one scalar that stands for a list of one.
    public List<Value> itemsOrOne() {
        return isScalar() && !isNull() ? List.of(this) : items();
    }

    /// The texts of a list, or of the one scalar that stands for a list of one.
    public List<String> texts() {
        return itemsOrOne().stream().flatMap(item -> item.text().stream()).toList();
    }

    /// The entries of a map, in the order of the file; none for null.
    public Map<String, Value> entries() {
        var entries = new LinkedHashMap<String, Value>();
        if (node instanceof Yaml.Entries map) {
            map.entries().forEach((name, entry) -> entries.put(name, child(name, entry)));
        } else if (!isNull()) {
            complain("must be a map, not " + kind());
        }
        return entries;
    }

    /// The keys of a map that has fixed ones. `what` completes "is not a key of …".
    public Section section(String what) {
        return new Section(this, what, entries());
    }

    private Value child(String name, Yaml.Entry entry) {
        String shown = Shown.word(name);
        return new Value(entry.value(), path.isEmpty() ? shown : path + "." + shown, entry.place(), complaints);
    }

    private String kind() {
        return switch (node) {
            case Yaml.Scalar scalar -> scalar.isNull() ? "empty" : "\"" + Shown.word(scalar.text()) + "\"";
            case Yaml.Items _ -> "a list";
            case Yaml.Entries _ -> "a map";
        };
    }
}
