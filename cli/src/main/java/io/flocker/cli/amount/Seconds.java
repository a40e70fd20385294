package io.flocker.cli.amount;

import io.flocker.cli.compose.unit.Durations;
import java.util.OptionalLong;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Reads a length of time into seconds: `90`, `10m`, `1h30m`.
public final class Seconds implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
        OptionalLong millis = Durations.millis(text.matches("\\d{1,9}") ? text + "s" : text);
        return millis.orElseThrow(() ->
                        new TypeConversionException("a length of time is like 90, 10m or 1h30m, not \"" + text + "\""))
                / 1_000;
    }
}
