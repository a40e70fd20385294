package io.flocker.cli.compose.env;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The values of variables: those of the environment, then those of `.env` files.
///
/// @param environment what the shell that called had exported
/// @param files what `.env` files say besides
public record Variables(Map<String, String> environment, Map<String, String> files) {
    public static Variables of(Map<String, String> environment) {
        return new Variables(environment, Map.of());
    }

    public Optional<String> get(String name) {
        return Optional.ofNullable(environment.get(name)).or(() -> Optional.ofNullable(files.get(name)));
    }

    /// The same with what another `.env` file says; a later file wins over an earlier one.
    public Variables plus(Map<String, String> file) {
        var all = new HashMap<>(files);
        all.putAll(file);
        return new Variables(environment, all);
    }

    /// The same values, none of which another file changes.
    public Variables settled() {
        var all = new HashMap<>(files);
        all.putAll(environment);
        return new Variables(all, Map.of());
    }

    /// The same with one more variable, which wins over files.
    public Variables with(String name, String value) {
        var all = new HashMap<>(environment);
        all.put(name, value);
        return new Variables(all, files);
    }
}
