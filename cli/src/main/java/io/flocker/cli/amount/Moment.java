package io.flocker.cli.amount;

import io.flocker.cli.compose.unit.Durations;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.Locale;
import java.util.OptionalLong;

/// Moments as users write and read them.
public final class Moment {
    private static final long SECOND = 1_000;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;
    private static final long[] UNITS = {DAY, HOUR, MINUTE, SECOND};
    private static final String[] NAMES = {"day", "hour", "minute", "second"};
    private static final String AGO = " ago";

    private Moment() {}

    /// Milliseconds since 1970 of `10m ago`, `2h30m ago`, `now` or an ISO date or date and time, which without an
    /// offset is in `zone`; empty if `text` is none of these.
    public static OptionalLong parse(String text, long nowMillis, ZoneId zone) {
        String plain = text.strip();
        if (plain.equalsIgnoreCase("now")) {
            return OptionalLong.of(nowMillis);
        }
        if (plain.toLowerCase(Locale.ROOT).endsWith(AGO)) {
            OptionalLong age = Durations.millis(
                    plain.substring(0, plain.length() - AGO.length()).replace(" ", ""));
            return age.isPresent() ? OptionalLong.of(nowMillis - age.getAsLong()) : age;
        }
        return iso(plain.replaceFirst("^(\\d{4}-\\d\\d-\\d\\d) (\\d)", "$1T$2"), zone);
    }

    private static OptionalLong iso(String text, ZoneId zone) {
        if (!text.matches("\\d{4}-\\d\\d-\\d\\d.*")) {
            return OptionalLong.empty();
        }
        try {
            Instant instant = !text.contains("T")
                    ? LocalDate.parse(text).atStartOfDay(zone).toInstant()
                    : text.matches(".*(Z|[+-]\\d\\d:?\\d\\d)")
                            ? OffsetDateTime.parse(text).toInstant()
                            : LocalDateTime.parse(text).atZone(zone).toInstant();
            return OptionalLong.of(instant.toEpochMilli());
        } catch (DateTimeException e) {
            return OptionalLong.empty();
        }
    }

    /// `3 minutes ago`; `-` for 0, which stands for never.
    public static String ago(long millis, long nowMillis) {
        return millis == 0 ? "-" : length(nowMillis - millis) + AGO;
    }

    /// A length of time in its largest whole unit: `3 minutes`.
    public static String length(long millis) {
        for (int i = 0; i < UNITS.length; i++) {
            long count = millis / UNITS[i];
            if (count > 0) {
                return count + " " + NAMES[i] + (count == 1 ? "" : "s");
            }
        }
        return "0 seconds";
    }

    /// To the second, in UTC: `2026-01-31T12:00:00Z`.
    public static String iso(long millis) {
        return millis == 0
                ? "-"
                : Instant.ofEpochMilli(millis / SECOND * SECOND).toString();
    }
}
