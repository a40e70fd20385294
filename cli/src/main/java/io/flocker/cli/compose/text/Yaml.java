package io.flocker.cli.compose.text;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A YAML value and where it stands. Immutable. Scalars stay text: what `yes`, `22:22` or `0444` means is decided by
/// the key it is read for.
public sealed interface Yaml {
    Place place();

    Tag tag();

    Yaml tagged(Tag tag);

    /// Compose's own tags, which matter when files are merged.
    enum Tag {
        NONE,
        /// `!reset`: the key goes away.
        RESET,
        /// `!override`: replaces instead of merging.
        OVERRIDE
    }

    /// Text.
    ///
    /// @param quoted whether it cannot be null whatever it says
    record Scalar(Place place, Tag tag, String text, boolean quoted) implements Yaml {
        private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");

        public static Scalar of(Place place, String text) {
            return new Scalar(place, Tag.NONE, text, true);
        }

        public static Scalar nothing(Place place) {
            return new Scalar(place, Tag.NONE, "", false);
        }

        public boolean isNull() {
            return !quoted && NULLS.contains(text);
        }

        @Override
        public Scalar tagged(Tag newTag) {
            return new Scalar(place, newTag, text, quoted);
        }
    }

    /// A list.
    record Items(Place place, Tag tag, List<Yaml> items) implements Yaml {
        public static Items of(Place place, List<Yaml> items) {
            return new Items(place, Tag.NONE, List.copyOf(items));
        }

        @Override
        public Items tagged(Tag newTag) {
            return new Items(place, newTag, items);
        }

        public Items plus(List<Yaml> more) {
            var all = new ArrayList<>(items);
            all.addAll(more);
            return new Items(place, tag, List.copyOf(all));
        }
    }

    /// A map.
    ///
    /// @param entries in the order of the file; not to be changed
    record Entries(Place place, Tag tag, Map<String, Entry> entries) implements Yaml {
        public static Entries of(Place place, Map<String, Entry> entries) {
            return new Entries(place, Tag.NONE, entries);
        }

        @Override
        public Entries tagged(Tag newTag) {
            return new Entries(place, newTag, entries);
        }

        public Entries with(String key, Entry entry) {
            var all = new LinkedHashMap<>(entries);
            all.put(key, entry);
            return new Entries(place, tag, all);
        }

        public Entries without(String key) {
            var all = new LinkedHashMap<>(entries);
            all.remove(key);
            return new Entries(place, tag, all);
        }
    }

    /// One value of a map.
    ///
    /// @param place of the key
    record Entry(Place place, Yaml value) {}
}
