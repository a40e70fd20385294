package io.flocker.cli.compose.load;

import io.flocker.cli.compose.text.Yaml;
import java.util.Optional;

/// What makes an item of a service's list the same as another's when files are merged: a port by its address, number
/// and protocol, a volume, config, secret or device by where the container sees it, other texts by themselves.
final class UniqueItems {
    private UniqueItems() {}

    /// The item's key; empty if such items are always appended.
    ///
    /// @param list the list's key in its service, `ports`
    static Optional<String> key(String list, Yaml item) {
        return switch (list) {
            case "ports" -> port(item);
            case "volumes", "devices" -> mounted(item);
            case "configs", "secrets" ->
                item instanceof Yaml.Entries map ? text(map, "target").or(() -> text(map, "source")) : word(item);
            case "env_file" -> item instanceof Yaml.Entries map ? text(map, "path") : word(item);
            default -> word(item);
        };
    }

    /// The text under a key of a map.
    static Optional<String> text(Yaml.Entries map, String key) {
        Yaml.Entry entry = map.entries().get(key);
        return entry == null ? Optional.empty() : word(entry.value());
    }

    private static Optional<String> word(Yaml item) {
        return item instanceof Yaml.Scalar scalar && !scalar.isNull() ? Optional.of(scalar.text()) : Optional.empty();
    }

    private static Optional<String> mounted(Yaml item) {
        if (item instanceof Yaml.Entries map) {
            return text(map, "target").map(UniqueItems::plainPath);
        }
        return word(item).map(text -> {
            String[] parts = text.split(":", -1);
            return plainPath(parts[Math.min(1, parts.length - 1)]);
        });
    }

    private static String plainPath(String path) {
        return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    private static Optional<String> port(Yaml item) {
        if (item instanceof Yaml.Entries map) {
            return text(map, "target")
                    .map(target -> text(map, "host_ip").map(ip -> ip + ":").orElse("")
                            + text(map, "published")
                                    .map(published -> published + ":")
                                    .orElse("")
                            + target
                            + "/"
                            + text(map, "protocol").orElse("tcp"));
        }
        return word(item).map(text -> text.indexOf('/') < 0 ? text + "/tcp" : text);
    }
}
