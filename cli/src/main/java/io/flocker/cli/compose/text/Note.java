package io.flocker.cli.compose.text;

/// Something a user should know about a file that can be used: what is honoured in another way, or not yet.
///
/// @param line counts from 1; 0 for the file as a whole
/// @param column counts from 1; 0 for the file as a whole
public record Note(String file, int line, int column, String message) {
    static Note at(Place place, String message) {
        return new Note(place.source().name(), place.line(), place.column(), Shown.line(message));
    }

    /// `compose.yaml:1:1: version is not needed any more`
    @Override
    public String toString() {
        return (line == 0 ? file : file + ":" + line + ":" + column) + ": " + message;
    }
}
