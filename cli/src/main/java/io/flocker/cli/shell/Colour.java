package io.flocker.cli.shell;

/// Colours, where the shell wants them.
public enum Colour {
    RED(31),
    GREEN(32),
    YELLOW(33),
    BLUE(34),
    MAGENTA(35),
    CYAN(36);

    private final int code;

    Colour(int code) {
        this.code = code;
    }

    /// The text in this colour, or as it is.
    public String of(String text, Shell shell) {
        return shell.colours() ? "\033[" + code + "m" + text + "\033[0m" : text;
    }
}
