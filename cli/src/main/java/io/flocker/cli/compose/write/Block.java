package io.flocker.cli.compose.write;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A YAML map on its way out. Values are texts, numbers, booleans, lists and maps of them. What is at its default is
/// left out.
public final class Block {
    private final Map<String, Object> entries = new LinkedHashMap<>();

    public Block put(String key, String text) {
        return text.isEmpty() ? this : always(key, text);
    }

    public Block put(String key, boolean flag) {
        return flag ? always(key, true) : this;
    }

    public Block put(String key, long number) {
        return number == 0 ? this : always(key, number);
    }

    public Block put(String key, Collection<?> list) {
        return list.isEmpty() ? this : always(key, List.copyOf(list));
    }

    public Block put(String key, Map<String, ?> map) {
        return map.isEmpty() ? this : always(key, new TreeMap<>(map));
    }

    public Block put(String key, Block block) {
        return block.entries.isEmpty() ? this : always(key, block.entries);
    }

    /// An absent one is left out, an empty one is not.
    public Block put(String key, Optional<? extends Collection<?>> list) {
        list.ifPresent(it -> always(key, List.copyOf(it)));
        return this;
    }

    /// With the entries of another one.
    public Block putAll(Block block) {
        entries.putAll(block.entries);
        return this;
    }

    public Block always(String key, Object value) {
        entries.put(key, value);
        return this;
    }

    public Map<String, Object> entries() {
        return entries;
    }
}
