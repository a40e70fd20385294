package io.flocker.cli.compose.text;

/// Text of unknown origin, made fit to stand in a message: on one line, without control characters, not too long.
public final class Shown {
    private static final int MAX_LINE = 600;
    private static final int MAX_WORD = 80;

    private Shown() {}

    /// A whole message.
    public static String line(String text) {
        return printable(text, MAX_LINE);
    }

    /// A key, name or value inside a message.
    public static String word(String text) {
        return printable(text, MAX_WORD);
    }

    private static String printable(String text, int most) {
        var shown = new StringBuilder(Math.min(text.length(), most) + 8);
        for (int i = 0; i < text.length() && shown.length() < most; i++) {
            char c = text.charAt(i);
            shown.append(Character.isISOControl(c) || Character.isSurrogate(c) ? '?' : c);
        }
        return text.length() > most ? shown.append('…').toString() : shown.toString();
    }
}
