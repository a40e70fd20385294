package io.flocker.cli.amount;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Moments, lengths of time and amounts as users write and read them.
final class MomentTest {
    private static final long NOW = Instant.parse("2026-01-31T12:00:00Z").toEpochMilli();
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    @ParameterizedTest
    @CsvSource({
        "10m ago, 2026-01-31T11:50:00Z",
        "2h ago, 2026-01-31T10:00:00Z",
        "2h30m AGO, 2026-01-31T09:30:00Z",
        "2h 30m ago, 2026-01-31T09:30:00Z",
        "1d ago, 2026-01-30T12:00:00Z",
        "now, 2026-01-31T12:00:00Z",
        "2026-01-31T10:00:00Z, 2026-01-31T10:00:00Z",
        "2026-01-31T10:00:00+02:00, 2026-01-31T08:00:00Z",
        "2026-01-31T10:00, 2026-01-31T09:00:00Z",
        "2026-01-31 10:00:30, 2026-01-31T09:00:30Z",
        "2026-01-31, 2026-01-30T23:00:00Z"
    })
    void reads(String text, Instant moment) {
        assertThat(Moment.parse(text, NOW, BERLIN)).hasValue(moment.toEpochMilli());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ago",
                "ten minutes ago",
                "10 ago",
                "before-upgrade",
                "3.17",
                "2026-13-01",
                "2026-01-31T25:00"
            })
    void leavesOtherWordsAlone(String text) {
        assertThat(Moment.parse(text, NOW, BERLIN)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 seconds",
        "1000, 1 second",
        "59000, 59 seconds",
        "60000, 1 minute",
        "7200000, 2 hours",
        "86400000, 1 day"
    })
    void tellsLengths(long millis, String words) {
        assertThat(Moment.length(millis)).isEqualTo(words);
    }

    @ParameterizedTest
    @CsvSource({"0, 0B", "1023, 1023B", "1024, 1.0K", "1600000000, 1.5G", "107374182400, 100G"})
    void tellsAmounts(long bytes, String text) {
        assertThat(Bytes.text(bytes)).isEqualTo(text);
    }
}
