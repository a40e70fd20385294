package io.flocker.cli.compose.text;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/// Where a value stands in a file.
///
/// @param line counts from 1; 0 for the file as a whole
/// @param column counts from 1; 0 for the file as a whole
public record Place(Source source, int line, int column) {
    /// A path as written here, made absolute; empty if it cannot be a path at all.
    public Optional<Path> resolve(String path) {
        try {
            return Optional.of(source.folder().resolve(path).normalize());
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /// A file as it is best named to someone who reads about it here: `data/seed.sql has`, and nothing for the file
    /// this place itself means as a whole.
    String subject(Path file, String predicate) {
        if (line == 0) {
            return predicate;
        }
        if (file.equals(source.project())) {
            return "the project's folder " + predicate;
        }
        return (file.startsWith(source.project()) ? source.project().relativize(file) : file) + " " + predicate;
    }

    /// `compose.yaml:12:5`
    @Override
    public String toString() {
        return line == 0 ? source.name() : source.name() + ":" + line + ":" + column;
    }
}
