package io.flocker.cli.shell;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Properties;

/// The token that `flocker login` keeps for a user of this machine, in `flocker/login.properties` of `XDG_CONFIG_HOME`
/// (default: `~/.config`), readable by that user only.
public final class LoginFile {
    private final Path folder;
    private final Path file;

    private LoginFile(Path folder) {
        this.folder = folder;
        file = folder.resolve("login.properties");
    }

    /// What is kept.
    ///
    /// @param api where the user said the API is; empty for where the token says
    record Kept(String token, String api) {}

    public static LoginFile of(Shell shell) {
        String config = shell.variable("XDG_CONFIG_HOME");
        String home = shell.variable("HOME");
        Path usual = config.isEmpty() ? Path.of(home.isEmpty() ? "/" : home, ".config") : Path.of(config);
        return new LoginFile(shell.folder().resolve(usual).resolve("flocker"));
    }

    public void write(String token, String api) throws IOException {
        Files.createDirectories(folder);
        Path part = folder.resolve("login.part");
        Files.deleteIfExists(part);
        Files.createFile(part, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        var properties = new Properties();
        properties.setProperty("token", token);
        properties.setProperty("api", api);
        try (Writer out = Files.newBufferedWriter(part, StandardCharsets.UTF_8)) {
            properties.store(out, "flocker login");
        }
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }

    Optional<Kept> read() throws IOException {
        if (!Files.isReadable(file)) {
            return Optional.empty();
        }
        var properties = new Properties();
        try (Reader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(in);
        }
        return Optional.of(new Kept(properties.getProperty("token", ""), properties.getProperty("api", "")));
    }

    /// Whether there was one.
    public boolean delete() throws IOException {
        return Files.deleteIfExists(file);
    }
}
