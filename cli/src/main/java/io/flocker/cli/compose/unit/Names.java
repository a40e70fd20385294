package io.flocker.cli.compose.unit;

import java.util.regex.Pattern;

/// What names of services, volumes, networks, configs, secrets and hosts are made of.
public final class Names {
    public static final int MAX_LENGTH = 63;

    /// Completes "cannot be the name of a service: …".
    public static final String RULE = "names are of letters, digits, '.', '_' and '-', begin with a letter, digit or"
            + " '_', and have at most " + MAX_LENGTH + " characters";

    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9._-]*");
    private static final Pattern HOST = Pattern.compile("(\\*\\.)?[a-zA-Z0-9_-]+(\\.[a-zA-Z0-9_-]+)*+");
    private static final Pattern IMAGE = Pattern.compile("(?:[a-zA-Z0-9.\\[\\]:-]+/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*+"
            + "(?::[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127})?(?:@[a-zA-Z0-9+._-]+:[0-9a-fA-F]{32,})?");
    private static final int MAX_HOST = 253;

    private static final int MAX_IMAGE = 500;

    private Names() {}

    /// An image reference as Docker writes it: `[REGISTRY/]PATH[:TAG][@DIGEST]`, the path in lower case.
    public static boolean image(String name) {
        return name.length() <= MAX_IMAGE && IMAGE.matcher(name).matches();
    }

    public static boolean valid(String name) {
        return name.length() <= MAX_LENGTH && NAME.matcher(name).matches();
    }

    /// A host name, which may begin with `*.`.
    public static boolean host(String name) {
        return name.length() <= MAX_HOST && HOST.matcher(name).matches();
    }
}
