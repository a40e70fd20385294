package io.flocker.lab;

import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Reads an amount of bytes: `500`, `64M`, `2G`.
final class Size implements ITypeConverter<Long> {
    private static final String UNITS = "KMGT";

    @Override
    public Long convert(String text) {
        String upper = text.toUpperCase(Locale.ROOT);
        if (!upper.matches("[0-9]{1,6}[KMGT]?")) {
            throw new TypeConversionException("\"" + text + "\" is no size; write one like 64M or 2G");
        }
        int unit = UNITS.indexOf(upper.charAt(upper.length() - 1)) + 1;
        return Long.parseLong(unit == 0 ? upper : upper.substring(0, upper.length() - 1)) << (10 * unit);
    }
}
