package io.flocker.cli.compose.unit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Splits a command line into words as a POSIX shell would, without expanding anything: blanks separate, single
/// quotes keep everything, double quotes keep all but `\"`, `\\`, `\$`, `` \` `` and an escaped line break.
public final class ShellWords {
    private final String line;
    private final List<String> words = new ArrayList<>();
    private final StringBuilder word = new StringBuilder();
    private boolean inWord;
    private int at;

    private ShellWords(String line) {
        this.line = line;
    }

    /// The words; empty if a quote is not closed or a backslash ends the line.
    public static Optional<List<String>> split(String line) {
        var words = new ShellWords(line);
        return words.run() ? Optional.of(List.copyOf(words.words)) : Optional.empty();
    }

    private boolean run() {
        while (at < line.length()) {
            char c = line.charAt(at++);
            if (Character.isWhitespace(c)) {
                endWord();
                continue;
            }
            inWord = true;
            boolean closed = switch (c) {
                case '\'' -> singleQuoted();
                case '"' -> doubleQuoted();
                case '\\' -> escaped();
                default -> {
                    word.append(c);
                    yield true;
                }
            };
            if (!closed) {
                return false;
            }
        }
        endWord();
        return true;
    }

    private void endWord() {
        if (inWord) {
            words.add(word.toString());
            word.setLength(0);
            inWord = false;
        }
    }

    private boolean singleQuoted() {
        int end = line.indexOf('\'', at);
        if (end >= 0) {
            word.append(line, at, end);
            at = end + 1;
        }
        return end >= 0;
    }

    private boolean doubleQuoted() {
        while (at < line.length()) {
            char c = line.charAt(at++);
            if (c == '"') {
                return true;
            }
            if (c == '\\' && at < line.length() && "\"\\$`\n".indexOf(line.charAt(at)) >= 0) {
                c = line.charAt(at++);
                if (c == '\n') {
                    continue;
                }
            }
            word.append(c);
        }
        return false;
    }

    private boolean escaped() {
        if (at >= line.length()) {
            return false;
        }
        char c = line.charAt(at++);
        if (c != '\n') {
            word.append(c);
        }
        return true;
    }
}
