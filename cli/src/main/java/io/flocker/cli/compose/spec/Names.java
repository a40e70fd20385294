package io.flocker.cli.compose.spec;

import io.flocker.cli.compose.text.Value;
import java.util.regex.Pattern;

/// What names of services, volumes, networks, configs, secrets and hosts are made of.
final class Names {
    static final int MAX_LENGTH = 63;

    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9._-]*");
    private static final Pattern HOST = Pattern.compile("(\\*\\.)?[a-zA-Z0-9_-]+(\\.[a-zA-Z0-9_-]+)*");
    private static final int MAX_HOST = 253;

    private Names() {}

    static boolean valid(String name) {
        return NAME.matcher(name).matches() && name.length() <= MAX_LENGTH;
    }

    /// Complains unless `name` can be the name of a `what`.
    static boolean check(Value at, String name, String what) {
        if (!valid(name)) {
            at.complainAtKey("cannot be the name of " + what + ": names are of letters, digits, '.', '_' and '-', begin"
                    + " with a letter, digit or '_', and have at most " + MAX_LENGTH + " characters");
        }
        return valid(name);
    }

    static boolean host(String name) {
        return HOST.matcher(name).matches() && name.length() <= MAX_HOST;
    }
}
