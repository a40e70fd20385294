package io.flocker.cli.compose.text;

import java.nio.file.Path;

/// A file that Compose text comes from.
///
/// @param name as shown to the user
/// @param folder what relative paths in it are relative to
/// @param project the folder of the project it belongs to, from which relative paths are named
public record Source(String name, Path folder, Path project) {
    /// A place that means the file as a whole.
    public Place start() {
        return new Place(this, 0, 0);
    }
}
