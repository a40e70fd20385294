package io.flocker.core.balance;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Optional;
import java.util.OptionalLong;

/// Whether load is spread by itself, and how much that may disturb.
///
/// @param auto whether things move by themselves when load is uneven
/// @param packs whether new instances fill up nodes one after the other, so that others stay free
/// @param movesAtOnce the most moves under way at a time; 0 for none
/// @param movesPerHour the most moves begun by themselves in an hour; 0 for none
/// @param bytesPerSecond how much data moves copy on average; empty for no limit, 0 for no data at all
/// @param patienceMillis for how long load must be uneven before anything moves by itself
/// @param quiet when nothing moves by itself
public record BalanceSettings(
        boolean auto,
        boolean packs,
        int movesAtOnce,
        int movesPerHour,
        OptionalLong bytesPerSecond,
        long patienceMillis,
        Optional<QuietHours> quiet) {
    /// The most that can be asked for: what is begun in an hour is known from the operations that are kept.
    public static final int MOST_MOVES = 100;

    static final long LONGEST_PATIENCE_MILLIS = 86_400_000;

    public static final BalanceSettings USUAL =
            new BalanceSettings(false, false, 2, 30, OptionalLong.empty(), 120_000, Optional.empty());

    /// A time of every day.
    ///
    /// @param from such as `08:00`
    /// @param to such as `18:30`; before `from` if it lasts over midnight
    /// @param zone such as `Europe/Paris`
    public record QuietHours(String from, String to, String zone) {
        /// Why that is no time of the day; empty if it is one.
        Optional<String> objection() {
            try {
                boolean empty = LocalTime.parse(from).equals(LocalTime.parse(to));
                ZoneId.of(zone);
                return empty
                        ? Optional.of("quiet hours from " + from + " to " + to + " are none; say none to have none")
                        : Optional.empty();
            } catch (DateTimeException e) {
                return Optional.of("quiet hours are two times of the day and a time zone, such as 08:00 to 18:00 in"
                        + " Europe/Paris: " + e.getMessage());
            }
        }

        /// Whether a moment is in it.
        boolean covers(long atMillis) {
            LocalTime now =
                    Instant.ofEpochMilli(atMillis).atZone(ZoneId.of(zone)).toLocalTime();
            LocalTime begin = LocalTime.parse(from);
            LocalTime end = LocalTime.parse(to);
            return begin.isBefore(end)
                    ? !now.isBefore(begin) && now.isBefore(end)
                    : !now.isBefore(begin) || now.isBefore(end);
        }

        @Override
        public String toString() {
            return from + "-" + to + " " + zone;
        }
    }

    /// Why this cannot be; empty if it can.
    public Optional<String> objection() {
        if (movesAtOnce < 0 || movesAtOnce > MOST_MOVES) {
            return Optional.of("0 to " + MOST_MOVES + " moves can be under way at once, not " + movesAtOnce);
        }
        if (movesPerHour < 0 || movesPerHour > MOST_MOVES) {
            return Optional.of("0 to " + MOST_MOVES + " moves can begin in an hour, not " + movesPerHour);
        }
        if (bytesPerSecond.orElse(0) < 0) {
            return Optional.of("the bytes a second are 0 or more, not " + bytesPerSecond.getAsLong());
        }
        if (patienceMillis < 0 || patienceMillis > LONGEST_PATIENCE_MILLIS) {
            return Optional.of("load can be uneven for up to a day before anything moves, not for "
                    + patienceMillis / 1_000 + " s");
        }
        return quiet.flatMap(QuietHours::objection);
    }
}
