package io.flocker.cli.compose.text;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/// Finds what someone probably meant: the known word with the fewest letters added, left out, changed or swapped.
public final class Nearest {
    private static final int MAX_LENGTH = 64;

    private Nearest() {}

    /// The nearest of `known`, if it is near enough to be meant.
    public static Optional<String> to(String word, Collection<String> known) {
        if (word.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        String wanted = simple(word);
        int most = Math.max(1, Math.min(3, word.length() / 3));
        String best = null;
        int bestDistance = most + 1;
        for (String candidate : known.stream().sorted().toList()) {
            int distance = candidate.length() > MAX_LENGTH ? bestDistance : distance(wanted, simple(candidate));
            if (distance < bestDistance) {
                best = candidate;
                bestDistance = distance;
            }
        }
        return Optional.ofNullable(best);
    }

    /// `; did you mean "ports"?`, or nothing.
    public static String hint(String word, Collection<String> known) {
        return to(word, known)
                .map(near -> "; did you mean \"" + Shown.word(near) + "\"?")
                .orElse("");
    }

    private static String simple(String word) {
        return word.toLowerCase(Locale.ROOT).replace('-', '_');
    }

    /// Damerau's edit distance, in its optimal string alignment form.
    private static int distance(String a, String b) {
        var d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                d[i][j] = i == 0 || j == 0 ? i + j : step(d, a, b, i, j);
            }
        }
        return d[a.length()][b.length()];
    }

    private static int step(int[][] d, String a, String b, int i, int j) {
        int change = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int least = Math.min(change, Math.min(d[i - 1][j], d[i][j - 1]) + 1);
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(least, d[i - 2][j - 2] + 1) : least;
    }
}
