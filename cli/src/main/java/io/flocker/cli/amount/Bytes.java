package io.flocker.cli.amount;

import io.flocker.cli.compose.unit.Sizes;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Amounts of bytes as users write and read them, in units of 1024.
public final class Bytes implements ITypeConverter<Long> {
    private static final String UNITS = "KMGTP";
    private static final int UNIT = 1024;

    /// About so many: `1.5G`, `312M`, `17B`.
    public static String text(long bytes) {
        if (bytes < UNIT) {
            return bytes + "B";
        }
        double number = bytes;
        int unit = -1;
        while (number >= UNIT && unit < UNITS.length() - 1) {
            number /= UNIT;
            unit++;
        }
        return String.format(Locale.ROOT, number < 10 ? "%.1f%s" : "%.0f%s", number, UNITS.charAt(unit));
    }

    /// Reads `10G`; `0` and `none` are no limit.
    @Override
    public Long convert(String text) {
        if (text.equals("none")) {
            return 0L;
        }
        return Sizes.bytes(text)
                .orElseThrow(() -> new TypeConversionException("a size is like 512M or 10G, not \"" + text + "\""));
    }
}
