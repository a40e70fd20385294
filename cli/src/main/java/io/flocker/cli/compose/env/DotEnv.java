package io.flocker.cli.compose.env;

import io.flocker.cli.compose.text.Complaints;
import io.flocker.cli.compose.text.Place;
import io.flocker.cli.compose.text.Shown;
import io.flocker.cli.compose.text.Source;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Reads `.env` and `env_file` files: `KEY=value` lines with `export`, comments, quotes that may go over several
/// lines, and variables. `'…'` is taken as it is; in `"…"` a backslash escapes. A key alone takes its value from the
/// environment, and is left out if there is none.
public final class DotEnv {
    private final Source source;
    private final String text;
    private final Variables variables;
    private final Complaints complaints;
    private final Map<String, String> found = new LinkedHashMap<>();
    private final Map<String, String> known;
    private int at;
    private int placedAt;
    private int placedLine = 1;
    private int placedStart;

    private DotEnv(String text, Source source, Variables variables, Complaints complaints) {
        this.text = text.replace("\r\n", "\n");
        this.source = source;
        this.variables = variables;
        this.complaints = complaints;
        this.known = new LinkedHashMap<>(variables.files());
    }

    /// The variables of a file, in its order. Variables inside it take their values from `variables`, then from
    /// the lines above.
    public static Map<String, String> read(String text, Source source, Variables variables, Complaints complaints) {
        var file = new DotEnv(text, source, variables, complaints);
        while (file.at < file.text.length()) {
            file.line();
        }
        return file.found;
    }

    /// `KEY=value` lines without quotes, comments at the end of a line or variables, as `docker run --env-file` reads
    /// them.
    public static Map<String, String> readRaw(String text, Variables variables) {
        var found = new LinkedHashMap<String, String>();
        text.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).forEach(line -> {
            int equals = line.indexOf('=');
            if (equals >= 0) {
                found.put(line.substring(0, equals), line.substring(equals + 1));
            } else {
                variables.get(line.strip()).ifPresent(value -> found.put(line.strip(), value));
            }
        });
        return found;
    }

    private void line() {
        skipBlanks();
        if (at >= text.length() || text.charAt(at) == '\n' || text.charAt(at) == '#') {
            skipLine();
            return;
        }
        int start = at;
        String key = key();
        if (key.isEmpty()) {
            complaints.add(place(start), "a line must be KEY=value, not \"" + Shown.word(rest(start)) + "\"");
            skipLine();
        } else if (at < text.length() && (text.charAt(at) == '=' || text.charAt(at) == ':')) {
            at++;
            skipBlanks();
            value().ifPresent(value -> put(key, value));
        } else {
            variables.get(key).ifPresent(value -> put(key, value));
            skipLine();
        }
    }

    /// A key, after an optional `export`; empty if there is none. Leaves `at` on what follows the blanks after it.
    private String key() {
        if (text.startsWith("export ", at) || text.startsWith("export\t", at)) {
            at += "export ".length();
            skipBlanks();
        }
        int start = at;
        while (at < text.length() && isKey(text.charAt(at))) {
            at++;
        }
        String key = text.substring(start, at);
        skipBlanks();
        boolean ends = at >= text.length() || "=:\n#".indexOf(text.charAt(at)) >= 0;
        return ends ? key : "";
    }

    private Optional<String> value() {
        char quote = at < text.length() ? text.charAt(at) : '\n';
        if (quote == '\'' || quote == '"') {
            return quoted(quote);
        }
        int start = at;
        String line = rest(at);
        skipLine();
        int comment = line.startsWith("#") ? 0 : comment(line);
        return Optional.of(replaced((comment < 0 ? line : line.substring(0, comment)).strip(), start));
    }

    /// Where ` #` begins; -1 for nowhere.
    private static int comment(String line) {
        for (int i = 1; i < line.length(); i++) {
            if (line.charAt(i) == '#' && Character.isWhitespace(line.charAt(i - 1))) {
                return i;
            }
        }
        return -1;
    }

    private Optional<String> quoted(char quote) {
        int start = at;
        var value = new StringBuilder();
        for (at = start + 1; at < text.length() && text.charAt(at) != quote; at++) {
            char c = text.charAt(at);
            if (c == '\\' && at + 1 < text.length() && (quote == '"' || text.charAt(at + 1) == quote)) {
                at++;
                value.append(quote == '"' ? escaped(text.charAt(at)) : String.valueOf(text.charAt(at)));
            } else {
                value.append(c);
            }
        }
        if (at >= text.length()) {
            complaints.add(place(start), "the quote that begins here is not closed");
            return Optional.empty();
        }
        at++;
        skipBlanks();
        if (at < text.length() && text.charAt(at) != '\n' && text.charAt(at) != '#') {
            complaints.add(place(at), "nothing but a comment may follow a closing quote");
        }
        skipLine();
        return Optional.of(quote == '"' ? replaced(value.toString(), start) : value.toString());
    }

    private static String escaped(char c) {
        return switch (c) {
            case 'n' -> "\n";
            case 'r' -> "\r";
            case 't' -> "\t";
            case '$' -> "$$";
            case '"', '\\' -> String.valueOf(c);
            default -> "\\" + c;
        };
    }

    private void put(String key, String value) {
        found.put(key, value);
        known.put(key, value);
    }

    private String replaced(String value, int start) {
        return value.indexOf('$') < 0
                ? value
                : new Interpolation(new Variables(variables.environment(), known), complaints)
                        .text(value, place(start));
    }

    private static boolean isKey(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '.' || c == '-' || c == '[' || c == ']';
    }

    private void skipBlanks() {
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
    }

    private void skipLine() {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end + 1;
    }

    private String rest(int from) {
        int end = text.indexOf('\n', from);
        return text.substring(from, end < 0 ? text.length() : end);
    }

    /// Counts on from the last place asked for, so that many places cost one pass.
    private Place place(int index) {
        if (index < placedAt) {
            placedLine = 1;
            placedStart = 0;
        }
        for (int end = text.indexOf('\n', placedStart); end >= 0 && end < index; end = text.indexOf('\n', end + 1)) {
            placedLine++;
            placedStart = end + 1;
        }
        placedAt = index;
        return new Place(source, placedLine, index - placedStart + 1);
    }
}
