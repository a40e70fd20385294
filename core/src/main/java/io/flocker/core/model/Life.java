package io.flocker.core.model;

/// When an environment sleeps, and how long it lives.
///
/// Asleep, nothing of it runs and all of its data is there. Whoever connects to it wakes it up, and waits meanwhile.
///
/// @param asleep whether it is
/// @param sinceMillis since when it is asleep or awake, by the leader's clock; 0 for as long as it is there
/// @param sleepAfterMillis how long nobody talks to it before it goes to sleep by itself; 0 for never
/// @param expiresAtMillis when it is removed with its data; 0 for never
/// @param warned whether it was told that it is to be removed
/// @param isProtected whether it cannot be removed
public record Life(
        boolean asleep,
        long sinceMillis,
        long sleepAfterMillis,
        long expiresAtMillis,
        boolean warned,
        boolean isProtected) {
    /// Awake, for ever.
    public static final Life USUAL = new Life(false, 0, 0, 0, false, false);

    /// How long nobody talks to it before it goes to sleep, in words: `10 min`.
    public String sleepAfter() {
        long millis = sleepAfterMillis;
        return millis % 3_600_000 == 0
                ? millis / 3_600_000 + " h"
                : millis % 60_000 == 0 ? millis / 60_000 + " min" : millis / 1_000 + " s";
    }

    public Life asleep(boolean now, long atMillis) {
        return new Life(now, atMillis, sleepAfterMillis, expiresAtMillis, warned, isProtected);
    }

    public Life sleepingAfter(long millis) {
        return new Life(asleep, sinceMillis, millis, expiresAtMillis, warned, isProtected);
    }

    public Life expiringAt(long millis) {
        return new Life(asleep, sinceMillis, sleepAfterMillis, millis, false, isProtected);
    }

    public Life asWarned() {
        return new Life(asleep, sinceMillis, sleepAfterMillis, expiresAtMillis, true, isProtected);
    }

    public Life withProtection(boolean on) {
        return new Life(asleep, sinceMillis, sleepAfterMillis, expiresAtMillis, warned, on);
    }
}
