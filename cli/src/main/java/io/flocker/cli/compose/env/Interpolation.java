package io.flocker.cli.compose.env;

import io.flocker.cli.compose.text.Complaints;
import io.flocker.cli.compose.text.Place;
import io.flocker.cli.compose.text.Shown;
import io.flocker.cli.compose.text.Yaml;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Replaces variables in text: `$VAR`, `${VAR}`, `${VAR:-default}`, `${VAR-default}`, `${VAR:?error}`, `${VAR?error}`,
/// `${VAR:+replacement}`, `${VAR+replacement}`, and `$$` for a dollar sign. With a colon an empty variable counts as
/// unset. Defaults and replacements may hold variables again; values of variables are taken as they are. A variable
/// that is not set is noted once and gives nothing.
public final class Interpolation {
    private static final int MAX_NESTING = 16;
    private static final int MAX_LENGTH = 1_000_000;

    private final Variables variables;
    private final Complaints complaints;
    private final Set<String> missing = new HashSet<>();

    public Interpolation(Variables variables, Complaints complaints) {
        this.variables = variables;
        this.complaints = complaints;
    }

    /// Every value of a document; keys, and what stands under the user's own `x-…` keys, stay as they are.
    public Yaml document(Yaml document) {
        if (!(document instanceof Yaml.Entries map)) {
            return tree(document);
        }
        Map<String, Yaml.Entry> entries = new LinkedHashMap<>();
        map.entries().forEach((key, entry) -> {
            boolean own = key.startsWith("x-") && !key.equals("x-flocker");
            entries.put(key, own ? entry : new Yaml.Entry(entry.place(), tree(entry.value())));
        });
        return new Yaml.Entries(map.place(), map.tag(), entries);
    }

    private Yaml tree(Yaml node) {
        return switch (node) {
            case Yaml.Scalar scalar -> scalar(scalar);
            case Yaml.Items list -> {
                List<Yaml> items = new ArrayList<>();
                list.items().forEach(item -> items.add(tree(item)));
                yield new Yaml.Items(list.place(), list.tag(), List.copyOf(items));
            }
            case Yaml.Entries map -> {
                Map<String, Yaml.Entry> entries = new LinkedHashMap<>();
                map.entries()
                        .forEach((key, entry) -> entries.put(key, new Yaml.Entry(entry.place(), tree(entry.value()))));
                yield new Yaml.Entries(map.place(), map.tag(), entries);
            }
        };
    }

    private Yaml.Scalar scalar(Yaml.Scalar scalar) {
        if (scalar.text().indexOf('$') < 0) {
            return scalar;
        }
        return new Yaml.Scalar(scalar.place(), scalar.tag(), text(scalar.text(), scalar.place()), true);
    }

    /// One text. After a complaint, what was read up to there.
    public String text(String text, Place place) {
        var run = new Run(place, 0);
        run.append(text);
        return run.out.toString();
    }

    /// One text being replaced.
    private final class Run {
        final Place place;
        final int nesting;
        final StringBuilder out = new StringBuilder();
        boolean failed;

        Run(Place place, int nesting) {
            this.place = place;
            this.nesting = nesting;
        }

        void append(String text) {
            int at = 0;
            while (at < text.length() && !failed) {
                int dollar = text.indexOf('$', at);
                out.append(text, at, dollar < 0 ? text.length() : dollar);
                at = dollar < 0 ? text.length() : variable(text, dollar + 1);
                if (out.length() > MAX_LENGTH) {
                    fail("grows beyond " + MAX_LENGTH + " characters when its variables are replaced");
                }
            }
        }

        /// Appends what stands at `at`, after a dollar sign, and returns where it ends.
        private int variable(String text, int at) {
            if (at < text.length() && text.charAt(at) == '$') {
                out.append('$');
                return at + 1;
            }
            int end = nameEnd(text, at);
            if (end > at) {
                out.append(valueOf(text.substring(at, end)));
                return end;
            }
            if (at < text.length() && text.charAt(at) == '{') {
                int close = closing(text, at);
                if (close > 0) {
                    braced(text.substring(at + 1, close));
                    return close + 1;
                }
                fail("\"" + Shown.word(text.substring(at - 1)) + "\" has no closing }");
            } else {
                fail("\"" + Shown.word(text.substring(at - 1)) + "\" is not a variable; write $$ for a dollar sign");
            }
            return text.length();
        }

        private void braced(String inside) {
            int end = nameEnd(inside, 0);
            String name = inside.substring(0, end);
            String rest = inside.substring(end);
            if (end == 0) {
                fail("\"${" + Shown.word(inside) + "}\" has no variable's name; write $$ for a dollar sign");
            } else if (rest.isEmpty()) {
                out.append(valueOf(name));
            } else if (rest.startsWith(":") && rest.length() > 1) {
                operator(
                        name,
                        rest.charAt(1),
                        rest.substring(2),
                        variables.get(name).filter(it -> !it.isEmpty()));
            } else {
                operator(name, rest.charAt(0), rest.substring(1), variables.get(name));
            }
        }

        private void operator(String name, char operator, String word, Optional<String> value) {
            switch (operator) {
                case '-' -> out.append(value.orElseGet(() -> nested(word)));
                case '+' -> out.append(value.isPresent() ? nested(word) : "");
                case '?' -> {
                    if (value.isEmpty()) {
                        fail("the variable " + name + " must be set" + (word.isEmpty() ? "" : ": " + nested(word)));
                    }
                    out.append(value.orElse(""));
                }
                default ->
                    fail("\"${" + name + Shown.word(operator + word) + "}\" is not a form of ${…}; the forms are"
                            + " ${VAR}, ${VAR:-default}, ${VAR:?error} and ${VAR:+replacement}");
            }
        }

        private String nested(String word) {
            if (nesting >= MAX_NESTING) {
                fail("has variables nested more than " + MAX_NESTING + " deep");
                return "";
            }
            var run = new Run(place, nesting + 1);
            run.append(word);
            failed |= run.failed;
            return run.out.toString();
        }

        private String valueOf(String name) {
            Optional<String> value = variables.get(name);
            if (value.isEmpty() && missing.add(name)) {
                complaints.note(place, "the variable " + name + " is not set; it is taken as empty");
            }
            return value.orElse("");
        }

        private void fail(String message) {
            failed = true;
            complaints.add(place, message);
        }
    }

    private static int nameEnd(String text, int from) {
        int at = from;
        while (at < text.length() && (isLetter(text.charAt(at)) || (at > from && isDigit(text.charAt(at))))) {
            at++;
        }
        return at;
    }

    /// Where the brace at `open` is closed, counting braces in between; -1 if it is not.
    private static int closing(String text, int open) {
        int depth = 0;
        for (int at = open; at < text.length(); at++) {
            char c = text.charAt(at);
            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
            if (depth == 0) {
                return at;
            }
        }
        return -1;
    }

    private static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
