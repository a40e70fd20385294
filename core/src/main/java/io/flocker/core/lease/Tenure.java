package io.flocker.core.lease;

import java.util.Comparator;

/// The right to write one volume under one epoch. No two nodes ever have the same one.
public record Tenure(String volume, long epoch) implements Comparable<Tenure> {
    private static final Comparator<Tenure> ORDER =
            Comparator.comparing(Tenure::volume).thenComparingLong(Tenure::epoch);

    /// The inverse of [#toString].
    ///
    /// @throws IllegalArgumentException if it is not one
    public static Tenure of(String text) {
        int at = text.lastIndexOf('@');
        if (at <= 0) {
            throw new IllegalArgumentException("\"" + text + "\" is no tenure, such as v-12@3");
        }
        return new Tenure(text.substring(0, at), Long.parseLong(text.substring(at + 1)));
    }

    @Override
    public int compareTo(Tenure other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return volume + "@" + epoch;
    }
}
