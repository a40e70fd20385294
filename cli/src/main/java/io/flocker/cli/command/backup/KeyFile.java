package io.flocker.cli.command.backup;

import io.flocker.cli.shell.CommandException;
import io.flocker.client.api.Backups;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/// A file with the key that backups are encrypted with: lines with `#` are for people, the other
/// one is the key.
final class KeyFile {
    private static final long MOST_BYTES = 4096;

    private KeyFile() {}

    /// Makes one with a new key, for its owner's eyes only.
    ///
    /// @throws CommandException if there is such a file, or it cannot be written
    static void make(Path file) throws CommandException {
        byte[] key = new byte[Backups.Destination.KEY_BYTES];
        new SecureRandom().nextBytes(key);
        var permissions = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        try {
            Files.createFile(file, permissions);
            Files.write(
                    file,
                    List.of(
                            "# The key of backups made with Flocker. Whoever has it can read them; without it, nobody can.",
                            Base64.getEncoder().encodeToString(key)));
        } catch (FileAlreadyExistsException e) {
            throw CommandException.usage(
                    file + " is there already: backups may have been made with it; choose another" + " name");
        } catch (IOException e) {
            throw CommandException.usage("Cannot write " + file + ": " + e.getMessage());
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    /// The key, in Base64.
    static String read(Path file) throws CommandException {
        try {
            if (Files.size(file) <= MOST_BYTES) {
                List<String> keys = Files.readAllLines(file).stream()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                        .toList();
                if (keys.size() == 1 && isKey(keys.getFirst())) {
                    return keys.getFirst();
                }
            }
        } catch (IOException e) {
            throw CommandException.usage("Cannot read the key from " + file + ": "
                    + (Files.exists(file) ? e.getMessage() : "there is no such file")
                    + "; flocker backup key FILE makes one");
        }
        throw CommandException.usage(file + " is not a key for backups; flocker backup key FILE makes one");
    }

    private static boolean isKey(String text) {
        try {
            return Base64.getDecoder().decode(text).length == Backups.Destination.KEY_BYTES;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
