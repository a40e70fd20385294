package io.flocker.cli.command.backup;

import io.flocker.cli.shell.CommandException;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Backups;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/// Finds credentials for S3: in a file as Amazon's tools have it, else in the variables that those know.
final class LoginReader {
    private static final String ACCESS_KEY = "aws_access_key_id";
    private static final String SECRET_KEY = "aws_secret_access_key";
    private static final String SESSION_TOKEN = "aws_session_token";
    private static final long MOST_BYTES = 64 * 1024;

    private LoginReader() {}

    /// Those in the file's first section, or in `[default]` if it has that.
    static Backups.Login file(Path file) throws CommandException {
        var sections = new TreeMap<String, Map<String, String>>();
        String first = "";
        String section = "";
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw CommandException.usage(file + " is too large for a file with credentials");
            }
            for (String line : Files.readAllLines(file)) {
                String text = line.strip();
                int equals = text.indexOf('=');
                if (text.startsWith("[") && text.endsWith("]")) {
                    section = text.substring(1, text.length() - 1).strip();
                } else if (!text.startsWith("#") && equals > 0) {
                    first = sections.isEmpty() ? section : first;
                    sections.computeIfAbsent(section, _ -> new TreeMap<>())
                            .put(
                                    text.substring(0, equals).strip(),
                                    text.substring(equals + 1).strip());
                }
            }
        } catch (IOException e) {
            throw CommandException.usage("Cannot read credentials from " + file + ": "
                    + (Files.exists(file) ? e.getMessage() : "there is no such file"));
        }
        Map<String, String> chosen = sections.getOrDefault("default", sections.getOrDefault(first, new TreeMap<>()));
        if (!chosen.containsKey(ACCESS_KEY) || !chosen.containsKey(SECRET_KEY)) {
            throw CommandException.usage(
                    file + " has no lines " + ACCESS_KEY + "=... and " + SECRET_KEY + "=... in its first section");
        }
        return new Backups.Login(
                chosen.get(ACCESS_KEY), chosen.get(SECRET_KEY), chosen.getOrDefault(SESSION_TOKEN, ""));
    }

    /// Those that the variables tell; the daemon's if they tell none.
    static Backups.Login variables(Shell shell) {
        String access = shell.variable("AWS_ACCESS_KEY_ID");
        String secret = shell.variable("AWS_SECRET_ACCESS_KEY");
        return access.isEmpty() || secret.isEmpty()
                ? Backups.Login.OF_THE_DAEMON
                : new Backups.Login(access, secret, shell.variable("AWS_SESSION_TOKEN"));
    }
}
