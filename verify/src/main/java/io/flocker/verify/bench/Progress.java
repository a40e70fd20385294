package io.flocker.verify.bench;

import java.util.Locale;

/// What the user reads while it runs, on the error output: the table has the other one for itself.
public final class Progress {
    private Progress() {}

    public static void say(String line) {
        System.err.println(line);
    }

    public static void round(int round, int rounds, double value, double reference) {
        say(String.format(Locale.ROOT, "  round %d of %d: %.2f beside %.2f", round, rounds, value, reference));
    }
}
