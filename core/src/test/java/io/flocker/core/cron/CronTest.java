package io.flocker.core.cron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;

/// When schedules are due.
class CronTest {
    private static String next(String cron, String zone, String after) {
        return Instant.ofEpochMilli(Cron.of(cron, zone)
                        .next(Instant.parse(after).toEpochMilli())
                        .orElseThrow())
                .toString();
    }

    @Test
    void readsTheFiveFieldsInATimeZone() {
        // 2026-01-05 is a Monday; Paris is an hour ahead in winter, two in summer.
        assertThat(next("0 6 * * MON", "Europe/Paris", "2026-01-01T00:00:00Z")).isEqualTo("2026-01-05T05:00:00Z");
        assertThat(next("0 6 * * 1", "Europe/Paris", "2026-07-01T00:00:00Z")).isEqualTo("2026-07-06T04:00:00Z");
        assertThat(next("*/15 * * * *", "UTC", "2026-01-01T00:15:00Z")).isEqualTo("2026-01-01T00:30:00Z");
        assertThat(Cron.of("*/15 * * * *", "UTC")
                        .last(Instant.parse("2026-01-01T00:29:59Z").toEpochMilli())
                        .orElseThrow())
                .isEqualTo(Instant.parse("2026-01-01T00:15:00Z").toEpochMilli());
        assertThat(Cron.of("*/15 * * * *", "UTC")
                        .last(Instant.parse("2026-01-01T00:15:00Z").toEpochMilli())
                        .orElseThrow())
                .isEqualTo(Instant.parse("2026-01-01T00:15:00Z").toEpochMilli());
    }

    @Test
    void aTimeThatIsLeftOutDoesNotComeAndOneThatComesTwiceIsRunOnce() {
        // Clocks go from 02:00 to 03:00 on 2026-03-29, and from 03:00 to 02:00 on 2026-10-25.
        assertThat(next("30 2 * * *", "Europe/Paris", "2026-03-28T12:00:00Z")).isEqualTo("2026-03-30T00:30:00Z");
        String first = next("30 2 * * *", "Europe/Paris", "2026-10-24T12:00:00Z");
        assertThat(first).isEqualTo("2026-10-25T00:30:00Z");
        assertThat(next("30 2 * * *", "Europe/Paris", first)).isEqualTo("2026-10-26T01:30:00Z");
    }

    @Test
    void saysWhatCannotBeRead() {
        assertThat(Cron.objection("0 6 * * MON")).isEmpty();
        assertThat(Cron.objection("0 6 30 2 *")).contains("it never comes");
        assertThat(Cron.objection("every day").orElseThrow()).contains("parts");
        assertThatThrownBy(() -> Cron.of("* * * * *", "Europe/Pariss")).hasMessageContaining("Europe/Pariss");
    }
}
