package io.flocker.cli.compose.unit;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Compose's sizes: a number and an optional unit of 1024s, in any case, with or without `b` or `ib`.
public final class Sizes {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,18}(?:\\.[0-9]{1,9})?) ?([kmgtp]?)(?:i?b)?");
    private static final String UNITS = "kmgtp";
    private static final int UNIT_BITS = 10;

    private Sizes() {}

    /// The number of bytes, rounded down; empty if `text` is no size.
    public static OptionalLong bytes(String text) {
        Matcher matcher = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            return OptionalLong.empty();
        }
        int power = matcher.group(2).isEmpty() ? 0 : UNITS.indexOf(matcher.group(2)) + 1;
        BigDecimal bytes = new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(1L << (UNIT_BITS * power)));
        return bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0
                ? OptionalLong.empty()
                : OptionalLong.of(bytes.setScale(0, RoundingMode.DOWN).longValueExact());
    }

    /// The shortest exact way to write a size: `64M`, `1536K`, `1000`.
    public static String text(long bytes) {
        int power = 0;
        long number = bytes;
        while (number != 0 && number % (1 << UNIT_BITS) == 0 && power < UNITS.length()) {
            number >>= UNIT_BITS;
            power++;
        }
        return power == 0
                ? String.valueOf(number)
                : number + UNITS.substring(power - 1, power).toUpperCase(Locale.ROOT);
    }
}
