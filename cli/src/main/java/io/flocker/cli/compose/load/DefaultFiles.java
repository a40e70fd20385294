package io.flocker.cli.compose.load;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The Compose files that are meant when none is named: the first of the usual names that a folder or one of those
/// above it has, and its `.override` if there is one.
public final class DefaultFiles {
    public static final List<String> NAMES =
            List.of("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml");

    private DefaultFiles() {}

    /// Absolute; none if there is none.
    public static List<Path> of(Path folder) {
        for (Path at = folder.toAbsolutePath().normalize(); at != null; at = at.getParent()) {
            Optional<Path> file = first(at, "");
            if (file.isPresent()) {
                var files = new ArrayList<>(List.of(file.get()));
                first(at, ".override").ifPresent(files::add);
                return files;
            }
        }
        return List.of();
    }

    private static Optional<Path> first(Path folder, String part) {
        return NAMES.stream()
                .map(name -> folder.resolve(name.replace(".y", part + ".y")))
                .filter(Files::isRegularFile)
                .findFirst();
    }
}
