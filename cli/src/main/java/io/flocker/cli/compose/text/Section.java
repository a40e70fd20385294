package io.flocker.cli.compose.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// A map with fixed keys while it is read. It remembers which keys were asked for, and [#end] complains about each
/// one that is there and was not: nothing in a file can be ignored by forgetting it, and the list of known keys that
/// suggestions come from is never out of date.
public final class Section {
    private final Value value;
    private final String what;
    private final Map<String, Value> entries;
    private final Set<String> asked = new LinkedHashSet<>();
    private final Map<String, String> refused = new HashMap<>();

    Section(Value value, String what, Map<String, Value> entries) {
        this.value = value;
        this.what = what;
        this.entries = new LinkedHashMap<>(entries);
    }

    public Value value() {
        return value;
    }

    /// Whether a key is there, without asking for it.
    public boolean has(String key) {
        return entries.containsKey(key);
    }

    /// The value of a key; empty if it is absent or null.
    public Optional<Value> get(String key) {
        return present(key).filter(found -> !found.isNull());
    }

    /// The value of a key, which may be null; empty if it is absent.
    public Optional<Value> present(String key) {
        asked.add(key);
        return Optional.ofNullable(entries.get(key));
    }

    public String text(String key) {
        return get(key).flatMap(Value::text).orElse("");
    }

    public boolean flag(String key) {
        return get(key).map(Value::flag).orElse(false);
    }

    public List<String> texts(String key) {
        return get(key).map(Value::texts).orElse(List.of());
    }

    public List<Value> items(String key) {
        return get(key).map(Value::items).orElse(List.of());
    }

    public Map<String, Value> entries(String key) {
        return get(key).map(Value::entries).orElse(Map.of());
    }

    public long bytes(String key) {
        return get(key).map(Value::bytes).orElse(0L);
    }

    public long millis(String key) {
        return get(key).map(Value::millis).orElse(0L);
    }

    public OptionalLong number(String key, long least, long most) {
        Optional<Value> found = get(key);
        return found.isEmpty() ? OptionalLong.empty() : found.get().number(least, most);
    }

    /// One of a few words; the first one if the key is absent.
    public String oneOf(String key, String... words) {
        Optional<Value> found = get(key);
        String text = found.flatMap(Value::text).orElse(words[0]);
        if (List.of(words).contains(text)) {
            return text;
        }
        found.ifPresent(it -> it.complain("must be " + String.join(" or ", words) + ", not \"" + Shown.word(text) + "\""
                + Nearest.hint(text, List.of(words))));
        return words[0];
    }

    /// A key that is accepted and has another effect than elsewhere, or none: says so if it is there.
    public void note(String key, String message) {
        get(key).ifPresent(found -> found.note(message));
    }

    /// Keys that are known but not supported, each with what to use instead.
    public void refuse(Map<String, String> instead) {
        refused.putAll(instead);
    }

    /// Complains about every key that was not asked for. `x-…` keys are the user's own.
    public void end() {
        entries.forEach((name, found) -> {
            if (asked.contains(name) || (name.startsWith("x-") && !name.equals("x-flocker"))) {
                return;
            }
            String instead = refused.get(name);
            if (instead != null) {
                found.complainAtKey("is not supported: " + instead);
            } else {
                found.complainAtKey("is not a key of " + what + hint(name));
            }
        });
    }

    private String hint(String name) {
        var known = new ArrayList<>(asked);
        known.addAll(refused.keySet());
        return Nearest.hint(name, known);
    }
}
