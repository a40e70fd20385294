package io.flocker.cli.compose.write;

/// The names of an application's files: `config.NAME` and `secret.NAME`.
public final class FileNames {
    private static final String CONFIG = "config.";
    private static final String SECRET = "secret.";

    private FileNames() {}

    public static boolean isSecret(String file) {
        return file.startsWith(SECRET);
    }

    /// As a Compose file names it.
    public static String inFile(String file) {
        boolean prefixed = file.startsWith(CONFIG) || file.startsWith(SECRET);
        return prefixed ? file.substring(CONFIG.length()) : file;
    }
}
