package io.flocker.core.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.balance.BalanceSettings.QuietHours;
import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/// The settings: what is refused, and what is told.
class BalanceChangesTest {
    @Test
    void whatCannotBeIsRefusedAndSaysWhy() {
        assertThat(refusal(settings(-1, 1, 0, Optional.empty())))
                .contains("0 to 100 moves can be under way at once, not -1");
        assertThat(refusal(settings(1, 101, 0, Optional.empty())))
                .contains("0 to 100 moves can begin in an hour, not 101");
        assertThat(refusal(settings(1, 1, -2, Optional.empty()))).contains("bytes a second are 0 or more, not -2");
        for (QuietHours hours : new QuietHours[] {
            new QuietHours("8", "18:00", "UTC"),
            new QuietHours("08:00", "18:00", "Mars/Base"),
            new QuietHours("", "", "")
        }) {
            assertThat(refusal(settings(1, 1, 0, Optional.of(hours)))).contains("two times of the day and a time zone");
        }
        assertThat(refusal(settings(1, 1, 0, Optional.of(new QuietHours("08:00", "08:00", "UTC")))))
                .contains("are none");
    }

    @Test
    void whoTurnsItOnAndOffIsTold() {
        ClusterState on = accepted(ClusterState.EMPTY, settings(1, 1, 0, Optional.empty()), Optional.empty());
        assertThat(on.events().lastEntry().getValue().text()).isEqualTo("Load is spread by itself, as ann asked for");
        ClusterState asked = accepted(on, on.balance().settings(), Optional.of(true));
        assertThat(asked.balance().askedBy()).isEqualTo("ann");
        assertThat(accepted(asked, on.balance().settings(), Optional.empty())
                        .balance()
                        .askedBy())
                .as("after another change")
                .isEqualTo("ann");
        ClusterState off = accepted(asked, BalanceSettings.USUAL, Optional.of(false));
        assertThat(off.balance().askedBy()).isEmpty();
        assertThat(off.events().lastEntry().getValue().text())
                .isEqualTo("Load is not spread by itself any more, as ann asked for");
    }

    @Test
    void quietHoursMayLastOverMidnight() {
        var night = new QuietHours("22:00", "06:30", "Europe/Paris");
        assertThat(night.covers(at("2026-01-10T22:30:00Z"))).isTrue();
        assertThat(night.covers(at("2026-01-10T05:29:59Z"))).isTrue();
        assertThat(night.covers(at("2026-01-10T05:30:00Z")))
                .as("06:30 in Paris")
                .isFalse();
        assertThat(night.covers(at("2026-07-10T20:00:00Z")))
                .as("22:00 in summer")
                .isTrue();
        assertThat(new QuietHours("08:00", "18:00", "UTC").covers(at("2026-01-10T18:00:00Z")))
                .isFalse();
    }

    private static long at(String moment) {
        return Instant.parse(moment).toEpochMilli();
    }

    private static BalanceSettings settings(int atOnce, int perHour, long bytes, Optional<QuietHours> quiet) {
        return new BalanceSettings(true, false, atOnce, perHour, OptionalLong.of(bytes), 1_000, quiet);
    }

    private static String refusal(BalanceSettings settings) {
        Outcome outcome = ClusterState.EMPTY.after(new Command.SetBalance("ann", 1, settings, Optional.empty()));
        return outcome instanceof Outcome.Refused refused ? refused.message() : "accepted";
    }

    private static ClusterState accepted(ClusterState state, BalanceSettings settings, Optional<Boolean> once) {
        return switch (state.after(new Command.SetBalance("ann", 1, settings, once))) {
            case Outcome.Accepted accepted -> accepted.state();
            case Outcome.Refused refused -> throw new AssertionError(refused.message());
        };
    }
}
