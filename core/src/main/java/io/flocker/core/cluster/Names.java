package io.flocker.core.cluster;

import java.util.regex.Pattern;

/// What things may be called: names end up in host names, container names and directories.
public final class Names {
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9_.-]{0,61}[a-z0-9])?");
    private static final Pattern SERVICE = Pattern.compile("[a-zA-Z0-9]([a-zA-Z0-9_.-]{0,61}[a-zA-Z0-9_])?");

    private Names() {}

    /// Of environments, nodes, checkpoints, snapshots.
    public static boolean valid(String name) {
        return NAME.matcher(name).matches();
    }

    /// Of services and volumes: as Compose allows, and no longer than a host name's label.
    public static boolean validInFile(String name) {
        return SERVICE.matcher(name).matches();
    }

    /// Why `name` cannot be the name of a `kind`.
    static Outcome.Refused refuse(String kind, String name) {
        return new Outcome.Refused(
                Outcome.Reason.INVALID,
                "\"" + name + "\" cannot be the name of " + kind
                        + ": use up to 63 lower-case letters, digits, '-', '_' and '.', with a letter or digit at"
                        + " both ends");
    }
}
