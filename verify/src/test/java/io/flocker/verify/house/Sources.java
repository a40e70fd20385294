package io.flocker.verify.house;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// The project's own files.
final class Sources {
    private Sources() {}

    static Path home() {
        return Path.of(System.getProperty("flocker.home", ".."));
    }

    static List<Path> java() {
        return List.of("core", "client", "control", "agent", "cli", "laboratory", "verify").stream()
                .map(module -> home().resolve(module).resolve("src"))
                .filter(Files::isDirectory)
                .flatMap(Sources::walk)
                .filter(file -> file.toString().endsWith(".java"))
                .sorted()
                .toList();
    }

    private static Stream<Path> walk(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
