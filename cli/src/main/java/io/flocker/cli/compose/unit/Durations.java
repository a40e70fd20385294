package io.flocker.cli.compose.unit;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Compose's durations: numbers with units, one after another (`1m30s`). Only `0` needs no unit.
public final class Durations {
    private static final Pattern PART = Pattern.compile("([0-9]{1,15}(?:\\.[0-9]{1,9})?)(w|d|h|ms|m|s|us|µs|ns)");
    private static final long MAX_MILLIS = 100L * 365 * 24 * 3_600_000;

    private Durations() {}

    /// Milliseconds, rounded up, so that only zero is zero; empty if `text` is no duration.
    public static OptionalLong millis(String text) {
        String rest = text.strip();
        if (rest.equals("0")) {
            return OptionalLong.of(0);
        }
        Matcher part = PART.matcher(rest);
        BigDecimal nanos = BigDecimal.ZERO;
        int end = 0;
        while (part.find() && part.start() == end) {
            nanos = nanos.add(new BigDecimal(part.group(1)).multiply(BigDecimal.valueOf(nanosOf(part.group(2)))));
            end = part.end();
        }
        if (end == 0 || end != rest.length()) {
            return OptionalLong.empty();
        }
        BigDecimal millis = nanos.divide(BigDecimal.valueOf(1_000_000), 0, RoundingMode.CEILING);
        return millis.compareTo(BigDecimal.valueOf(MAX_MILLIS)) > 0
                ? OptionalLong.empty()
                : OptionalLong.of(millis.longValueExact());
    }

    /// The shortest way to write a duration: `1m30s`, `500ms`.
    public static String text(long millis) {
        var text = new StringBuilder();
        long rest = millis;
        for (String unit : new String[] {"h", "m", "s", "ms"}) {
            long length = nanosOf(unit) / 1_000_000;
            if (rest >= length) {
                text.append(rest / length).append(unit);
                rest %= length;
            }
        }
        return text.isEmpty() ? "0s" : text.toString();
    }

    private static long nanosOf(String unit) {
        return switch (unit) {
            case "w" -> 7 * 24 * 3_600_000_000_000L;
            case "d" -> 24 * 3_600_000_000_000L;
            case "h" -> 3_600_000_000_000L;
            case "m" -> 60_000_000_000L;
            case "s" -> 1_000_000_000L;
            case "ms" -> 1_000_000L;
            case "us", "µs" -> 1_000L;
            default -> 1L;
        };
    }
}
