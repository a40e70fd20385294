package io.flocker.core.plan;

import io.flocker.core.amount.BinaryUnit;

/// A snapshot on its way to the node that tells of it, or the last difference that has come.
///
/// @param volume its id
/// @param position the snapshot's, as `12.7`
/// @param doneBytes what has come
/// @param totalBytes what will have come at the end, about; as much as has come if that is not known
/// @param bytesPerSecond since it began, on average
/// @param ended whether all of it is there
public record Transfer(
        String volume, String position, long doneBytes, long totalBytes, long bytesPerSecond, boolean ended) {
    /// How far it is, for people: `1.2 of 5.0 GiB, 24 s left`.
    public String progress() {
        long left = Math.max(0, totalBytes - doneBytes);
        BinaryUnit unit = BinaryUnit.of(totalBytes);
        String amount =
                unit.number(doneBytes) + (left == 0 ? "" : " of " + unit.number(totalBytes)) + " " + unit.symbol();
        return left == 0 || bytesPerSecond == 0
                ? amount
                : amount + ", " + time(Math.ceilDiv(left, bytesPerSecond)) + " left";
    }

    private static String time(long seconds) {
        if (seconds < 120) {
            return seconds + " s";
        }
        return seconds < 7_200 ? seconds / 60 + " min" : seconds / 3_600 + " h";
    }
}
