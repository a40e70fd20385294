package io.flocker.cli.compose.text;

/// Why a file cannot be used: what is wrong, where, and what to do about it.
///
/// @param line counts from 1; 0 for the file as a whole
/// @param column counts from 1; 0 for the file as a whole
public record Complaint(String file, int line, int column, String message) {
    static Complaint at(Place place, String message) {
        return new Complaint(place.source().name(), place.line(), place.column(), Shown.line(message));
    }

    /// `compose.yaml:12:5: services.web.prots is not a key of a service; did you mean "ports"?`
    @Override
    public String toString() {
        return (line == 0 ? file : file + ":" + line + ":" + column) + ": " + message;
    }
}
