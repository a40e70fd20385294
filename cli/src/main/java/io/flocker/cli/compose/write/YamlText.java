package io.flocker.cli.compose.write;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// Writes YAML in block style. Texts that any reader of YAML could take for something else are quoted, and dollar signs
/// in values are doubled, so that reading the text again replaces no variables.
public final class YamlText {
    private static final Pattern PLAIN =
            Pattern.compile("[A-Za-z/][A-Za-z0-9_./@+:-]*|(?:[0-9]{1,18}(?:h|ms|m|s|K|M|G|T)){1,4}");
    private static final Set<String> WORDS =
            Set.of("true", "false", "yes", "no", "on", "off", "y", "n", "null", "none");
    private static final String INDENT = "  ";

    private final StringBuilder out = new StringBuilder();

    private YamlText() {}

    /// A document.
    public static String of(Map<String, Object> document) {
        var text = new YamlText();
        text.entries(document, "", "");
        return text.out.toString();
    }

    private void entries(Map<?, ?> map, String first, String indent) {
        String lead = first;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            out.append(lead).append(quoted(String.valueOf(entry.getKey()))).append(':');
            value(entry.getValue(), indent + INDENT);
            lead = indent;
        }
    }

    private void value(Object value, String indent) {
        switch (value) {
            case Map<?, ?> map when map.isEmpty() -> out.append(" {}\n");
            case Map<?, ?> map -> {
                out.append('\n');
                entries(map, indent, indent);
            }
            case List<?> list when list.isEmpty() -> out.append(" []\n");
            case List<?> list -> {
                out.append('\n');
                list.forEach(item -> item(item, indent));
            }
            default -> out.append(' ').append(scalar(value)).append('\n');
        }
    }

    private void item(Object item, String indent) {
        if (item instanceof Map<?, ?> map && !map.isEmpty()) {
            entries(map, indent + "- ", indent + INDENT);
        } else if (item instanceof Block block) {
            item(block.entries(), indent);
        } else {
            out.append(indent).append("- ").append(scalar(item)).append('\n');
        }
    }

    private static String scalar(Object value) {
        return value instanceof String text ? quoted(text.replace("$", "$$")) : String.valueOf(value);
    }

    private static String quoted(String text) {
        boolean plain =
                PLAIN.matcher(text).matches() && !text.endsWith(":") && !WORDS.contains(text.toLowerCase(Locale.ROOT));
        if (plain) {
            return text;
        }
        var quoted = new StringBuilder("\"");
        text.codePoints().forEach(c -> quoted.append(escaped(c)));
        return quoted.append('"').toString();
    }

    private static String escaped(int c) {
        return switch (c) {
            case '"' -> "\\\"";
            case '\\' -> "\\\\";
            case '\n' -> "\\n";
            case '\t' -> "\\t";
            case '\r' -> "\\r";
            default -> {
                boolean printable = (c >= ' ' && c < 0x7f) || (c >= 0xa0 && c < 0x2000) || (c >= 0x3000 && c < 0xd800);
                if (printable) {
                    yield Character.toString(c);
                }
                yield c > 0xffff ? String.format(Locale.ROOT, "\\U%08x", c) : String.format(Locale.ROOT, "\\u%04x", c);
            }
        };
    }
}
